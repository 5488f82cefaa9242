/** Folders over HTTP on this machine, for pages under test. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

export interface StaticOptions {
  /** Folders by the path that they are under: { '/': 'dist', '/fixtures/': 'test/fixtures' }; the longest counts. */
  readonly folders: Readonly<Record<string, string>>
  /** Whether pages are cross-origin isolated, which threads of WebAssembly need. */
  readonly isolated?: boolean
}

export interface StaticServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  close(): Promise<void>
}

export async function serveStatic({ folders, isolated = true }: StaticOptions): Promise<StaticServer> {
  const places = Object.entries(folders).sort(([left], [right]) => right.length - left.length)
  const isolation: Record<string, string> = isolated
    ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
    : {}
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    const [prefix, folder] = places.find(([under]) => path.startsWith(under)) ?? ['', null]
    const inside = path.endsWith('/') ? `${path}index.html` : path
    const file = folder === null ? null : join(folder, inside.slice(prefix.length))
    const isFile =
      file !== null &&
      (await stat(file).then(
        (facts) => facts.isFile(),
        () => false,
      ))
    if (!isFile) {
      response.writeHead(404, isolation).end()
      return
    }
    const type = types[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, ...isolation })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
