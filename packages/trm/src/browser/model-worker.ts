/** A new worker for `ModelClient.connect`. Bundlers see the expression and build ./worker.ts into a file of its own. */
export const createModelWorker = (): Worker =>
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'models' })
