import type { Executor } from '../executors/executor.ts'
import { createWasmExecutor, openThreadedWasmExecutor } from '../executors/wasm/executor.ts'
import type { Worthwhile } from '../executors/wasm/schedule.ts'
import type { ThreadPort } from '../executors/wasm/threads.ts'

/** Opens the executor of our own with this many threads; several need a page that is cross-origin isolated. */
export async function openWasmExecutor(threads: number, worthwhile?: Worthwhile): Promise<Executor> {
  return threads === 1
    ? createWasmExecutor()
    : await openThreadedWasmExecutor(threads, startThread, { ...(worthwhile && { worthwhile }) })
}

/** Bundlers see the expression and build the worker into a file of its own. */
async function startThread(): Promise<ThreadPort> {
  const worker = new Worker(new URL('./wasm-thread.ts', import.meta.url), {
    type: 'module',
    name: 'thread',
  })
  await new Promise((resolve, reject) => {
    worker.onmessage = resolve
    worker.onerror = reject
  })
  return worker
}
