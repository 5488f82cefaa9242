import type { Executor } from '../executors/executor.ts'
import {
  createWasmExecutor,
  openThreadedWasmExecutor,
  type ThreadedOptions,
} from '../executors/wasm/executor.ts'
import type { BatchedProduct } from '../executors/wasm/product.ts'
import type { ThreadPort } from '../executors/wasm/threads.ts'
import type { Onednn } from './onednn/library.ts'
import { onednnProvider } from './onednn/products.ts'
import { startWorker } from './start-worker.ts'

/** How it is opened in Node. */
export interface NodeWasmOptions extends Pick<ThreadedOptions, 'worthwhile'> {
  /** The library that does products where it is faster; by default none. */
  readonly onednn?: Onednn
  /** Where it is; tests let it do everything. */
  readonly isFaster?: (batch: BatchedProduct) => boolean
}

/** Opens the executor of our own with this many threads; results do not depend on how many, without oneDNN. */
export async function openWasmExecutor(threads: number, options: NodeWasmOptions = {}): Promise<Executor> {
  const { onednn, isFaster, worthwhile } = options
  const products = onednn && { products: onednnProvider(onednn, isFaster) }
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
