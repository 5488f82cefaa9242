import type { Executor } from '../executors/executor.ts'
import {
  createWasmExecutor,
  openThreadedWasmExecutor,
  type ThreadedOptions,
} from '../executors/wasm/executor.ts'
import type { ThreadPort } from '../executors/wasm/threads.ts'
import type { Onednn } from './onednn/library.ts'
import { type OnednnRules, onednnProvider } from './onednn/products.ts'
import { startWorker } from './start-worker.ts'

/** How it is opened in Node; tests let the library do everything, bfloat16 too where that is slow. */
export interface NodeWasmOptions extends Pick<ThreadedOptions, 'worthwhile'>, OnednnRules {
  /** The library that does products where it is faster; by default none. */
  readonly onednn?: Onednn
}

/** Opens the executor of our own with this many threads; results do not depend on how many, without oneDNN. */
export async function openWasmExecutor(threads: number, options: NodeWasmOptions = {}): Promise<Executor> {
  const { onednn, worthwhile, ...rules } = options
  const products = onednn && { products: onednnProvider(onednn, rules) }
  if (threads === 1) return createWasmExecutor(products)
  const start = () => startThread(onednn?.file)
  return openThreadedWasmExecutor(threads, start, { ...products, ...(worthwhile && { worthwhile }) })
}

/** @param onednn the library's file */
async function startThread(onednn: string | undefined): Promise<ThreadPort> {
  const worker = startWorker(new URL('./wasm-thread.ts', import.meta.url), onednn)
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  // What waits for work keeps no process alive.
  worker.unref()
  return worker
}
