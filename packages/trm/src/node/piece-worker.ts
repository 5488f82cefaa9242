/** A worker thread of `openWorkerPieces`: computes the pieces that it is sent, on one thread. */
import { parentPort, workerData } from 'node:worker_threads'
import type { HostTensor } from '@tiny-recursive-models/tensor'
import { type ExecutorOptions, openExecutor } from '@tiny-recursive-models/tensor/node'
import type { StepConfig } from '../programs/programs.ts'
import { type CarriedError, packError } from '../train/carried-error.ts'
import { inProcess, type PieceFeeds, type PieceOutcome, type PieceRunner } from '../train/piece-runner.ts'
import { SharedTensors } from './shared-tensors.ts'

export interface PieceWorkerData {
  readonly config: StepConfig
  readonly computing: Pick<ExecutorOptions, 'executor' | 'device'>
}

export type PieceRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'write'; readonly states: ReadonlyMap<string, HostTensor> }
  | { readonly kind: 'carry' }
  | { readonly kind: 'run'; readonly pieces: readonly PieceFeeds[] }
  | { readonly kind: 'close' }

/** Every request but `close` has one answer, in order. */
export type PieceAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'carry'; readonly carry: ReadonlyMap<string, HostTensor> }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly PieceOutcome[] }
  | { readonly kind: 'error'; readonly error: CarriedError }

const shared = new SharedTensors()

/** Gradients are as large as the model: they go into shared memory, a buffer for every piece at hand. */
function shareGradient({ piece, outputs, gradient }: PieceOutcome, place: number): PieceOutcome {
  const entries = Object.entries(gradient).map(
    ([name, tensor]) => [name, shared.put(`${place}.${name}`, tensor)] as const,
  )
  return { piece, outputs, gradient: Object.fromEntries(entries) }
}

async function answer(pieces: PieceRunner, request: PieceRequest): Promise<PieceAnswer> {
  if (request.kind === 'carry') return { kind: 'carry', carry: await pieces.readCarry() }
  if (request.kind === 'run')
    return { kind: 'outcomes', outcomes: (await pieces.run(request.pieces)).map(shareGradient) }
  if (request.kind === 'write') await pieces.writeStates(request.states)
  return { kind: 'done' }
}

const { config, computing } = workerData as PieceWorkerData
const opened = openExecutor({ ...computing, threads: 1 }).then((executor) => inProcess(executor, config))
// Told by the first request; until then nobody listens.
opened.catch(() => undefined)

async function serve(request: PieceRequest): Promise<void> {
  if (request.kind === 'close') {
    // Without the port nothing keeps the thread alive.
    parentPort?.close()
    const pieces = await opened.catch(() => null)
    await pieces?.close()
    return
  }
  let reply: PieceAnswer
  try {
    reply = await answer(await opened, request)
  } catch (error) {
    reply = { kind: 'error', error: packError(error) }
  }
  parentPort?.postMessage(reply)
}

let last = Promise.resolve()
parentPort?.on('message', (request: PieceRequest) => {
  // One after the other: the parent may close while a run is under way.
  last = last.then(() => serve(request))
})
