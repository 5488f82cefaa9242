/** A worker thread of Node that runs its share of the programs of an executor of our own. */
import { parentPort, workerData } from 'node:worker_threads'
import type { OpenProvider } from '../executors/wasm/provider.ts'
import { serveThread } from '../executors/wasm/threads.ts'
import { openOnednn } from './onednn/library.ts'
import { onednnProducts } from './onednn/products.ts'

const thread = serveThread(typeof workerData === 'string' ? await providerOf(workerData) : undefined)
parentPort?.on('message', (message) => thread.receive(message))
parentPort?.postMessage('ready')

/** Libraries are opened by the thread that calls them. */
async function providerOf(file: string): Promise<OpenProvider> {
  const onednn = await openOnednn(file)
  return (memory) => onednnProducts(onednn, memory)
}
