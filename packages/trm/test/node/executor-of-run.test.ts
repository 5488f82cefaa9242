import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { decodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { decodeTrainingState, encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { openRunFolder } from '../../src/node/run-folder.ts'
import { type RunTrainingEvent, type RunTrainingOptions, runTraining } from '../../src/node/run-training.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-executor-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const settings = [
  'model.width=16',
  'model.latentUpdates=1',
  'data.minimal=false',
  'data.train=40',
  'data.validation=0',
  'data.test=4',
  'optimizer.warmupSteps=2',
  'training.batch=8',
  'training.microBatch=4',
  'training.steps=16',
  'training.evaluateEvery=0',
  'training.checkpointEvery=100',
]
const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], settings)

async function trainIn(name: string, options: Partial<RunTrainingOptions> = {}): Promise<RunTrainingEvent[]> {
  const events: RunTrainingEvent[] = []
  const folder = join(parent, name)
  for await (const event of runTraining({ folder, recipe, threads: 1, resume: true, ...options }))
    events.push(event)
  return events
}

/** Ends after so many steps. */
function stopAfter(steps: number): () => boolean {
  let asked = 0
  return () => ++asked >= steps
}

/** The bytes of the final weights; the rest of the file says how long it took. */
function weightsOf(name: string): Buffer {
  const path = join(parent, name, 'final.safetensors')
  const { tensors } = decodeSafetensors(readFileSync(path), path)
  return Buffer.concat(
    Array.from(tensors.values(), ({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  )
}
const latestOf = async (name: string) => {
  const run = await openRunFolder(join(parent, name))
  const { path } = (await run.checkpoints())[0]!
  return { run, path, state: decodeTrainingState(readFileSync(path), path) }
}
const warningsOf = (events: readonly RunTrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'folder' ? event.warnings : []))

test('a run resumes with its executor, and ends with bit for bit the weights of one that was not stopped', async () => {
  const whole = await trainIn('whole', { executor: 'wasm' })
  await trainIn('stopped', { executor: 'wasm', shouldStop: stopAfter(7) })
  const { state } = await latestOf('stopped')
  assert.deepEqual([state.step, state.executor, state.device, state.threads], [7, 'wasm', 'cpu', 1])
  const resumed = await trainIn('stopped')
  assert.deepEqual(warningsOf(resumed), [])
  assert.ok(weightsOf('stopped').equals(weightsOf('whole')))
  for (const events of [whole, resumed]) {
    const end = events.at(-1)
    assert.ok(end?.type === 'report')
    assert.equal(end.report.machine.executor, 'wasm, 1 thread')
  }
})

test('pieces side by side are computed by the executor of the run', async () => {
  const inWorkers = { recipe: overrideRecipe(recipe, ['training.workers=2']), executor: 'wasm' as const }
  await trainIn('workers', inWorkers)
  await trainIn('workers-again', { ...inWorkers, shouldStop: stopAfter(5) })
  await trainIn('workers-again', { recipe: inWorkers.recipe })
  assert.ok(weightsOf('workers').equals(weightsOf('workers-again')))
  const runtime = { ...inWorkers, executor: 'onnxruntime' as const }
  await trainIn('workers-of-runtime', runtime)
  assert.ok(!weightsOf('workers').equals(weightsOf('workers-of-runtime')), 'which rounds differently')
})

test('another executor is taken where it is asked for, with a warning', async () => {
  await trainIn('changed', { executor: 'wasm', shouldStop: stopAfter(3) })
  const events = await trainIn('changed', { executor: 'onnxruntime' })
  assert.deepEqual(warningsOf(events), [
    'the run was started with wasm: it resumes with onnxruntime, which may round differently',
  ])
  assert.equal((await latestOf('changed')).state.executor, 'onnxruntime')
})

test('a checkpoint that does not say its executor is of ONNX Runtime', async () => {
  await trainIn('older', { executor: 'onnxruntime', shouldStop: stopAfter(3) })
  const { run, state } = await latestOf('older')
  const { executor, ...older } = state
  assert.equal(executor, 'onnxruntime')
  await run.saveCheckpoint(encodeTrainingState(older), older.step)
  assert.equal((await latestOf('older')).state.executor, undefined)
  const events = await trainIn('older')
  assert.deepEqual(warningsOf(events), [])
  assert.equal((await latestOf('older')).state.executor, 'onnxruntime')
})

test('a training in this process hears the signal that stops it', async () => {
  let isAsked = false
  const onSignal = () => {
    isAsked = true
  }
  process.on('SIGUSR2', onSignal)
  const long = overrideRecipe(recipe, ['training.steps=1000000'])
  let steps = 0
  for await (const event of runTraining({
    folder: join(parent, 'signalled'),
    recipe: long,
    executor: 'wasm',
    shouldStop: () => isAsked || steps > 5_000,
  })) {
    if (event.type !== 'step') continue
    steps++
    if (steps === 1) setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 20)
  }
  process.off('SIGUSR2', onSignal)
  assert.ok(isAsked, `not within ${steps} steps`)
})
