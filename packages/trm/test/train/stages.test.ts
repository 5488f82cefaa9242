import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from '../../src/checkpoint/training-state.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { modelInStep } from '../../src/train/stages.ts'
import { train } from '../../src/train/train.ts'

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'data.minimal=false',
  'data.train=40',
  'data.validation=4',
  'data.test=4',
  'model.width=16',
  'optimizer.warmupSteps=0',
  'training.batch=8',
  'training.steps=10',
  'training.evaluateEvery=0',
  'training.checkpointEvery=0',
])
const grows =
  'training.stages=[{"until":0.3,"recursions":1,"latentUpdates":1,"supervisionSteps":1},{"until":0.6,"recursions":2,"latentUpdates":1,"supervisionSteps":2}]'
const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))

async function run(changes: readonly string[], resume?: TrainingState, stopAt = Infinity) {
  const losses: number[] = []
  const stays: (number | null)[] = []
  let state: TrainingState | undefined
  const options = { executor, data, recipe: overrideRecipe(recipe, changes), ...(resume && { resume }) }
  for await (const event of train({ ...options, shouldStop: () => losses.length >= stopAt })) {
    if (event.type === 'step') losses.push(event.loss)
    if (event.type === 'step') stays.push(event.meanSteps)
    if (event.type === 'checkpoint') state = event.state
  }
  return { losses, stays, state: state! }
}

const again = (state: TrainingState) => decodeTrainingState(encodeTrainingState(state), 'stored')

function assertSameWeights(one: TrainingState, other: TrainingState) {
  assert.equal(one.tensors.size, other.tensors.size)
  for (const [name, tensor] of one.tensors) assert.deepEqual(other.tensors.get(name)!.data, tensor.data, name)
}

test('a run is as deep as its stage, and then as its model', async () => {
  const model = { ...recipe.model, cells: 16, symbols: 6, identifiers: 1 }
  const { training } = overrideRecipe(recipe, [grows])
  const depth = (step: number) => {
    const { recursions, latentUpdates, supervisionSteps } = modelInStep(model, training, step)
    return [recursions, latentUpdates, supervisionSteps].join()
  }
  assert.deepEqual([1, 3, 4, 6, 7, 10].map(depth), ['1,1,1', '1,1,1', '2,1,2', '2,1,2', '2,2,4', '2,2,4'])

  const staged = await run([grows])
  const shallow = await run(['model.recursions=1', 'model.latentUpdates=1', 'model.supervisionSteps=1'])
  assert.deepEqual(staged.losses.slice(0, 3), shallow.losses.slice(0, 3))
  assert.notEqual(staged.losses[3], shallow.losses[3])
  assert.deepEqual(staged.stays.slice(0, 3), [1, 1, 1])
  assert.ok(staged.stays.slice(5).some((steps) => steps !== null && steps > 1))
  assert.deepEqual(staged.state.recipe.model, recipe.model, 'the model that is stored has its full depth')
})

test('a run with stages goes on exactly, before, at and after the end of one', async () => {
  for (const workers of ['training.workers=1', 'training.workers=2']) {
    const whole = await run([grows, workers])
    for (const stop of [2, 3, 5]) {
      const stopped = await run([grows, workers], undefined, stop)
      assert.equal(stopped.state.step, stop)
      const resumed = await run([grows, workers], again(stopped.state))
      assert.deepEqual(resumed.losses, whole.losses.slice(stop))
      assertSameWeights(resumed.state, whole.state)
    }
  }
})

test('puzzles begin elsewhere with noise on their start, the same again after a stop', async () => {
  const noisy = 'training.startNoise=0.5'
  const [plain, whole] = [await run([]), await run([noisy])]
  assert.notEqual(plain.losses[0], whole.losses[0])
  assert.deepEqual((await run(['training.startNoise=0'])).losses, plain.losses)
  const stopped = await run([noisy], undefined, 4)
  const resumed = await run([noisy], again(stopped.state))
  assertSameWeights(resumed.state, whole.state)
  // In pieces every slot has the noise of its own draw: only the rounding is another.
  const pieces = await run([noisy, 'training.microBatch=2'])
  assert.ok(Math.abs(pieces.losses[0]! - whole.losses[0]!) < 1e-5 * whole.losses[0]!)
})

test('stages that do not follow each other, or are no model, are refused', () => {
  const refused = (stages: string, expected: RegExp) =>
    assert.throws(() => overrideRecipe(recipe, [`training.stages=${stages}`]), expected)
  const stage = (until: number, recursions = 1) =>
    `{"until":${until},"recursions":${recursions},"latentUpdates":1,"supervisionSteps":1}`
  refused(
    `[${stage(0.5)},${stage(0.2)}]`,
    /training\.stages: expected stages that each end later than the one before/,
  )
  refused(`[${stage(0)}]`, /the first after 0, got 0\./)
  refused('[{"until":0.5}]', /training\.stages\.0\.recursions/)
  refused('soon', /training\.stages: expected a list of stages/)
  assert.throws(
    () => overrideRecipe(recipes['sudoku-6x6'], [`training.stages=[${stage(0.5, 2)}]`]),
    /training\.stages: .*model\.recursions in a stage/,
  )
})
