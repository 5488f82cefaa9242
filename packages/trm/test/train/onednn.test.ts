/** Training with matrix products by oneDNN, where it is installed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Executor } from '@tiny-recursive-models/tensor'
import { onednnVersion, openExecutor } from '@tiny-recursive-models/tensor/node'
import type { TrainingState } from '../../src/checkpoint/training-state.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { train } from '../../src/train/train.ts'

/** Wide enough that most products are worth a call of the library. */
const wide = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'data={"kind":"sudoku-generated","boxRows":2,"boxColumns":2,"train":64,"validation":8,"test":4,"minimal":false,"augment":true,"seed":0}',
  'model.width=64',
  'training.batch=16',
  'training.microBatch=8',
  'training.evaluateEvery=0',
  'training.checkpointEvery=0',
  'training.workers=1',
  'optimizer.warmupSteps=1',
])
const recipesTried = {
  mlp: wide,
  attention: overrideRecipe(wide, ['model.mixer=attention', 'model.heads=2']),
}

interface Asked {
  /** Stops after so many steps of this run. */
  readonly stopAfter?: number
  readonly resume?: TrainingState
}

async function trained(executor: Executor, recipe: typeof wide, steps: number, asked: Asked = {}) {
  const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
  const losses: number[] = []
  let state: TrainingState | undefined
  const whole = overrideRecipe(recipe, [`training.steps=${steps}`])
  const shouldStop = () => losses.length === asked.stopAfter
  const resume = asked.resume && { resume: asked.resume }
  for await (const event of train({ executor, data, recipe: whole, shouldStop, ...resume })) {
    if (event.type === 'step') losses.push(event.loss)
    if (event.type === 'checkpoint') state = event.state
  }
  return { losses, state: state! }
}

function assertSameWeights(found: TrainingState, expected: TrainingState): void {
  for (const [tensor, { data }] of expected.tensors)
    assert.deepEqual(found.tensors.get(tensor)!.data, data, tensor)
}

const skip = (await onednnVersion()) === null ? 'oneDNN is not installed' : false

describe('training with products by oneDNN', { skip }, () => {
  for (const [name, recipe] of Object.entries(recipesTried)) {
    test(`${name}: the losses of ONNX Runtime, but for rounding`, async () => {
      const ours = await trained(await openExecutor({ executor: 'onednn', threads: 2 }), recipe, 3)
      const theirs = await trained(await openExecutor({ executor: 'onnxruntime', threads: 1 }), recipe, 3)
      for (const [step, loss] of ours.losses.entries())
        assert.ok(Math.abs(loss - theirs.losses[step]!) < 2e-4 * Math.abs(loss), `step ${step + 1}: ${loss}`)
    })

    for (const threads of [1, 2])
      test(`${name}: resumed, the weights of a run that was not stopped, ${threads} threads`, async () => {
        const opened = () => openExecutor({ executor: 'onednn', threads })
        const straight = await trained(await opened(), recipe, 4)
        const half = await trained(await opened(), recipe, 4, { stopAfter: 2 })
        assert.equal(half.losses.length, 2)
        assert.equal(half.state.executor, 'onednn')
        const resumed = await trained(await opened(), recipe, 4, { resume: half.state })
        assertSameWeights(resumed.state, straight.state)
      })
  }
})
