/** A worker thread of Node that runs its share of the programs of an executor of our own. */
import { parentPort } from 'node:worker_threads'
import { serveThread } from '../executors/wasm/threads.ts'

const thread = serveThread()
parentPort?.on('message', (message) => thread.receive(message))
parentPort?.postMessage('ready')
