/**
 * Keeps the page for reading without a connection, and gives its files the headers that WebAssembly needs for threads,
 * which static hosts cannot be told to send. Files with a hash in their names never change: they come from the cache
 * once they are there. The page itself comes from the network where there is one.
 */
declare const self: ServiceWorkerGlobalScope

/** Both are filled in by build/service-worker.ts: relative paths of the page's own files, and a hash over them. */
declare const __PRECACHE__: readonly string[]
declare const __VERSION__: string

const page = './'
const cacheName = `studio-${__VERSION__}`
const scope = self.registration.scope
const assets = new URL('assets/', scope).href
const unhashed = __PRECACHE__
  .map((file) => new URL(file, scope).href)
  .filter((url) => !url.startsWith(assets))
const own = new Set(__PRECACHE__.map((file) => new URL(file, scope).href))

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([page, ...__PRECACHE__])))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOld().then(() => self.clients.claim()))
})

/** The page names what it had fetched before this worker was there. */
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const urls: unknown = event.data?.keep
  if (Array.isArray(urls)) event.waitUntil(keep(urls.filter((url) => typeof url === 'string')))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return
  if (request.mode === 'navigate') event.respondWith(fromNetwork(request, page).then(isolated))
  else if (unhashed.includes(request.url)) event.respondWith(fromNetwork(request, request.url).then(isolated))
  else if (request.url.startsWith(assets) || own.has(request.url))
    event.respondWith(fromCache(request).then(isolated))
})

async function fromNetwork(request: Request, kept: string): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const cached = await caches.match(kept)
    if (cached) return cached
    throw error
  }
}

async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const cached = await cache.match(request.url)
  if (cached) return cached
  const response = await fetch(request)
  if (response.status === 200) await cache.put(request.url, response.clone())
  return response
}

async function keep(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(cacheName)
  for (const url of urls)
    if (url.startsWith(assets) && !(await cache.match(url))) await cache.add(url).catch(() => undefined)
}

async function removeOld(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith('studio-') && name !== cacheName) await caches.delete(name)
}

function isolated(response: Response): Response {
  if (response.type === 'opaqueredirect' || response.status === 0) return response
  const headers = new Headers(response.headers)
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp')
  headers.set('Cross-Origin-Resource-Policy', 'same-origin')
  const { body, status, statusText } = response
  return new Response(body, { status, statusText, headers })
}
