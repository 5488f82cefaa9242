import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { add, type HostTensor } from '@tiny-recursive-models/tensor'
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import { type InnerThought, readLogits, type Thought, think } from '../../src/evaluate/think.ts'
import type { TrainedModel } from '../../src/evaluate/thinker.ts'
import { callsOfStep, namesOfCalls } from '../../src/models/calls.ts'
import { type ModelConfig, modelConfig, netCalls } from '../../src/models/config.ts'
import { readOut } from '../../src/models/heads.ts'
import { netsOf } from '../../src/models/nets.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { embedQuestion } from '../../src/models/question.ts'
import { startStates } from '../../src/models/recursion.ts'
import { initialWeights, treeOfWeights } from '../../src/models/weights.ts'
import { sudokuStructure } from '../../src/puzzles/sudoku/structure.ts'
import { findRecipe, recipes } from '../../src/recipes/index.ts'
import { run } from '../optim/run.ts'

const sizes = { cells: 16, symbols: 6, identifiers: 1 }
const box = { boxRows: 2, boxColumns: 2 }
const question = Int32Array.from({ length: 16 }, (_, cell) => 1 + (cell % 5))

const plain = { ...findRecipe('sudoku-4x4-trm').model, width: 32, heads: 2, recursions: 2, latentUpdates: 3 }
const withRows = { ...plain, prefixTokens: 3, puzzleEmbeddingWidth: 32 }
const denoiser = {
  ...recipes['sudoku-extreme'].model,
  width: 6,
  hiddenWidth: 8,
  groupWidth: 8,
  latentUpdates: 4,
}
const configs = {
  trm: modelConfig(withRows, sizes),
  'trm of two nets': modelConfig({ ...plain, nets: 'separate', mixer: 'attention' }, sizes),
  'single-state': modelConfig({ ...plain, kind: 'single-state' }, sizes),
  'multi-scale': modelConfig({ ...plain, kind: 'multi-scale', latentUpdates: 6 }, sizes),
  direct: modelConfig({ ...plain, kind: 'direct', recursions: 1, latentUpdates: 1 }, sizes),
  'denoiser by fields': modelConfig(denoiser, sizes, sudokuStructure(box)),
  'denoiser by groups': modelConfig({ ...denoiser, mixer: 'groups' }, sizes, sudokuStructure(box)),
} satisfies Readonly<Record<string, ModelConfig>>

function modelOf(config: ModelConfig): TrainedModel {
  const { noise } = recipes['sudoku-extreme']
  return {
    config,
    weights: initialWeights(config, 3),
    puzzleTable: new PuzzleTable(1, config.puzzleEmbeddingWidth),
    ...(config.answerInput === 'noisy' && noise && { noise }),
  }
}

const executors = {
  wasm: await openExecutor({ executor: 'wasm', threads: 1 }),
  onnxruntime: await openExecutor({ executor: 'onnxruntime', device: 'cpu', threads: 1 }),
}

async function thoughtsOf(
  executor: keyof typeof executors,
  config: ModelConfig,
  inside: boolean,
): Promise<Thought[]> {
  const thoughts: Thought[] = []
  const options = { maxSteps: 3, halting: 'full', withStates: true, inside } as const
  for await (const thought of think(executors[executor], modelOf(config), question, options))
    thoughts.push(thought)
  return thoughts
}

for (const executor of ['wasm', 'onnxruntime'] as const)
  describe(`a look inside, on ${executor}`, () => {
    for (const [name, config] of Object.entries(configs))
      test(`${name}: changes no bit of a step, and ends in its answer`, async () => {
        const ordinary = await thoughtsOf(executor, config, false)
        const looked = await thoughtsOf(executor, config, true)
        const calls = callsOfStep(config)
        assert.equal(calls.length, netCalls({ ...config, continueLoss: false }))
        looked.forEach(({ inside, ...thought }, index) => {
          assert.deepEqual(thought, ordinary[index])
          assert.deepEqual(
            inside!.map(({ round, update, state, isAnswer }) => ({ round, update, state, isAnswer })),
            calls,
          )
          const { answer, confidence, probabilities } = inside!.at(-1)!
          assert.deepEqual({ answer, confidence, probabilities }, pick(thought))
        })
        assert.equal(ordinary[0]!.inside, undefined)
        // Cells that changed are told from call to call, also over the end of a step.
        const frames = looked.flatMap(({ inside }) => inside!)
        frames.forEach(({ answer, changed }, index) => {
          const before = frames[index - 1]?.answer
          assert.deepEqual(
            changed,
            [...answer.keys()].filter((cell) => answer[cell] !== before?.[cell]),
          )
        })
      })
  })

const pick = ({ answer, confidence, probabilities }: Omit<Thought, 'inside'>) => ({
  answer,
  confidence,
  probabilities,
})

const near = (got: InnerThought, wanted: Pick<InnerThought, 'probabilities'>): void => {
  const off = got.probabilities.map((value, at) => Math.abs(value - wanted.probabilities[at]!))
  assert.ok(Math.max(...off) < 2e-5, `off by ${Math.max(...off)}`)
}

describe('what stands inside a step', () => {
  test('trm: each z and y of the pseudocode, computed anew, read by the answer head', async () => {
    const config = modelConfig(plain, sizes)
    const weights = initialWeights(config, 3)
    const names = Object.keys(weights)
    const feeds = Object.fromEntries(names.map((name) => [`weights.${name}`, weights[name]!]))
    const tokens = { shape: [1, 16], dtype: 'int32', data: question } as HostTensor
    const results = await run({ ...feeds, tokens }, ({ tokens, ...all }) => {
      const given = Object.fromEntries(names.map((name) => [name, all[`weights.${name}`]!]))
      const tree = treeOfWeights(given, config)
      const net = netsOf(tree, config, false)
      const x = embedQuestion({ tokens: tokens! }, tree, config)
      const start = startStates(given, config, 1)
      let [z, y] = [start.latent!, start.answer!]
      const read: Record<string, ReturnType<typeof readOut>['logits']> = {}
      const note = (state: typeof z): void => {
        read[Object.keys(read).length] = readOut(state, { tokens: tokens! }, tree, config).logits
      }
      for (let j = 0; j < 2; j++) {
        for (let i = 0; i < 3; i++) {
          z = net.latent(z, add(y, x))
          note(z)
        }
        y = net.answer(y, z)
        note(y)
      }
      return read
    })
    const [first] = await thoughtsOf('wasm', config, true)
    assert.equal(first!.inside!.length, 8)
    first!.inside!.forEach((frame, index) => {
      near(frame, readLogits(Float32Array.from(results[index]!.data), 6, 'stablemax'))
    })
    const different = new Set(first!.inside!.map(({ probabilities }) => probabilities.join()))
    assert.equal(different.size, 8)
  })

  test('of a recursion that ends at any update, it is what that model answers', async () => {
    // A denoiser has one recursion; others end one after each answer.
    const of = configs['denoiser by fields']
    const [whole] = await thoughtsOf('wasm', of, true)
    for (let n = 1; n <= of.latentUpdates; n++) {
      const [cut] = await thoughtsOf('wasm', { ...of, latentUpdates: n }, false)
      near(whole!.inside![n - 1]!, cut!)
    }
    for (const name of ['trm', 'single-state', 'multi-scale', 'trm of two nets'] as const) {
      const config = configs[name]
      const [thought] = await thoughtsOf('wasm', config, true)
      const [cut] = await thoughtsOf('wasm', { ...config, recursions: 1 }, false)
      near(thought!.inside![config.latentUpdates]!, cut!)
    }
  })

  test('the states that are named are those that the step renews, in this order', () => {
    const names = (config: ModelConfig) =>
      callsOfStep(config).map(
        ({ round, update, state, isAnswer }) => `${round}.${update} ${state}${isAnswer ? ' =' : ''}`,
      )
    assert.deepEqual(names({ ...configs.trm, latentUpdates: 2 }), [
      '1.1 latent',
      '1.2 latent',
      '1.3 answer =',
      '2.1 latent',
      '2.2 latent',
      '2.3 answer =',
    ])
    assert.deepEqual(names({ ...configs['multi-scale'], recursions: 1, latentUpdates: 2 }), [
      '1.1 latent1',
      '1.2 latent2',
      '1.3 answer =',
    ])
    assert.deepEqual(names({ ...configs['single-state'], recursions: 1, latentUpdates: 1 }), [
      '1.1 latent',
      '1.2 latent =',
    ])
    assert.deepEqual(names(configs.direct), ['1.1 answer ='])
    assert.equal(namesOfCalls(callsOfStep(configs.trm)).join(' '), 'z1 z2 z3 y1 z4 z5 z6 y2')
  })
})
