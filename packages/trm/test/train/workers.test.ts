import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Executor, InputError } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import type { StoredTensor } from '../../src/checkpoint/stored-tensor.ts'
import type { TrainingState } from '../../src/checkpoint/training-state.ts'
import type { DataSets } from '../../src/data/data-sets.ts'
import { modelConfig } from '../../src/models/config.ts'
import { openWorkerPieces } from '../../src/node/worker-pieces.ts'
import { chooseMicroBatch } from '../../src/programs/micro-batch.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, type Recipe, recipes } from '../../src/recipes/index.ts'
import type { TrainingEvent } from '../../src/train/events.ts'
import type { OpenPieceRunner } from '../../src/train/piece-runner.ts'
import { train } from '../../src/train/train.ts'

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=16',
  'model.latentUpdates=1',
  'model.puzzleEmbeddingWidth=16',
  'data.train=40',
  'data.validation=4',
  'data.test=4',
  'optimizer.warmupSteps=2',
  'optimizer.puzzleLearningRate=0.01',
  'training.batch=12',
  'training.workers=2',
  'training.microBatch=2',
  'training.steps=5',
  'training.evaluateEvery=0',
  'training.checkpointEvery=0',
])

let executor: Executor
let data: DataSets
before(async () => {
  executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
  data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
})

/** Threads whatever the machine has. */
const threads =
  (count: number): OpenPieceRunner =>
  (config) =>
    openWorkerPieces(config, count, { cores: count })

interface Run {
  readonly recipe?: Recipe
  readonly pieceRunner?: OpenPieceRunner
  readonly resume?: TrainingState
  /** Stops after this step. */
  readonly until?: number
}

/** The last state, and what the steps told but for the clock. */
async function trained({ until, ...options }: Run) {
  const events: TrainingEvent[] = []
  const shouldStop = () => events.at(-1)?.step === until
  for await (const event of train({ executor, data, recipe, shouldStop, ...options })) events.push(event)
  const last = events.findLast((event) => event.type === 'checkpoint')
  assert.ok(last)
  const steps = events.flatMap((event) => (event.type === 'step' ? [{ ...event, elapsedMs: 0 }] : []))
  return { state: last.state, steps }
}

const bytes = ({ data }: StoredTensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength)

function assertSameState(found: TrainingState, expected: TrainingState): void {
  assert.deepEqual([...found.tensors.keys()].sort(), [...expected.tensors.keys()].sort())
  for (const [name, tensor] of expected.tensors)
    assert.ok(bytes(found.tensors.get(name)!).equals(bytes(tensor)), name)
}

test('side by side gives bit for bit what one after the other gives, however many threads', async () => {
  const inTurn = await trained({})
  assert.equal([...inTurn.state.tensors.keys()].filter((name) => name.startsWith('carry.steps.')).length, 6)
  for (const count of [1, 2, 4]) {
    const sideBySide = await trained({ pieceRunner: threads(count) })
    assertSameState(sideBySide.state, inTurn.state)
    assert.deepEqual(sideBySide.steps, inTurn.steps)
  }
})

test('a piece for every worker is enough', async () => {
  const large = overrideRecipe(recipe, ['training.microBatch=6'])
  const inTurn = await trained({ recipe: large })
  assertSameState((await trained({ recipe: large, pieceRunner: threads(2) })).state, inTurn.state)
})

test('one worker gives the same weights within rounding', async () => {
  const one = await trained({ recipe: overrideRecipe(recipe, ['training.workers=1']) })
  const two = await trained({ pieceRunner: threads(2) })
  assert.deepEqual([...two.state.tensors.keys()].sort(), [...one.state.tensors.keys()].sort())
  for (const [name, tensor] of one.state.tensors) {
    const [expected, found] = [tensor, two.state.tensors.get(name)!].map(({ data }) =>
      Array.from(data, Number),
    )
    const apart = expected!.reduce((most, value, at) => Math.max(most, Math.abs(value - found![at]!)), 0)
    assert.ok(apart < 1e-4, `${name}: ${apart} apart`)
  }
})

test('a run stopped and resumed ends with bit for bit the weights of one that was not', async () => {
  const whole = await trained({ pieceRunner: threads(2) })
  const stopped = await trained({ pieceRunner: threads(2), until: 2 })
  assert.equal(stopped.state.step, 2)
  const resumed = await trained({ pieceRunner: threads(3), resume: stopped.state })
  assert.deepEqual(resumed.steps, whole.steps.slice(2))
  assertSameState(resumed.state, whole.state)
})

test('an error in a thread, and its end, reach the caller', async () => {
  const model = modelConfig(recipe.model, data.train)
  const config = { model, batch: 12, microBatch: 2, recompute: false, optimizer: recipe.optimizer }
  const pieces = await openWorkerPieces(config, 2, { cores: 2 })
  const isNamed = (error: unknown) => error instanceof InputError && error.message.includes('tokens')
  await assert.rejects(pieces.run([{ piece: 1, feeds: {} }]), isNamed)
  const isEnd = (error: unknown) =>
    error instanceof InputError && error.who === 'worker thread of training.workers'
  const closing = pieces.close()
  await assert.rejects(pieces.readCarry(), isEnd, 'a question that is still open')
  await closing
  await assert.rejects(pieces.readCarry(), isEnd)

  await assert.rejects(openWorkerPieces({ ...config, microBatch: -1 }, 2, { cores: 2 }))
})

test('a micro-batch is chosen within the share of a worker', () => {
  const model = modelConfig(recipe.model, data.train)
  assert.equal(chooseMicroBatch(model, 12, 4), 3)
  assert.equal(chooseMicroBatch(model, 12), 12)
})
