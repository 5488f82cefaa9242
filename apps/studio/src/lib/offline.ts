/** Starts the service worker of the built page; `vite dev` has none. */
import { runtimeFiles } from './runtime-files.ts'

const reloadedKey = 'reloaded-for-threads'

/** A worker that has not come after so long will not be waited for. */
const longestWaitMs = 4000

/**
 * Resolves when the page will stay: before that, on a host without the headers for threads, it may load once more, and
 * what a model worker had fetched by then would be lost.
 */
export const pageStays: Promise<void> = startOffline()

async function startOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const ready = register()
  if (crossOriginIsolated || sessionStorage.getItem(reloadedKey)) return
  const isReady = await Promise.race([
    ready,
    new Promise<false>((resolve) => setTimeout(resolve, longestWaitMs, false)),
  ])
  if (!isReady) return
  sessionStorage.setItem(reloadedKey, 'yes')
  location.reload()
  await new Promise(() => undefined)
}

/** Whether the service worker is at work. Without a secure origin, or in some private windows, there is none. */
async function register(): Promise<boolean> {
  try {
    await navigator.serviceWorker.register('./service-worker.js')
    await navigator.serviceWorker.ready
    return true
  } catch {
    return false
  }
}

/** Has the service worker keep what the page and its workers had fetched before it was there. */
export async function keepFetched(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { active } = await navigator.serviceWorker.ready
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name)
  const { mjs, wasm } = runtimeFiles.wasm!
  active?.postMessage({ keep: [...new Set([...fetched, mjs, wasm])] })
}
