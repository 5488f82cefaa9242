/** What opens executors in Node. */
export {
  type ExecutorChoice,
  type ExecutorName,
  executorChoices,
  executorNames,
  nodeDevices,
} from './node/devices.ts'
export { onednnVersion } from './node/onednn/library.ts'
export { type OnednnFacts, onednnFacts } from './node/onednn/products.ts'
export { openOrtExecutor } from './node/onnxruntime.ts'
export { type ExecutorOptions, openExecutor } from './node/open-executor.ts'
export {
  codeOfStep,
  type ProfileOptions,
  planProgram,
  profileProgram,
  programTexts,
} from './node/profile.ts'
export { startWorker } from './node/start-worker.ts'
export { maxThreads, usefulThreads } from './node/threads.ts'
