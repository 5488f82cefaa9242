/** A worker of a page that runs its share of the programs of an executor of our own. */
import { serveThread, type ToThread } from '../executors/wasm/threads.ts'

const scope = globalThis as unknown as {
  onmessage: ((event: { readonly data: ToThread }) => void) | null
  postMessage(message: string): void
}
const thread = serveThread()
scope.onmessage = ({ data }) => thread.receive(data)
scope.postMessage('ready')
