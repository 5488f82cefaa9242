/** Starts the service worker of the built page; `vite dev` has none. */
import { runtimeFiles } from './runtime-files.ts'

const reloadedKey = 'reloaded-for-threads'

export async function startOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  try {
    await navigator.serviceWorker.register('./service-worker.js')
    const { active } = await navigator.serviceWorker.ready
    if (needsReload()) {
      location.reload()
      return
    }
    const fetched = performance.getEntriesByType('resource').map(({ name }) => name)
    const { mjs, wasm } = runtimeFiles.wasm!
    active?.postMessage({ keep: [...new Set([...fetched, mjs, wasm])] })
  } catch {
    // Without a secure origin, or in a private window, the page works but needs its connection.
  }
}

/** Threads need headers that a host may not send and the service worker does, from the next load on. Once is enough. */
function needsReload(): boolean {
  if (crossOriginIsolated || sessionStorage.getItem(reloadedKey)) return false
  sessionStorage.setItem(reloadedKey, 'yes')
  return true
}
