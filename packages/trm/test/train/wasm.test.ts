import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createWasmExecutor, type Executor } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import type { TrainingState } from '../../src/checkpoint/training-state.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { train } from '../../src/train/train.ts'

const data =
  'data={"kind":"sudoku-generated","boxRows":2,"boxColumns":2,"train":64,"validation":8,"test":4,"minimal":false,"augment":true,"seed":0}'
const short = [
  'training.evaluateEvery=0',
  'training.checkpointEvery=0',
  'training.workers=1',
  'optimizer.warmupSteps=1',
]

/** Models with all kinds of mixing, each small. */
const models = {
  fields: overrideRecipe(recipes['sudoku-4x4'], [
    data,
    ...short,
    'training.batch=4',
    'training.microBatch=2',
  ]),
  mlp: overrideRecipe(recipes['sudoku-4x4-trm'], [data, ...short, 'training.batch=4', 'model.width=16']),
  attention: overrideRecipe(recipes['sudoku-4x4-trm'], [
    data,
    ...short,
    'training.batch=4',
    'model.width=16',
    'model.mixer=attention',
    'model.heads=2',
  ]),
}

async function trained(executor: Executor, recipe: typeof models.mlp, steps: number) {
  const sets = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
  const losses: number[] = []
  let state: TrainingState | undefined
  const options = { executor, data: sets, recipe: overrideRecipe(recipe, [`training.steps=${steps}`]) }
  for await (const event of train(options)) {
    if (event.type === 'step') losses.push(event.loss)
    if (event.type === 'checkpoint') state = event.state
  }
  return { losses, state: state! }
}

describe('training on the wasm executor', () => {
  for (const [name, recipe] of Object.entries(models)) {
    test(`${name}: the losses of ONNX Runtime, but for rounding`, async () => {
      const ours = await trained(createWasmExecutor(), recipe, 3)
      const theirs = await trained(await openOrtExecutor({ threads: 1 }), recipe, 3)
      for (const [step, loss] of ours.losses.entries())
        assert.ok(Math.abs(loss - theirs.losses[step]!) < 2e-4 * Math.abs(loss), `step ${step + 1}: ${loss}`)
    })

    test(`${name}: the same weights bit for bit when it is run again`, async () => {
      const [first, second] = [
        await trained(createWasmExecutor(), recipe, 2),
        await trained(createWasmExecutor(), recipe, 2),
      ]
      for (const [tensor, { data: values }] of first.state.tensors)
        assert.deepEqual(second.state.tensors.get(tensor)!.data, values, tensor)
    })
  }
})
