import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Executor } from '@tiny-recursive-models/tensor'
import { openExecutor, openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import type { TrainingState } from '../../src/checkpoint/training-state.ts'
import { decodeTrainingState, encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import type { TrainingEvent } from '../../src/train/events.ts'
import { train } from '../../src/train/train.ts'

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.precision=bfloat16',
  'model.width=16',
  'model.mixer=attention',
  'model.heads=2',
  'data.train=40',
  'data.validation=4',
  'data.test=4',
  'optimizer.warmupSteps=1',
  'training.batch=4',
  'training.microBatch=2',
  'training.workers=1',
  'training.steps=4',
  'training.evaluateEvery=0',
  'training.checkpointEvery=0',
])

/** What a run tells, and its last state as it comes out of a file. */
async function trained(executor: Executor, options: { resume?: TrainingState; until?: number } = {}) {
  const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
  const events: TrainingEvent[] = []
  const shouldStop = () => events.at(-1)?.step === options.until
  const { resume } = options
  for await (const event of train({ executor, data, recipe, shouldStop, ...(resume && { resume }) }))
    events.push(event)
  const last = events.findLast((event) => event.type === 'checkpoint')
  assert.ok(last)
  return { start: events[0]!, state: decodeTrainingState(encodeTrainingState(last.state), 'state') }
}

function assertSameState(one: TrainingState, other: TrainingState): void {
  assert.deepEqual([...one.tensors.keys()], [...other.tensors.keys()])
  for (const [name, { data }] of one.tensors) assert.deepEqual(other.tensors.get(name)!.data, data, name)
}

describe('training in bfloat16', () => {
  for (const [name, open] of [
    ['wasm', () => openExecutor({ executor: 'wasm', threads: 1 })],
    ['ONNX Runtime', () => openOrtExecutor({ device: 'cpu', threads: 1 })],
  ] as const)
    test(`${name}: a run that was interrupted ends with the very weights of one that was not`, async () => {
      const executor = await open()
      const whole = await trained(executor)
      const half = await trained(executor, { until: 2 })
      assert.equal(half.state.step, 2)
      assertSameState(whole.state, (await trained(executor, { resume: half.state })).state)
    })

  test('wasm: two threads give the weights of one, bit for bit', async () => {
    const one = await trained(await openExecutor({ executor: 'wasm', threads: 1 }))
    const two = await trained(await openExecutor({ executor: 'wasm', threads: 2 }))
    assertSameState(one.state, two.state)
  })

  test('says that nothing here multiplies it', async () => {
    const { start } = await trained(await openExecutor({ executor: 'wasm', threads: 1 }), { until: 1 })
    assert.ok(start.type === 'start')
    assert.equal(start.precision, 'bfloat16')
    assert.equal(start.isEmulated, true)
  })
})
