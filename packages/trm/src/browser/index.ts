/** What only a browser can do: models in a worker, on WebAssembly or WebGPU. */
export {
  type BrowserOptions,
  missingAdapter,
  type OrtBrowserOptions,
  openExecutor,
  openOrtExecutor,
  type RuntimeFiles,
} from '@tiny-recursive-models/tensor/browser'
export { ModelClient, type StoppableStream } from './client.ts'
export { createModelWorker } from './model-worker.ts'
export type {
  BrowserTrainingEvent,
  Depth,
  EvaluationProgress,
  ExamplePuzzle,
  ModelFacts,
  RuntimeFacts,
  RuntimeOptions,
} from './protocol.ts'
export { serveModels } from './serve.ts'
