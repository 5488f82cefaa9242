/** Starts the service worker of the built page; `vite dev` has none. */

/** What the service worker fetches must not slow down the first answer. A page that thinks about nothing waits so long. */
const longestWaitMs = 10_000

let isStarted = false

/** Has the service worker keep the page and all shipped models. Called with the first answer. */
export async function keepForOffline(): Promise<void> {
  if (isStarted || !import.meta.env.PROD || !('serviceWorker' in navigator)) return
  isStarted = true
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
