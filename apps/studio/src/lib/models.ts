/** Starts model workers. A worker computes one request at a time, so thinking and training have one each. */
import { ModelClient, type RuntimeOptions } from '@tiny-recursive-models/trm/browser'

/** A worker of its own; end it by `terminate`. */
export async function openClient(options: RuntimeOptions = {}): Promise<ModelClient> {
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'models' })
  try {
    return await ModelClient.connect(worker, options)
  } catch (error) {
    worker.terminate()
    throw error
  }
}

let thinking: Promise<ModelClient> | undefined

/** The worker of the page Think, opened at the first call. After a failure the next call tries again. */
export function thinkingClient(): Promise<ModelClient> {
  thinking ??= openClient().catch((error: unknown) => {
    thinking = undefined
    throw error
  })
  return thinking
}
