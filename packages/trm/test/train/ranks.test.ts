import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Executor, floatTensor, InputError } from '@tiny-recursive-models/tensor'
import { openExecutor, openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from '../../src/checkpoint/training-state.ts'
import type { DataSets } from '../../src/data/data-sets.ts'
import { modelConfig } from '../../src/models/config.ts'
import { openWorkerPieces } from '../../src/node/worker-pieces.ts'
import { chooseMicroBatch } from '../../src/programs/micro-batch.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, type Recipe, recipes } from '../../src/recipes/index.ts'
import { paperVariant, paperVariantNames } from '../../src/recipes/paper.ts'
import { TrainingEngine } from '../../src/train/engine.ts'
import type { TrainingEvent } from '../../src/train/events.ts'
import type { OpenPieceRunner } from '../../src/train/piece-runner.ts'
import { piecesOfRank, type Ranks } from '../../src/train/ranks.ts'
import { resplitCarry } from '../../src/train/resplit-carry.ts'
import { train } from '../../src/train/train.ts'
import { localRanks } from './local-ranks.ts'

/** Halting, exploration and rows of a puzzle table that are shared between slots. */
const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=16',
  'model.latentUpdates=1',
  'model.puzzleEmbeddingWidth=16',
  'data.train=40',
  'data.validation=6',
  'data.test=4',
  'optimizer.warmupSteps=2',
  'optimizer.puzzleLearningRate=0.01',
  'training.batch=12',
  'training.microBatch=auto',
  'training.steps=6',
  'training.evaluateEvery=3',
  'training.checkpointEvery=0',
])

let executor: Executor
let data: DataSets
before(async () => {
  executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
  data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
})

interface Run {
  readonly executor?: Executor
  readonly recipe?: Recipe
  readonly data?: DataSets
  readonly resume?: TrainingState
  readonly pieceRunner?: OpenPieceRunner
  /** Stops after this step, because this rank asks for it. */
  readonly until?: number
  readonly asks?: number
}

interface Trained {
  readonly state: TrainingState
  readonly events: readonly TrainingEvent[]
}

async function one(ranks: Ranks | null, { until, asks = 0, ...options }: Run) {
  const events: TrainingEvent[] = []
  const rank = ranks?.rank ?? 0
  const done = () => events.findLast((event) => event.type === 'step')?.step ?? options.resume?.step ?? 0
  // Alone it is asked after the step, among ranks within it.
  const shouldStop = () => rank === asks && done() + (ranks ? 1 : 0) === until
  for await (const event of train({
    executor,
    data,
    recipe,
    shouldStop,
    ...(ranks && { ranks }),
    ...options,
  }))
    events.push(event)
  return events
}

/** What rank 0 told, or the one process there is; the others must have told the same. */
async function trained(size: number, options: Run = {}): Promise<Trained> {
  const all =
    size === 0
      ? [await one(null, options)]
      : await Promise.all(localRanks(size).map((ranks) => one(ranks, options)))
  const facts = all.map((events) =>
    events
      .filter(({ type }) => type !== 'checkpoint')
      .map((event) => ('elapsedMs' in event ? { ...event, elapsedMs: 0 } : event)),
  )
  for (const told of facts) assert.deepEqual(told, facts[0])
  for (const others of all.slice(1)) assert.ok(!others.some(({ type }) => type === 'checkpoint'))
  const last = all[0]!.findLast((event) => event.type === 'checkpoint')
  assert.ok(last)
  // As a file would hold it.
  return { state: decodeTrainingState(encodeTrainingState(last.state), 'test'), events: facts[0]! }
}

/** Which puzzles, how long, and how right: all but what rounding changes. */
const course = ({ events, state }: Trained) => ({
  steps: events.flatMap((event) =>
    event.type === 'step'
      ? [[event.step, event.finished, event.exactAccuracy, event.haltAccuracy, event.meanSteps]]
      : [],
  ),
  nextDraw: state.nextDraw,
  slotDraws: state.slotDraws,
  reset: [...state.tensors.get('carry.reset')!.data],
  best: state.best,
})

/**
 * Within rounding: AdamATan2 goes by the sign of a gradient rather than by its size, so that a weight whose gradient is
 * next to nothing may go another way for a step; nearly all others stay where they are.
 */
function assertClose(found: TrainingState, expected: TrainingState): void {
  const mostOfAll = 2 * recipe.training.steps * recipe.optimizer.learningRate
  for (const [name, { data }] of expected.tensors) {
    if (name.startsWith('carry.')) continue
    const other = found.tensors.get(name)!.data
    assert.equal(other.length, data.length, name)
    const [here, there] = [Array.from(data, Number), Array.from(other, Number)]
    const apart = here.map((value, at) => Math.abs(value - there[at]!))
    const mean = apart.reduce((sum, value) => sum + value, 0) / Math.max(1, apart.length)
    assert.ok(
      apart.every((value) => value < mostOfAll),
      `${name}: ${Math.max(...apart)} apart`,
    )
    assert.ok(mean < 5e-5, `${name}: ${mean} apart on average`)
  }
}

function assertSame(found: TrainingState, expected: TrainingState): void {
  assert.deepEqual([...found.tensors.keys()].sort(), [...expected.tensors.keys()].sort())
  for (const [name, { data }] of expected.tensors) assert.deepEqual(found.tensors.get(name)!.data, data, name)
}

describe('ranks', () => {
  test('any number takes the same puzzles and halts alike; weights differ by rounding', async () => {
    const alone = await trained(0)
    assert.ok(course(alone).steps.some(([, finished]) => finished! > 0))
    for (const size of [1, 2, 3, 5]) {
      const together = await trained(size)
      assert.deepEqual(course(together), course(alone), `${size} ranks`)
      assertClose(together.state, alone.state)
      const start = together.events.find((event) => event.type === 'start')
      assert.equal(start?.ranks, size)
    }
  })

  test('the same number gives the same bits, also after a stop that any rank asks for', async () => {
    const inPieces = { recipe: overrideRecipe(recipe, ['training.microBatch=4']) }
    assertSame((await trained(1, inPieces)).state, (await trained(0, inPieces)).state)
    const whole = await trained(3)
    assertSame((await trained(3)).state, whole.state)
    for (const asks of [0, 2]) {
      const stopped = await trained(3, { until: 2, asks })
      assert.equal(stopped.state.step, 2)
      assert.equal(stopped.state.ranks, 3)
      const resumed = await trained(3, { resume: stopped.state })
      assertSame(resumed.state, whole.state)
    }
  })

  test('a run goes on with other numbers of ranks, and without', async () => {
    const alone = await trained(0)
    let part = await trained(0, { until: 1 })
    const steps = [...course(part).steps]
    for (const [size, until] of [
      [3, 3],
      [2, 4],
      [5, 5],
      [0, 6],
    ] as const) {
      part = await trained(size, { resume: part.state, until })
      assert.equal(part.state.step, until)
      steps.push(...course(part).steps)
    }
    assert.deepEqual({ ...course(part), steps }, course(alone))
    assertClose(part.state, alone.state)
  })

  test('workers inside each rank compute its pieces', async () => {
    const withWorkers = overrideRecipe(recipe, ['training.workers=2'])
    const threads: OpenPieceRunner = (config) => openWorkerPieces(config, 2, { cores: 2 })
    const inTurn = await trained(2, { recipe: withWorkers })
    const start = inTurn.events.find((event) => event.type === 'start')
    assert.equal(start?.microBatch, 3)
    assertSame((await trained(2, { recipe: withWorkers, pieceRunner: threads })).state, inTurn.state)
    assertClose(inTurn.state, (await trained(0)).state)
  })

  test('noisy answers, noise on starts, several steps in one and stages are those of one process', async () => {
    const noisy = overrideRecipe(recipes['sudoku-4x4'], [
      'model.width=16',
      'data.train=30',
      'data.validation=4',
      'data.test=4',
      'training.batch=6',
      'training.microBatch=auto',
      'training.workers=1',
      'training.startNoise=0.5',
      'optimizer.warmupSteps=2',
      'training.steps=6',
      'training.evaluateEvery=0',
      'training.checkpointEvery=0',
      'training.stages=[{"until":0.5,"recursions":1,"latentUpdates":1,"supervisionSteps":2}]',
    ])
    const sets = await loadDataSets(noisy.data, () => assert.fail('generated data needs no file'))
    const alone = await trained(0, { recipe: noisy, data: sets })
    const together = await trained(3, { recipe: noisy, data: sets })
    assert.deepEqual(course(together), course(alone))
    assertClose(together.state, alone.state)
    const stopped = await trained(3, { recipe: noisy, data: sets, until: 2 })
    assertSame((await trained(3, { recipe: noisy, data: sets, resume: stopped.state })).state, together.state)
  })

  test('gradients that travel as bfloat16 are rounded, and the same on all ranks', async () => {
    const narrow = { recipe: overrideRecipe(recipe, ['training.gradientPrecision=bfloat16']) }
    const whole = await trained(3, narrow)
    assertSame((await trained(3, narrow)).state, whole.state)
    const exact = await trained(3)
    const loss = ({ events }: Trained) => events.findLast((event) => event.type === 'step')!.loss
    assert.notEqual(loss(whole), loss(exact))
    assert.ok(Math.abs(loss(whole) / loss(exact) - 1) < 0.01, `${loss(whole)}, ${loss(exact)}`)
    const stopped = await trained(3, { ...narrow, until: 2 })
    assertSame((await trained(3, { ...narrow, resume: stopped.state })).state, whole.state)
    // One process has nobody to tell its gradients.
    assertSame((await trained(0, narrow)).state, (await trained(0)).state)
  })

  test('every model of the paper', async () => {
    const base = overrideRecipe(recipe, ['model.puzzleEmbeddingWidth=0', 'training.steps=3'])
    const losses = ({ events }: Trained) =>
      events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))
    for (const name of paperVariantNames) {
      const variant = { recipe: paperVariant(base, name) }
      const [together, alone] = [losses(await trained(2, variant)), losses(await trained(0, variant))]
      assert.equal(together.length, 3)
      for (const [step, loss] of alone.entries())
        assert.ok(Math.abs(together[step]! / loss - 1) < 1e-3, `${name}: ${together}, ${alone}`)
    }
  })

  for (const kind of ['wasm', 'onednn'] as const) {
    test(`on ${kind} as on any executor, in bfloat16 too`, async (context) => {
      const ours = await openExecutor({ executor: kind, threads: 1 }).catch((error: unknown) => error)
      if (ours instanceof InputError) return context.skip(ours.message)
      const computing = { executor: ours as Executor }
      const exact = await trained(0, computing)
      const together = await trained(3, computing)
      assert.deepEqual(course(together), course(exact))
      assertClose(together.state, exact.state)
      const bfloat16 = { ...computing, recipe: overrideRecipe(recipe, ['model.precision=bfloat16']) }
      const narrow = await trained(3, bfloat16)
      assertSame((await trained(3, bfloat16)).state, narrow.state)
      assert.notDeepEqual(narrow.state.tensors, together.state.tensors)
    })
  }

  test("time is up for all when rank 0's clock says so", async () => {
    const short = overrideRecipe(recipe, ['training.stopAfterSeconds=0.001'])
    const { events } = await trained(2, { recipe: short })
    const done = events.at(-1)
    assert.ok(done?.type === 'done')
    assert.deepEqual([done.step, done.reason], [1, 'time'])
  })

  test('more ranks than pieces are refused', async () => {
    const two = overrideRecipe(recipe, ['training.microBatch=6'])
    await assert.rejects(
      one(localRanks(3)[0]!, { recipe: two }),
      (error) => error instanceof InputError && /at least 3, got 6, which makes 2/.test(error.message),
    )
  })

  test('ranks whose weights have come apart are told, by the number', async () => {
    const model = modelConfig(recipe.model, data.train)
    const config = { model, batch: 4, microBatch: 1, recompute: false, optimizer: recipe.optimizer }
    const engines = await Promise.all(
      localRanks(3).map((ranks) =>
        TrainingEngine.create(executor, config, { seed: ranks.rank === 2 ? 8 : 7 }, false, { ranks }),
      ),
    )
    const [first, second, third] = await Promise.allSettled(engines.map((engine) => engine.gatherStates()))
    assert.ok(first?.status === 'rejected' && second?.status === 'fulfilled' && third?.status === 'fulfilled')
    assert.match(String(first.reason), /rank 2: expected the weights of rank 0/)
    assert.equal(second.value, null)
  })
})

describe('pieces', () => {
  test('are divided so that none has two more than another', () => {
    for (const [pieces, size] of [
      [12, 5],
      [5, 5],
      [768, 64],
    ] as const) {
      const ranges = Array.from({ length: size }, (_, rank) => piecesOfRank(pieces, rank, size))
      assert.deepEqual(
        ranges.map(({ from }) => from),
        [0, ...ranges.slice(0, -1).map(({ to }) => to)],
      )
      assert.equal(ranges.at(-1)!.to, pieces)
      const lengths = ranges.map(({ from, to }) => to - from)
      assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 1)
    }
  })

  test('are as large as they may be without leaving a rank much longer at work', () => {
    const model = modelConfig(recipe.model, data.train)
    assert.equal(chooseMicroBatch(model, 12, 4), 3)
    // 11 slots at most with pieces of 1, 12 with 4; 16 with 8.
    assert.equal(chooseMicroBatch(model, 32, 3), 4)
    assert.equal(chooseMicroBatch(model, 12, 5), 1)
    assert.equal(chooseMicroBatch(model, 7, 2), 1)
  })

  test('of another size hold the same slots', () => {
    const [tokens, batch, width] = [3, 6, 2]
    const piece = (microBatch: number, index: number) =>
      floatTensor(
        [tokens, microBatch, width],
        Float32Array.from({ length: tokens * microBatch * width }, (_, at) => {
          const [token, slot, place] = [
            Math.floor(at / (microBatch * width)),
            Math.floor(at / width) % microBatch,
            at % width,
          ]
          return 100 * token + 10 * (index * microBatch + slot) + place
        }),
      )
    const states = (microBatch: number) =>
      new Map([
        ['weights.a', floatTensor([1], [5])],
        ...Array.from({ length: batch / microBatch }, (_, index): [string, ReturnType<typeof piece>] => [
          `carry.latent.${index}`,
          piece(microBatch, index),
        ]),
        ...Array.from({ length: batch / microBatch }, (_, index): [string, ReturnType<typeof piece>] => [
          `carry.steps.${index}`,
          floatTensor(
            [microBatch],
            Array.from({ length: microBatch }, (_, slot) => index * microBatch + slot),
          ),
        ]),
      ])
    for (const [before, after] of [
      [3, 2],
      [6, 1],
      [1, 6],
      [2, 3],
    ] as const)
      assert.deepEqual(
        new Map([...resplitCarry(states(before), batch, after)].sort()),
        new Map([...states(after)].sort()),
      )
  })
})
