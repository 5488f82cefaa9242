/** A ready worker: `new Worker(new URL(…/browser/worker), { type: 'module' })`. */
import { serveModels } from './serve.ts'

serveModels()
