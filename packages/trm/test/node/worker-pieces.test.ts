import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { decodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { runTraining } from '../../src/node/run-training.ts'
import { trainInWorker } from '../../src/node/train-in-worker.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-workers-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=16',
  'model.latentUpdates=1',
  'data.train=40',
  'data.validation=4',
  'data.test=4',
  'optimizer.warmupSteps=2',
  'training.batch=8',
  'training.workers=2',
  'training.microBatch=auto',
  'training.steps=6',
  'training.evaluateEvery=3',
  'training.checkpointEvery=0',
])

/** The weights that a run ended with, by name. */
function finalWeights(folder: string): ReadonlyMap<string, unknown> {
  const path = join(folder, 'final.safetensors')
  const { tensors } = decodeSafetensors(readFileSync(path), path)
  return new Map([...tensors].map(([name, { data }]) => [name, data]))
}

test('a run with workers in a folder stops, goes on in a thread, and ends with the same weights', async () => {
  const [whole, resumed] = [join(parent, 'whole'), join(parent, 'resumed')]
  for await (const _ of runTraining({ folder: whole, recipe, threads: 1 }));

  const types: string[] = []
  let step = 0
  const shouldStop = () => step === 4
  for await (const event of runTraining({ folder: resumed, recipe, threads: 1, shouldStop })) {
    types.push(event.type)
    if (event.type === 'step') step = event.step
    if (event.type === 'start') assert.equal(event.microBatch, 4)
  }
  assert.equal(types.at(-1), 'stopped')
  // Worker threads of a worker thread.
  let last: string | undefined
  for await (const event of trainInWorker({ folder: resumed, recipe: null, resume: true }).events)
    last = event.type
  assert.equal(last, 'report')
  assert.deepEqual(finalWeights(resumed), finalWeights(whole))
})
