/** Starts the service worker of the built page; `vite dev` has none. */

/** What the service worker fetches must not slow down the first thought. A page that thinks about nothing waits so long. */
const longestWaitMs = 10_000
/** What is begun after a thought has the machine first. */
const pauseMs = 1000

let isStarted = false

/** Has the service worker keep the page and all shipped models. Called after a thought. */
export async function keepForOffline(): Promise<void> {
  if (isStarted || !import.meta.env.PROD || !('serviceWorker' in navigator)) return
  isStarted = true
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
  try {
    await navigator.serviceWorker.register('./service-worker.js')
    const { active } = await navigator.serviceWorker.ready
    const { shippedModels } = await import('./shipped.ts')
    const fetched = performance.getEntriesByType('resource').map(({ name }) => name)
    active?.postMessage({ keep: [...new Set([...fetched, ...shippedModels.map(({ address }) => address)])] })
  } catch {
    // Without a secure origin, or in some private windows, there is no service worker: the page needs its host then.
  }
}

setTimeout(() => void keepForOffline(), longestWaitMs)
