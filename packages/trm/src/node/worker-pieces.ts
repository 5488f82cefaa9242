/**
 * Pieces of a batch side by side: as many worker threads as there are cores, each with one thread of its own. Not by
 * comlink: one message a piece goes each way, and weights lie in memory that the threads share.
 */
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { type Device, type Executor, type HostTensor, InputError } from '@tiny-recursive-models/tensor'
import { type ExecutorName, startWorker } from '@tiny-recursive-models/tensor/node'
import type { StepConfig } from '../programs/programs.ts'
import type { Recipe } from '../recipes/schema.ts'
import { unpackError } from '../train/carried-error.ts'
import {
  isCarry,
  type OpenPieceRunner,
  type PieceFeeds,
  type PieceOutcome,
  type PieceRunner,
  pieceOfCarry,
} from '../train/piece-runner.ts'
import type { PieceAnswer, PieceRequest, PieceWorkerData } from './piece-worker.ts'
import { SharedTensors } from './shared-tensors.ts'

/**
 * Starts the threads and compiles the program in each.
 *
 * @param workers pieces to run side by side; no more than there are cores do
 * @param options.executor who computes in each thread, and `device` where
 */
export async function openWorkerPieces(
  config: StepConfig,
  workers: number,
  { cores = availableParallelism(), ...computing }: { cores?: number } & PieceWorkerData['computing'] = {},
): Promise<WorkerPieces> {
  const count = Math.min(workers, cores)
  const pieces = new WorkerPieces(Array.from({ length: count }, () => new PieceThread({ config, computing })))
  try {
    await pieces.opened()
  } catch (error) {
    await pieces.close()
    throw error
  }
  return pieces
}

/**
 * The option of `train` that has pieces computed side by side, in as many threads as `training.workers` says, where the
 * device is not one that they can only take turns on.
 */
export function pieceRunnerOf(
  { training: { workers } }: Pick<Recipe, 'training'>,
  { kind, device }: Executor,
): { readonly pieceRunner?: OpenPieceRunner } {
  if (device === 'webgpu') return {}
  const computing = { executor: kind as ExecutorName, device: device as Device }
  return { pieceRunner: (config) => openWorkerPieces(config, workers, computing) }
}

/** Piece p belongs to thread p % count: there is its carry. */
export class WorkerPieces implements PieceRunner {
  readonly #threads: readonly PieceThread[]
  readonly #shared = new SharedTensors()

  constructor(threads: readonly PieceThread[]) {
    this.#threads = threads
  }

  get atOnce(): number {
    return this.#threads.length
  }

  async opened(): Promise<void> {
    await this.#askAll(() => ({ kind: 'open' }))
  }

  async writeStates(states: ReadonlyMap<string, HostTensor>): Promise<void> {
    const shared = [...states].map(([name, tensor]) => [name, this.#shared.put(name, tensor)] as const)
    const isFor = (name: string, index: number) =>
      !isCarry(name) || pieceOfCarry(name) % this.atOnce === index
    await this.#askAll((index) => ({
      kind: 'write',
      states: new Map(shared.filter(([name]) => isFor(name, index))),
    }))
  }

  async readCarry(): Promise<Map<string, HostTensor>> {
    const answers = await this.#askAll(() => ({ kind: 'carry' }))
    const carry = answers.flatMap((answer) => (answer.kind === 'carry' ? [...answer.carry] : []))
    return new Map(carry.sort(([left], [right]) => pieceOfCarry(left) - pieceOfCarry(right)))
  }

  async run(pieces: readonly PieceFeeds[]): Promise<readonly PieceOutcome[]> {
    const answers = await this.#askAll((index) => ({
      kind: 'run',
      pieces: pieces.filter(({ piece }) => piece % this.atOnce === index),
    }))
    const outcomes = answers.flatMap((answer) => (answer.kind === 'outcomes' ? answer.outcomes : []))
    return outcomes.sort((left, right) => left.piece - right.piece)
  }

  /** Ends the threads, after what they are at. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  #askAll(request: (index: number) => PieceRequest): Promise<readonly PieceAnswer[]> {
    return Promise.all(this.#threads.map((thread, index) => thread.ask(request(index))))
  }
}

/** A worker thread that answers one request at a time. */
class PieceThread {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  /** Why the thread can answer no more. */
  #failure: Error | null = null
  #settle: ((answer: PieceAnswer | Error) => void) | null = null

  constructor(data: PieceWorkerData) {
    this.#worker = startWorker(new URL('./piece-worker.ts', import.meta.url), data)
    const fail = (reason: string) => {
      this.#failure ??= threadEnded(reason)
      this.#settle?.(this.#failure)
    }
    this.#worker.on('message', (answer: PieceAnswer) => this.#settle?.(answer))
    this.#worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        fail(`exit code ${code}`)
        resolve()
      })
    })
  }

  async ask(request: PieceRequest): Promise<PieceAnswer> {
    if (this.#failure) throw this.#failure
    const answer = await new Promise<PieceAnswer | Error>((resolve) => {
      this.#settle = resolve
      this.#worker.postMessage(request)
    })
    this.#settle = null
    if (answer instanceof Error) throw answer
    if (answer.kind === 'error') throw unpackError(answer.error)
    return answer
  }

  async close(): Promise<void> {
    const request: PieceRequest = { kind: 'close' }
    this.#worker.postMessage(request)
    await this.#ended
  }
}

const threadEnded = (reason: string): InputError =>
  new InputError({
    who: 'worker thread of training.workers',
    expected: 'a thread that runs to the end of the training',
    got: reason,
    hint: 'Resume from the last checkpoint; if memory ran out, with fewer threads or, in a new run, fewer training.workers.',
  })
