/** A folder over HTTP on this machine, for tests in a browser. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

export interface StaticServerOptions {
  /** Sends the headers that make a page cross-origin isolated, without which it gets no threads. */
  readonly isolated?: boolean
  /** Sent with every answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sends the `.br` and `.gz` that lie beside a file to whoever takes them, as most hosts do. */
  readonly compressed?: boolean
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

/** Serves `folder` on a free port of 127.0.0.1. */
export async function serveFolder(folder: string, options: StaticServerOptions = {}): Promise<StaticServer> {
  const { isolated = false, compressed = false, base = '/' } = options
  const requests: string[] = []
  const app = new Hono()
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries({ ...(isolated && isolationHeaders), ...options.headers }))
      context.header(name, value)
    await next()
    requests.push(`${context.res.status} ${context.req.path}`)
  })
  const rewriteRequestPath = (path: string): string => path.slice(base.length - 1)
  app.get(`${base}*`, serveStatic({ root: folder, rewriteRequestPath, precompressed: compressed }))
  const server = createAdaptorServer(app) as Server
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
