/** The worker thread of `trainInWorker`: trains and posts every event. */
import { parentPort, workerData } from 'node:worker_threads'
import { InputError } from '@tiny-recursive-models/tensor'
import { deepFreeze } from '../recipes/schema.ts'
import { type CarriedError, packError } from '../train/carried-error.ts'
import { joinTraining } from './join-training.ts'
import { type MpiOptions, type MpiRanks, openMpiRanks } from './mpi/mpi-ranks.ts'
import { type RunTrainingEvent, type RunTrainingOptions, runTraining } from './run-training.ts'

export interface TrainingWorkerData {
  readonly options: Omit<RunTrainingOptions, 'shouldStop' | 'onData' | 'ranks'>
  /** Train together with the other processes that a launcher of MPI has started. */
  readonly mpi: MpiOptions | null
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

async function work({ options, mpi, stop }: TrainingWorkerData): Promise<void> {
  const shouldStop = () => Atomics.load(stop, 0) === 1
  const asked = { ...deepFreeze(options), shouldStop, onData: dataEvents() }
  let ranks: MpiRanks | null = null
  try {
    ranks = mpi && (await openMpiRanks(mpi))
    if (ranks) await trainTogether(ranks, asked)
    else for await (const event of runTraining(asked)) post({ kind: 'event', event })
    post({ kind: 'end' })
  } catch (error) {
    post({ kind: 'error', error: packError(ranks ? ofRank(ranks, error) : error) })
    if (!ranks) return
    // The end of all ranks is the end of this process, which has the error to show before.
    await new Promise((resolve) => setTimeout(resolve, showMs))
    ranks.abort(1)
  }
}

const showMs = 500

async function trainTogether(ranks: MpiRanks, options: RunTrainingOptions): Promise<void> {
  const { rank, size, library } = ranks
  post({ kind: 'event', event: { type: 'rank', rank, size, library } })
  ranks.patience = patienceAtStart
  if (rank > 0) await joinTraining({ ...options, ranks })
  else for await (const event of runTraining({ ...options, ranks })) post({ kind: 'event', event })
  await ranks.close()
}

/** Data are read and programs compiled, and little of it can be interrupted for a sign of life. */
const patienceAtStart = 5

/** Says whose error it is. */
function ofRank(ranks: MpiRanks, error: unknown): unknown {
  if (!(error instanceof InputError)) return error
  const { who, expected, got, hint } = error
  const named = who.startsWith('rank ') ? who : `${ranks.describe()}: ${who}`
  return new InputError({ who: named, expected, got, hint }, { cause: error })
}

await work(workerData as TrainingWorkerData)
