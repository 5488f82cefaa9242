/**
 * A batch in a thread of its own, so that the process answers requests while a step computes. Not by comlink: giving up
 * is a message of its own, and steps are told of while nobody asks.
 */
import type { Worker } from 'node:worker_threads'
import { InputError } from '@tiny-recursive-models/tensor'
import { startWorker } from '@tiny-recursive-models/tensor/node'
import type { BatchSolverOptions } from '../evaluate/batch-solver.ts'
import { usualBatchSlots } from '../evaluate/batch-solver.ts'
import type { Solution, SolveRequest, Solver } from '../evaluate/solver.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { unpackError } from '../train/carried-error.ts'
import type { FromSolver, SolverWorkerData, ToSolver } from './solver-worker.ts'

/** Settings of `openWorkerSolver`; all may be left out. */
export interface WorkerSolverOptions extends BatchSolverOptions {
  /** What the thread computes by, and where. */
  readonly computing?: SolverWorkerData['computing']
  /** Told when the thread ends although nobody closed it; what it had is rejected. */
  readonly onCrash?: (error: InputError) => void
}

/** A solver in a worker thread, which computes on this one thread. */
export interface WorkerSolver extends Solver {
  /** What computes, for people. */
  readonly executor: string
}

/**
 * Starts the thread and compiles its programs.
 * @throws InputError if what is to compute does not open
 */
export async function openWorkerSolver(
  model: TrainedModel,
  options: WorkerSolverOptions = {},
): Promise<WorkerSolver> {
  const { kind = null, slots: wanted = usualBatchSlots(model), computing = {} } = options
  // A message carries data, no methods.
  const { puzzleTable, ...rest } = model
  const { identifiers, width } = puzzleTable
  const table = { identifiers, width, stored: puzzleTable.stored() }
  const data: SolverWorkerData = { model: rest, puzzleTable: table, kind, slots: wanted, computing }
  const thread = new SolverThread(startWorker(new URL('./solver-worker.ts', import.meta.url), data), options)
  try {
    const { slots, capacity, executor } = await thread.opened
    return {
      slots,
      capacity,
      executor,
      solve: (request, signal) => thread.solve(request, signal),
      close: () => thread.close(),
    }
  } catch (error) {
    await thread.close()
    throw error
  }
}

interface Call {
  readonly resolve: (solution: Solution) => void
  readonly reject: (reason: unknown) => void
}

type Facts = Pick<WorkerSolver, 'slots' | 'capacity' | 'executor'>

class SolverThread {
  readonly opened: Promise<Facts>
  readonly #worker: Worker
  readonly #ended: Promise<void>
  readonly #calls = new Map<number, Call>()
  #next = 1
  #failure: Error | null = null
  #isClosing = false

  constructor(worker: Worker, { onStep, onCrash }: WorkerSolverOptions) {
    this.#worker = worker
    let open: (facts: Facts) => void
    let breakOff: (error: Error) => void
    this.opened = new Promise((resolve, reject) => {
      open = resolve
      breakOff = reject
    })
    const fail = (reason: string): void => {
      if (this.#failure !== null) return
      const failure = threadEnded(reason)
      this.#failure = failure
      breakOff(failure)
      for (const { reject } of this.#calls.values()) reject(failure)
      this.#calls.clear()
      if (!this.#isClosing) onCrash?.(failure)
    }
    worker.on('message', (message: FromSolver) => {
      if (message.kind === 'opened') open(message)
      else if (message.kind === 'broken') breakOff(unpackError(message.error))
      else if (message.kind === 'step') onStep?.(message.slots, message.busy)
      else if (message.kind === 'solved') this.#take(message.id)?.resolve(message.solution)
      else this.#take(message.id)?.reject(unpackError(message.error))
    })
    worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
    this.#ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        fail(`exit code ${code}`)
        resolve()
      })
    })
  }

  solve(request: SolveRequest, signal?: AbortSignal): Promise<Solution> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure
      signal?.throwIfAborted()
      const id = this.#next++
      this.#calls.set(id, { resolve, reject })
      signal?.addEventListener(
        'abort',
        () => {
          if (this.#take(id)) this.#post({ kind: 'give up', id })
          reject(signal.reason)
        },
        { once: true },
      )
      this.#post({ kind: 'solve', id, request })
    })
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#post({ kind: 'close' })
    await this.#ended
  }

  /** The call of an answer; undefined where it was given up. */
  #take(id: number): Call | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    return call
  }

  #post(message: ToSolver): void {
    this.#worker.postMessage(message)
  }
}

const threadEnded = (reason: string): InputError =>
  new InputError({
    who: 'solver thread',
    expected: 'a thread that runs until it is closed',
    got: reason,
    hint: 'Start again; if memory ran out, with fewer slots or threads.',
  })
