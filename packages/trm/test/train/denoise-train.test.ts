import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import type { TrainingState } from '../../src/checkpoint/training-state.ts'
import { decodeTrainingState, encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { train } from '../../src/train/train.ts'

const generated =
  'data={"kind":"sudoku-generated","boxRows":2,"boxColumns":2,"train":200,"validation":50,"test":4,"minimal":false,"augment":false,"seed":0}'
const recipe = overrideRecipe(recipes['sudoku-extreme'], [
  generated,
  'model.width=16',
  'model.hiddenWidth=32',
  'model.groupWidth=32',
  'model.latentUpdates=3',
  'noise.shortestStay=4',
  'noise.longestStay=8',
  'noise.longestStayAtEnd=12',
  'training.workers=1',
  'optimizer.learningRate=5e-3',
  'optimizer.warmupSteps=5',
  'training.evaluateSteps=12',
  'training.evaluateEvery=0',
  'training.checkpointEvery=0',
])
const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))

async function lastState(changes: readonly string[], resume?: TrainingState, stopAt = Infinity) {
  let [state, accuracy, steps] = [undefined as TrainingState | undefined, 0, 0]
  const options = { executor, data, recipe: overrideRecipe(recipe, changes), ...(resume && { resume }) }
  for await (const event of train({ ...options, shouldStop: () => steps >= stopAt })) {
    if (event.type === 'step') steps = event.step
    if (event.type === 'checkpoint') state = event.state
    if (event.type === 'evaluation') accuracy = event.exactAccuracy ?? Number.NaN
  }
  return { state: state!, accuracy }
}

test('a denoiser goes on from a stop exactly, noise, stays and all', async () => {
  const short = ['training.steps=9', 'training.batch=4', 'training.microBatch=2']
  const whole = await lastState(short)
  const stopped = await lastState(short, undefined, 4)
  assert.equal(stopped.state.step, 4)
  const stored = decodeTrainingState(encodeTrainingState(stopped.state), 'stopped')
  const resumed = await lastState(short, stored)
  assert.deepEqual(resumed.state.slotBegun, whole.state.slotBegun)
  for (const [name, tensor] of whole.state.tensors)
    assert.deepEqual(resumed.state.tensors.get(name)!.data, tensor.data, name)
})

test('a denoiser learns 4×4 Sudokus from noise alone at test', async () => {
  const { accuracy } = await lastState(['training.steps=200', 'training.evaluateEvery=200'])
  assert.ok(accuracy >= 0.8, `${accuracy} of the validation puzzles`)
})
