/** The worker thread of `openWorkerSolver`: a `BatchSolver` on one thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { type ExecutorOptions, openExecutor } from '@tiny-recursive-models/tensor/node'
import { BatchSolver } from '../evaluate/batch-solver.ts'
import type { Solution, SolveRequest } from '../evaluate/solver.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { type PuzzleRows, PuzzleTable } from '../models/puzzle-table.ts'
import type { PuzzleKind } from '../puzzles/family.ts'
import { type CarriedError, packError } from '../train/carried-error.ts'

export interface SolverWorkerData {
  readonly model: Omit<TrainedModel, 'puzzleTable'>
  readonly puzzleTable: { readonly identifiers: number; readonly width: number; readonly stored: PuzzleRows }
  readonly kind: PuzzleKind | null
  readonly slots: number
  readonly computing: Pick<ExecutorOptions, 'executor' | 'device'>
}

export type ToSolver =
  | { readonly kind: 'solve'; readonly id: number; readonly request: SolveRequest }
  | { readonly kind: 'give up'; readonly id: number }
  | { readonly kind: 'close' }

/** `opened` or `broken` comes first, and once. Every `solve` that is not given up has one answer. */
export type FromSolver =
  | { readonly kind: 'opened'; readonly slots: number; readonly capacity: number; readonly executor: string }
  | { readonly kind: 'broken'; readonly error: CarriedError }
  | { readonly kind: 'solved'; readonly id: number; readonly solution: Solution }
  | { readonly kind: 'failed'; readonly id: number; readonly error: CarriedError }
  | { readonly kind: 'step'; readonly slots: number; readonly busy: number }

const { kind, slots, computing, ...sent } = workerData as SolverWorkerData
const { identifiers, width, stored } = sent.puzzleTable
const model: TrainedModel = { ...sent.model, puzzleTable: PuzzleTable.from(identifiers, width, stored) }
const post = (message: FromSolver): void => parentPort?.postMessage(message)
const givenUp = new Map<number, AbortController>()

async function open(): Promise<BatchSolver> {
  const executor = await openExecutor({ ...computing, threads: 1 })
  const onStep = (computed: number, busy: number) => post({ kind: 'step', slots: computed, busy })
  const solver = await BatchSolver.open(executor, model, { kind, slots, onStep })
  post({ kind: 'opened', slots: solver.slots, capacity: solver.capacity, executor: executor.name })
  return solver
}

async function solve(solver: BatchSolver, id: number, request: SolveRequest): Promise<void> {
  const controller = new AbortController()
  givenUp.set(id, controller)
  try {
    post({ kind: 'solved', id, solution: await solver.solve(request, controller.signal) })
  } catch (error) {
    if (!controller.signal.aborted) post({ kind: 'failed', id, error: packError(error) })
  }
  givenUp.delete(id)
}

const opened = open()
opened.catch((error: unknown) => post({ kind: 'broken', error: packError(error) }))

parentPort?.on('message', async (message: ToSolver) => {
  const solver = await opened.catch(() => null)
  if (message.kind === 'close') {
    // Without the port nothing keeps the thread alive.
    parentPort?.close()
    await solver?.close()
  } else if (message.kind === 'give up') givenUp.get(message.id)?.abort()
  else if (solver) await solve(solver, message.id, message.request)
})
