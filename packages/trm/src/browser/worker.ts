/** The whole of a model worker: what `createModelWorker` starts. */
import { serveModels } from './serve.ts'

serveModels()
