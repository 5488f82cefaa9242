import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { InputError } from '@tiny-recursive-models/trm'
import { errorCode } from '@tiny-recursive-models/trm/node'
import type { ApiProblem } from './api.ts'
import { createApp, faultProblem } from './app.ts'
import { allowedMethods, inAddress, isLoopback, refusalOf } from './guard.ts'
import { type StudioLimits, studioLimits } from './limits.ts'
import { StudioPage } from './page.ts'
import { problemOf } from './refusal.ts'
import { RunLibrary } from './runs.ts'

export interface StudioOptions {
  /** The folder of the built page. */
  readonly page: string
  /** A folder of runs, or one run folder; null to show none. */
  readonly runs: string | null
  /** Other machines reach it only where this is no loopback address. */
  readonly host?: string
  /** 0: one that is free. */
  readonly port?: number
  readonly limits?: Partial<StudioLimits>
  /** Told about faults of the program; by default they are written to stderr. */
  readonly onFault?: (error: unknown) => void
}

export interface Studio {
  /** Where to open it, with a / at the end. */
  readonly url: string
  readonly port: number
  /** Whether it answers this machine only. */
  readonly isLocal: boolean
  /** Ends every stream and connection at once. */
  close(): Promise<void>
}

/** Serves the page and, read-only, the runs of a folder. */
export async function startStudio(options: StudioOptions): Promise<Studio> {
  const { host = '127.0.0.1', port = 0, onFault = (error) => console.error(error) } = options
  const limits = { ...studioLimits, ...options.limits }
  const page = await StudioPage.open(options.page)
  const runs = options.runs === null ? null : await RunLibrary.open(options.runs)
  const stopping = new AbortController()
  const app = createApp({ page, runs, limits, stop: stopping.signal, onFault })
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      onFault(error)
      return Response.json(faultProblem, { status: 500 })
    },
  })
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headerMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.headerMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headerMs / 2),
      // The guard answers it in the project's own words.
      requireHostHeader: false,
    },
    (request, response) => {
      // A connection that breaks while something is sent is no fault.
      response.on('error', () => undefined)
      const refusal = refusalOf(request, host, limits)
      if (refusal === null) void listener(request, response)
      else refuse(response, refusal.status, problemOf(refusal))
    },
  )
  server.maxConnections = limits.connections
  server.timeout = limits.idleMs
  server.on('clientError', answerMalformed)
  // No proxy and no web sockets. Without a listener the request would hang, or end the process.
  server.on('connect', (_, socket) => socket.destroy())
  server.on('upgrade', (_, socket) => socket.destroy())
  const bound = await listen(server, host, port)
  return {
    url: `http://${inAddress(isEverywhere(host) ? 'localhost' : host)}:${bound}/`,
    port: bound,
    isLocal: isLoopback(host),
    async close() {
      stopping.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::'

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const code = errorCode(error) ?? String(error)
    const isTaken = code === 'EADDRINUSE'
    throw new InputError(
      {
        who: `${inAddress(host)}:${port}`,
        expected: 'an address to listen on',
        got: isTaken ? `one in use (${code})` : `${code}`,
        hint: isTaken ? 'Choose another --port, or close what uses it.' : 'Choose another --host or --port.',
      },
      { cause: error },
    )
  }
  return (server.address() as AddressInfo).port
}

/** The connection ends with it: nothing more is read of whoever sends what is not wanted. */
function refuse(response: ServerResponse, status: number, problem: ApiProblem): void {
  const text = JSON.stringify(problem)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(status === 405 && { allow: allowedMethods }),
  })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

/** By the code of the error. Source: https://nodejs.org/api/http.html#event-clienterror */
const malformed: Readonly<Record<string, readonly [status: string, got: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers that are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'one that took too long'],
}

function answerMalformed(error: Error, socket: Socket): void {
  if (!socket.writable || errorCode(error) === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, got] = malformed[errorCode(error) ?? ''] ?? ['400 Bad Request', 'one that is malformed']
  const hint = 'Open the address that `trm studio` printed.'
  const text = JSON.stringify({ who: 'studio server', expected: 'an HTTP request', got, hint })
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close`
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${text}`)
  // The other side may keep its end open for ever.
  socket.destroySoon()
}
