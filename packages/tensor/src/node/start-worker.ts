import { Worker } from 'node:worker_threads'

/**
 * Starts a worker thread from a file of this project: JavaScript where the package is built, else the TypeScript source
 * through tsx, whose `--import` does not reach the files of a worker (tsx 4.23 on Node 20).
 */
export function startWorker(file: URL, workerData?: unknown): Worker {
  if (file.pathname.endsWith('.js')) return new Worker(file, { workerData })
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${JSON.stringify(file.href)}) })`
  return new Worker(code, { eval: true, workerData, execArgv: [] })
}
