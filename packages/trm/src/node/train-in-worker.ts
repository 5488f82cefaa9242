/**
 * Training in a thread of its own, so that the process can draw progress and hear Ctrl-C while a step computes. Not by
 * comlink: the wish to stop is a flag in shared memory, since a thread that computes reads no messages.
 */
import { startWorker } from '@tiny-recursive-models/tensor/node'
import { unpackError } from '../train/carried-error.ts'
import type { MpiOptions } from './mpi/mpi-ranks.ts'
import type { RunTrainingEvent, RunTrainingOptions } from './run-training.ts'
import { trackRun } from './track/track-run.ts'
import type { TrackerChoice } from './track/tracker.ts'
import type { TrainingWorkerData, TrainingWorkerMessage } from './training-worker.ts'

/** A training in a separate thread. */
export interface WorkerTraining {
  /** The stream of `runTraining`; leaving it early stops the run as `stop` does. */
  readonly events: AsyncGenerator<RunTrainingEvent, void>
  /** Saves a checkpoint after the current step and ends the stream. */
  stop(): void
}

/** What `trainInWorker` trains, and to whom it is told. */
export interface WorkerTrainingOptions extends Omit<RunTrainingOptions, 'shouldStop' | 'onData' | 'ranks'> {
  /**
   * Train together with the other processes that a launcher of MPI has started. The stream of all but rank 0 is the event
   * `rank` alone. After an error there is half a second to show it; then the processes of all ranks end.
   */
  readonly mpi?: MpiOptions
  /** Programs in which the run is followed, beside the events in its folder. */
  readonly track?: readonly TrackerChoice[]
}

/** `runTraining` in a worker thread. */
export function trainInWorker({ track = [], mpi, ...options }: WorkerTrainingOptions): WorkerTraining {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const ask = (): void => {
    Atomics.store(stop, 0, 1)
  }
  const events = workerEvents({ options, mpi: mpi ?? null, stop }, ask)
  return { events: track.length === 0 ? events : trackRun(events, track), stop: ask }
}

async function* workerEvents(
  data: TrainingWorkerData,
  stop: () => void,
): AsyncGenerator<RunTrainingEvent, void> {
  const messages: TrainingWorkerMessage[] = []
  let wake: () => void = () => undefined
  const receive = (message: TrainingWorkerMessage): void => {
    messages.push(message)
    wake()
  }
  const worker = startWorker(new URL('./training-worker.ts', import.meta.url), data)
  const fail = (error: Error) => receive({ kind: 'error', error: { kind: 'input', ...crashParts(error) } })
  worker.on('message', receive)
  worker.on('error', fail)
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      if (code !== 0) fail(new Error(`exit code ${code}`))
      resolve()
    })
  })
  let isLast = false
  try {
    for (;;) {
      const message = messages.shift()
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else if (message.kind === 'event') yield message.event
      else if (message.kind === 'end') return
      else {
        isLast = data.mpi !== null
        throw unpackError(message.error)
      }
    }
  } finally {
    stop()
    // The thread of a rank that failed ends the process.
    if (!isLast) await ended
  }
}

const crashParts = (error: Error) => ({
  who: 'training thread',
  expected: 'a thread that runs to its end',
  got: error.message,
  hint: 'Its last checkpoint is in the run folder: go on from it (`resume: true`), with a smaller training.microBatch if memory was short.',
})
