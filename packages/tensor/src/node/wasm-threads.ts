import type { Executor } from '../executors/executor.ts'
import { createWasmExecutor, openThreadedWasmExecutor } from '../executors/wasm/executor.ts'
import type { Worthwhile } from '../executors/wasm/schedule.ts'
import type { ThreadPort } from '../executors/wasm/threads.ts'
import { startWorker } from './start-worker.ts'

/** Opens the executor of our own with this many threads; results do not depend on how many. */
export async function openWasmExecutor(threads: number, worthwhile?: Worthwhile): Promise<Executor> {
  return threads === 1
    ? createWasmExecutor()
    : await openThreadedWasmExecutor(threads, startThread, worthwhile)
}

async function startThread(): Promise<ThreadPort> {
  const worker = startWorker(new URL('./wasm-thread.ts', import.meta.url))
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  // What waits for work keeps no process alive.
  worker.unref()
  return worker
}
