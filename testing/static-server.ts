/** A folder over HTTP on this machine, for tests in a browser. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, resolve, sep } from 'node:path'

export interface StaticServerOptions {
  /** Sends the headers that make a page cross-origin isolated, without which it gets no threads. */
  readonly isolated?: boolean
  /** Sent with every answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** The path that stands for the folder: `/` or such as `/some/where/`. */
  readonly base?: string
}

export interface StaticServer {
  /** The address of the folder, with a `/` at its end. */
  readonly url: string
  /** The paths that were asked for, as `200 /index.html`. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
}

/** Serves `folder` on a free port of 127.0.0.1. */
export async function serveFolder(folder: string, options: StaticServerOptions = {}): Promise<StaticServer> {
  const { isolated = false, base = '/' } = options
  const headers = { ...(isolated ? isolationHeaders : {}), ...options.headers }
  const root = resolve(folder)
  const requests: string[] = []
  const answer = async (path: string, response: ServerResponse): Promise<number> => {
    const file = fileOf(root, base, path)
    const content = file === null ? null : await readFile(file).catch(() => null)
    const status = content === null ? 404 : 200
    const type = contentTypes[extname(file ?? '')] ?? 'application/octet-stream'
    response.writeHead(status, { ...headers, ...(content && { 'Content-Type': type }) })
    response.end(content)
    return status
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    answer(pathname, response).then(
      (status) => requests.push(`${status} ${pathname}`),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url: `http://127.0.0.1:${port}${base}`, requests, close }
}

/** The file below `root` that a path means; null for one outside of it. */
function fileOf(root: string, base: string, path: string): string | null {
  if (!path.startsWith(base)) return null
  let inside: string
  try {
    inside = decodeURIComponent(path.slice(base.length))
  } catch {
    return null
  }
  const file = resolve(root, inside === '' || inside.endsWith('/') ? `${inside}index.html` : inside)
  return file.startsWith(`${root}${sep}`) ? file : null
}
