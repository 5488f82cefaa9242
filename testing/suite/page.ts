/** The page of the suite: hands requests to a worker, so that ONNX Runtime runs where it runs in an application. */
import type { SuiteAnswer, SuitePage, SuiteRequest } from './protocol.ts'
import SuiteWorker from './worker.ts?worker'

const runSuite = (request: SuiteRequest): Promise<SuiteAnswer> =>
  new Promise((resolve, reject) => {
    const worker = new SuiteWorker()
    worker.onmessage = ({ data }: MessageEvent<SuiteAnswer>) => {
      worker.terminate()
      resolve(data)
    }
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker could not be loaded'))
    worker.postMessage(request)
  })

Object.assign(globalThis, { runSuite } satisfies SuitePage)
