import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { floatTensor, type HostTensor, InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { ModelProtoSchema } from 'onnx-buf'
import * as onnxruntime from 'onnxruntime-node'
import { roundToFloat16 } from '../../src/checkpoint/round.ts'
import { toFloat32 } from '../../src/checkpoint/stored-tensor.ts'
import { think } from '../../src/evaluate/think.ts'
import { Thinker, type TrainedModel } from '../../src/evaluate/thinker.ts'
import { exportOnnx } from '../../src/export/onnx.ts'
import { comparesScores, type ModelConfig, sequenceLength, stateNames } from '../../src/models/config.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { findRecipe } from '../../src/recipes/index.ts'

const recipe = findRecipe('sudoku-4x4-trm')

/** Weights in the file let ONNX Runtime compute some things ahead, in another order. */
const tolerance = 2e-6

const config: ModelConfig = {
  kind: 'trm',
  nets: 'shared',
  gradient: 'recursion',
  continueLoss: false,
  width: 16,
  heads: 2,
  expansion: 1,
  blocks: 2,
  mixer: 'mlp',
  positions: 'none',
  prefixTokens: 0,
  puzzleEmbeddingWidth: 0,
  recursions: 2,
  latentUpdates: 2,
  supervisionSteps: 4,
  exploration: 0,
  cells: 16,
  symbols: 6,
  identifiers: 1,
}

const attention = { mixer: 'attention', positions: 'rotary' } as const
/** Prefix tokens that a row fills only in part. */
const embedded = { puzzleEmbeddingWidth: 24, prefixTokens: 3, identifiers: 7 } as const

const variants: Readonly<Record<string, Partial<ModelConfig>>> = {
  'TRM-MLP': {},
  'TRM-MLP with puzzle embedding': embedded,
  'TRM-Att, rotary': attention,
  'TRM-Att, rotary, with puzzle embedding': { ...attention, ...embedded },
  'TRM-Att, learned positions': { mixer: 'attention', positions: 'learned' },
  'single state': { kind: 'single-state' },
  'multi-scale': { kind: 'multi-scale', ...embedded },
  HRM: { ...attention, nets: 'separate', gradient: 'one-step', continueLoss: true, ...embedded },
  direct: { kind: 'direct', recursions: 1, ...attention },
}

function modelOf(change: Partial<ModelConfig>): TrainedModel {
  const model = { ...config, ...change }
  const random = new RandomStream(5, 'export')
  const numbers = (count: number, scale: number) =>
    Float32Array.from({ length: count }, () => scale * random.truncatedNormal())
  // A fresh halting head gives −5 to everything.
  const weights = {
    ...initialWeights(model, 3),
    'haltHead.weight': floatTensor([2, model.width], numbers(2 * model.width, 0.5)),
    'haltHead.bias': floatTensor([2], numbers(2, 0.1)),
  }
  const puzzleTable = new PuzzleTable(model.identifiers, model.puzzleEmbeddingWidth)
  // Identifiers 0, 3 and 5 were trained.
  if (model.puzzleEmbeddingWidth > 0) puzzleTable.put([3, 0, 5], numbers(3 * model.puzzleEmbeddingWidth, 1))
  return { config: model, weights, puzzleTable, cellLoss: 'stablemax' }
}

const open = (file: Uint8Array): Promise<onnxruntime.InferenceSession> =>
  onnxruntime.InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 3 })

const ints = (values: ArrayLike<number>, ...shape: number[]): onnxruntime.Tensor =>
  new onnxruntime.Tensor('int32', Int32Array.from(values), shape)

const floats = (values: Float32Array, ...shape: number[]): onnxruntime.Tensor =>
  new onnxruntime.Tensor('float32', values, shape)

const numbersOf = (tensor: onnxruntime.Tensor | undefined): number[] =>
  Array.from(tensor!.data as Float32Array)

function deviation(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(got.length, expected.length)
  return Math.max(...Array.from(expected, (value, index) => Math.abs(value - got[index]!)))
}

const puzzlesOf = ({ cells, symbols, identifiers }: ModelConfig, batch: number) => ({
  tokens: Int32Array.from({ length: batch * cells }, (_, index) => (index * 7 + 3) % symbols),
  identifiers: Int32Array.from({ length: batch }, (_, slot) => (slot * 3) % identifiers),
})

/** [B, S] the first symbol with the largest logit */
const likeliest = (logits: ArrayLike<number>, symbols: number): number[] =>
  Array.from({ length: logits.length / symbols }, (_, cell) => {
    const ofCell = Array.from({ length: symbols }, (_, symbol) => logits[cell * symbols + symbol]!)
    return ofCell.indexOf(Math.max(...ofCell))
  })

const fromFloat16 = (data: Uint16Array): Float32Array =>
  toFloat32({ dtype: 'float16', shape: [data.length], data }, 'x')

const executor = await openOrtExecutor({ threads: 1 })

/** What our own thinker says, step by step; slot 1 begins anew at step 3. */
async function thoughts(model: TrainedModel, batch: number, steps: number) {
  const { tokens, identifiers } = puzzlesOf(model.config, batch)
  const thinker = await Thinker.create(executor, model, batch)
  const results: (Awaited<ReturnType<Thinker['step']>> & {
    reset: Float32Array
    states: Readonly<Record<string, HostTensor>>
  })[] = []
  for (let step = 1; step <= steps; step++) {
    const reset = new Float32Array(batch).fill(step === 1 ? 1 : 0)
    if (step === 3 && batch > 1) reset[1] = 1
    const result = await thinker.step(tokens, identifiers, reset)
    results.push({ ...result, reset, states: await thinker.readStates() })
  }
  await thinker.close()
  return results
}

let largest = 0

describe('the file of one step says what the thinker says, slots at steps of their own', () => {
  for (const [name, change] of Object.entries(variants)) {
    test(name, async () => {
      const model = modelOf(change)
      const { cells, symbols, width, puzzleEmbeddingWidth } = model.config
      const session = await open(exportOnnx(model, { recipe }))
      for (const batch of [1, 2, 5]) {
        const { tokens, identifiers } = puzzlesOf(model.config, batch)
        const size = [sequenceLength(model.config), batch, width]
        // What is in the states before the first step must not matter.
        let states: Record<string, onnxruntime.Tensor> = Object.fromEntries(
          stateNames(model.config).map((state) => [
            `${state}_state`,
            floats(new Float32Array(size[0]! * batch * width).fill(9), ...size),
          ]),
        )
        for (const expected of await thoughts(model, batch, 4)) {
          const results = await session.run({
            tokens: ints(tokens, batch, cells),
            reset: ints(expected.reset, batch),
            ...(puzzleEmbeddingWidth > 0 ? { puzzle_identifiers: ints(identifiers, batch) } : {}),
            ...states,
          })
          assert.deepEqual(results.logits!.dims, [batch, cells, symbols])
          const differences = [
            deviation(numbersOf(results.logits), expected.logits),
            deviation(numbersOf(results.halt_logits), expected.haltLogits),
            ...stateNames(model.config).map((state) =>
              deviation(numbersOf(results[`next_${state}_state`]), expected.states[state]!.data),
            ),
          ]
          largest = Math.max(largest, ...differences)
          assert.ok(Math.max(...differences) < tolerance, `batch ${batch}: ${differences}`)
          assert.deepEqual(numbersOf(results.answer), likeliest(expected.logits, symbols))
          assert.deepEqual(numbersOf(results.halted), [...expected.wantsToHalt])
          assert.equal(results.continue_logits !== undefined, comparesScores(model.config))
          states = Object.fromEntries(
            stateNames(model.config).map((state) => [`${state}_state`, results[`next_${state}_state`]!]),
          )
        }
      }
      await session.release()
    })
  }
})

describe('the file that solves says what the thinker says after the last step', () => {
  for (const [name, change] of Object.entries(variants)) {
    test(name, async () => {
      const model = modelOf(change)
      const { cells, symbols, puzzleEmbeddingWidth } = model.config
      const session = await open(exportOnnx(model, { recipe, steps: 2 }))
      for (const batch of [1, 2, 5]) {
        const { tokens, identifiers } = puzzlesOf(model.config, batch)
        const [first, second] = await thoughts(model, batch, 2)
        const results = await session.run({
          tokens: ints(tokens, batch, cells),
          ...(puzzleEmbeddingWidth > 0 ? { puzzle_identifiers: ints(identifiers, batch) } : {}),
        })
        const halting = [...first!.haltLogits, ...second!.haltLogits]
        const difference = Math.max(
          deviation(numbersOf(results.logits), second!.logits),
          deviation(numbersOf(results.halt_logits), halting),
        )
        largest = Math.max(largest, difference)
        assert.ok(difference < tolerance, `batch ${batch}: ${difference}`)
        assert.deepEqual(results.halt_logits!.dims, [2, batch])
        assert.deepEqual(results.answer!.dims, [batch, cells])
        assert.deepEqual(numbersOf(results.answer), likeliest(second!.logits, symbols))
        assert.deepEqual(numbersOf(results.halted), [...first!.wantsToHalt, ...second!.wantsToHalt])
      }
      await session.release()
    })
  }
})

test('the answers of think, from a file that solves', async (context) => {
  const model = modelOf({ ...attention, ...embedded })
  const { tokens } = puzzlesOf(model.config, 1)
  let last: Int32Array | undefined
  for await (const { answer } of think(executor, model, tokens, { identifier: 5 })) last = answer
  const session = await open(exportOnnx(model, { recipe, steps: model.config.supervisionSteps }))
  const { answer } = await session.run({ tokens: ints(tokens, 1, 16), puzzle_identifiers: ints([5], 1) })
  assert.deepEqual(numbersOf(answer), [...last!])
  await session.release()
  context.diagnostic(`largest deviation from the thinker: ${largest}`)
})

test('operators of the standard only, for other runtimes', async () => {
  const model = modelOf(attention)
  const { tokens } = puzzlesOf(model.config, 2)
  const file = exportOnnx(model, { recipe, steps: 2, operators: 'standard' })
  const { graph, opsetImport } = fromBinary(ModelProtoSchema, file)
  const inner = graph!.node.find(({ opType }) => opType === 'Loop')!.attribute[0]!.g!
  assert.deepEqual(
    opsetImport.map(({ domain }) => domain),
    [''],
  )
  const nodes = [...graph!.node, ...inner.node]
  assert.ok(nodes.every(({ domain, opType }) => domain === '' && !opType.startsWith('Simplified')))
  const session = await open(file)
  const { logits } = await session.run({ tokens: ints(tokens, 2, 16) })
  const expected = (await thoughts(model, 2, 2))[1]!
  assert.ok(deviation(numbersOf(logits), expected.logits) < 2e-5)
  await session.release()
})

test('float16 weights: half the bytes, the same as the model whose weights are rounded so', async () => {
  const model = modelOf({ ...attention, ...embedded })
  const halved = (data: ArrayLike<number>) => fromFloat16(roundToFloat16(Float32Array.from(data)))
  const weights = Object.entries(model.weights).map(([name, { shape, data }]) => [
    name,
    floatTensor(shape, halved(data)),
  ])
  const puzzleTable = new PuzzleTable(7, 24)
  puzzleTable.put([0, 3, 5], halved(model.puzzleTable.gather([0, 3, 5])))
  const rounded = { ...model, weights: Object.fromEntries(weights) as TrainedModel['weights'], puzzleTable }
  const [half, whole] = [
    exportOnnx(model, { recipe, steps: 2, dtype: 'float16' }),
    exportOnnx(rounded, { recipe, steps: 2 }),
  ]
  const numbers = Object.values(model.weights).reduce((sum, { data }) => sum + data.length, 4 * 24)
  // A Cast for each of the weights and the table.
  assert.ok(
    Math.abs(whole.length - half.length - 2 * numbers) < 120 * (Object.keys(model.weights).length + 1),
  )
  const { tokens } = puzzlesOf(model.config, 2)
  const feeds = { tokens: ints(tokens, 2, 16), puzzle_identifiers: ints([3, 1], 2) }
  const [a, b] = [await open(half), await open(whole)]
  assert.equal(deviation(numbersOf((await a.run(feeds)).logits), numbersOf((await b.run(feeds)).logits)), 0)
  for (const session of [a, b]) await session.release()
})

test('without the puzzle table its rows are an input', async () => {
  const model = modelOf({ ...embedded })
  const { tokens } = puzzlesOf(model.config, 2)
  const rows = model.puzzleTable.gather([3, 6])
  const whole = await open(exportOnnx(model, { recipe, steps: 1 }))
  const outside = await open(exportOnnx(model, { recipe, steps: 1, withoutPuzzleTable: true }))
  const shared = { tokens: ints(tokens, 2, 16) }
  const inside = await whole.run({ ...shared, puzzle_identifiers: ints([3, 6], 2) })
  const given = await outside.run({ ...shared, puzzle_rows: floats(rows, 2, 24) })
  assert.deepEqual(numbersOf(given.logits), numbersOf(inside.logits))
  assert.ok(deviation(numbersOf(given.logits).slice(0, 96), numbersOf(given.logits).slice(96)) > 0.01)
  for (const session of [whole, outside]) await session.release()
})

test('a table of which every row was trained, and rows that were not', async () => {
  const model = modelOf({ ...embedded, identifiers: 3 })
  const rows = Float32Array.from({ length: 3 * 24 }, (_, index) => Math.sin(index))
  const dense = { ...model, puzzleTable: PuzzleTable.dense(rows, 24) }
  const sparse = { ...model, puzzleTable: new PuzzleTable(3, 24) }
  sparse.puzzleTable.put([1], rows.subarray(24, 48))
  const { tokens } = puzzlesOf(model.config, 3)
  const answers: number[][] = []
  for (const one of [dense, sparse]) {
    const session = await open(exportOnnx(one, { recipe, steps: 1 }))
    const { logits } = await session.run({
      tokens: ints(tokens, 3, 16),
      puzzle_identifiers: ints([0, 1, 2], 3),
    })
    answers.push(numbersOf(logits))
    await session.release()
  }
  const ofSlot = (which: number, slot: number) => answers[which]!.slice(96 * slot, 96 * (slot + 1))
  assert.equal(deviation(ofSlot(0, 1), ofSlot(1, 1)), 0)
  assert.ok(deviation(ofSlot(0, 0), ofSlot(1, 0)) > 0.01)
})

test('a file says what it is', () => {
  const file = fromBinary(ModelProtoSchema, exportOnnx(modelOf(embedded), { recipe, trainedSteps: 300 }))
  const metadata = Object.fromEntries(file.metadataProps.map(({ key, value }) => [key, value]))
  assert.equal(metadata.format, 'trm-onnx/2')
  assert.equal(metadata.program, 'supervision step')
  assert.equal(metadata.trainedSteps, '300')
  assert.equal(metadata.halting, 'halt_logits > 0')
  assert.deepEqual(JSON.parse(metadata.symbols!), ['padding', 'blank', '1', '2', '3', '4'])
  assert.deepEqual(JSON.parse(metadata.recipe!), JSON.parse(JSON.stringify(recipe)))
  assert.equal((JSON.parse(metadata.model!) as ModelConfig).cells, 16)
  assert.match(file.docString, /^reset: int32 \[batch\], 1 where a new puzzle begins$/m)
  const names = (values: readonly { name: string }[]) => values.map(({ name }) => name)
  assert.deepEqual(names(file.graph!.input), [
    'tokens',
    'puzzle_identifiers',
    'reset',
    'latent_state',
    'answer_state',
  ])
  assert.deepEqual(names(file.graph!.output), [
    'answer',
    'logits',
    'halt_logits',
    'halted',
    'next_latent_state',
    'next_answer_state',
  ])
  assert.ok(names(file.graph!.initializer).includes('weights.blocks.1.feedForward.down'))
})

test('a file that ONNX cannot hold is refused before it is made', () => {
  const rows = 3_000_000
  const puzzleTable = { used: rows, identifiers: rows, width: 512 } as unknown as PuzzleTable
  const model = {
    ...modelOf({ puzzleEmbeddingWidth: 512, identifiers: rows, prefixTokens: 16 }),
    puzzleTable,
  }
  assert.throws(
    () => exportOnnx(model, { recipe }),
    (error) => {
      assert.ok(error instanceof InputError)
      assert.equal(error.expected, 'a file below 2.15 GB, the most that ONNX allows')
      assert.match(error.got, /^6\.17 GB, of which 6\.16 GB are embeddings of 3000000 puzzles$/)
      assert.equal(
        error.hint,
        'Leave the puzzle table out (`withoutPuzzleTable: true`): the rows are then an input.',
      )
      return true
    },
  )
  for (const steps of [0, 1.5, 4097])
    assert.throws(() => exportOnnx(modelOf({}), { recipe, steps }), /expected a whole number from 1 to 4096/)
})
