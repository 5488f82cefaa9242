/** The worker thread of `trainInWorker`: trains and posts every event. */
import { parentPort, workerData } from 'node:worker_threads'
import { deepFreeze } from '../recipes/schema.ts'
import { type CarriedError, packError } from '../train/carried-error.ts'
import { type RunTrainingEvent, type RunTrainingOptions, runTraining } from './run-training.ts'

export interface TrainingWorkerData {
  readonly options: Omit<RunTrainingOptions, 'shouldStop' | 'onData'>
  /** [1] becomes 1 to ask for the end: a message would not be read while a step computes. */
  readonly stop: Int32Array
}

export type TrainingWorkerMessage =
  | { readonly kind: 'event'; readonly event: RunTrainingEvent }
  | { readonly kind: 'error'; readonly error: CarriedError }
  | { readonly kind: 'end' }

const post = (message: TrainingWorkerMessage): void => parentPort?.postMessage(message)

/** Posts how far the puzzles are, now and then: the thread that makes them is busy until all are there. */
function dataEvents(): (done: number, total: number) => void {
  let told = performance.now()
  return (done, total) => {
    if (performance.now() - told < dataEveryMs) return
    told = performance.now()
    post({ kind: 'event', event: { type: 'data', done, total } })
  }
}

const dataEveryMs = 300

async function work({ options, stop }: TrainingWorkerData): Promise<void> {
  const shouldStop = () => Atomics.load(stop, 0) === 1
  try {
    for await (const event of runTraining({ ...deepFreeze(options), shouldStop, onData: dataEvents() }))
      post({ kind: 'event', event })
    post({ kind: 'end' })
  } catch (error) {
    post({ kind: 'error', error: packError(error) })
  }
}

await work(workerData as TrainingWorkerData)
