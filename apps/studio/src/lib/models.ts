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

/** One worker for all who call, opened at the first call. After a failure the next call tries again. */
function sharedClient(): () => Promise<ModelClient> {
  let client: Promise<ModelClient> | undefined
  return () => {
    client ??= openClient().catch((error: unknown) => {
      client = undefined
      throw error
    })
    return client
  }
}

/** The worker of the page Think. */
export const thinkingClient = sharedClient()

/** The worker that thinks about many puzzles, so that what is watched does not wait for them. */
export const surveyClient = sharedClient()
