import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { InputError } from '@tiny-recursive-models/trm'
import { errorCode } from '@tiny-recursive-models/trm/node'
import { inAddress, isLoopback, refusalOf, type ServerRules } from './guard.ts'
import type { HttpLimits } from './limits.ts'
import type { ApiProblem } from './problem.ts'
import { problemOf } from './refusal.ts'

export interface HttpServerOptions {
  /** What answers requests that the guard lets through. */
  readonly fetch: (request: Request) => Promise<Response> | Response
  /** Other machines reach it only where this is no loopback address. */
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
  readonly limits: HttpLimits
  readonly rules: ServerRules
  /** What a fault of the program is answered with. */
  readonly faultProblem: ApiProblem
  /** Told about faults of the program. */
  readonly onFault: (error: unknown) => void
  /** Told about every request that is refused before `fetch` sees it. */
  readonly onRefusal?: (status: number) => void
}

export interface HttpServer {
  /** Where it answers, with a / at the end. */
  readonly url: string
  readonly port: number
  /** Whether it answers this machine only. */
  readonly isLocal: boolean
  /** Takes no new connections, and ends when the last answer is sent. */
  finish(): Promise<void>
  /** Ends every connection at once. */
  close(): Promise<void>
}

/** Starts to listen; only requests that the guard lets through reach `fetch`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, limits, rules, faultProblem, onFault, onRefusal } = options
  const listener = getRequestListener(options.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      onFault(error)
      return Response.json(faultProblem, { status: 500 })
    },
  })
  let isFinishing = false
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
      if (isFinishing) response.setHeader('connection', 'close')
      const refusal = refusalOf(request, host, limits, rules)
      if (refusal === null) {
        void listener(request, response)
        return
      }
      onRefusal?.(refusal.status)
      refuse(response, refusal.status, problemOf(refusal), rules)
    },
  )
  server.maxConnections = limits.connections
  server.timeout = limits.idleMs
  server.on('clientError', (error: Error, socket: Socket) => answerMalformed(error, socket, rules))
  // No proxy and no web sockets. Without a listener the request would hang, or end the process.
  server.on('connect', (_, socket) => socket.destroy())
  server.on('upgrade', (_, socket) => socket.destroy())
  const bound = await listen(server, host, port)
  return {
    url: `http://${inAddress(isEverywhere(host) ? 'localhost' : host)}:${bound}/`,
    port: bound,
    isLocal: isLoopback(host),
    async finish() {
      isFinishing = true
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      // A connection that was busy stays open after its answer, for the next request.
      const idle = setInterval(() => server.closeIdleConnections(), 100)
      await closed
      clearInterval(idle)
    },
    async close() {
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
function refuse(
  response: ServerResponse,
  status: number,
  problem: ApiProblem,
  { methods }: ServerRules,
): void {
  const text = JSON.stringify(problem)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(status === 405 && { allow: methods.join(', ') }),
  })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

/** By the code of the error. Source: https://nodejs.org/api/http.html#event-clienterror */
const malformed: Readonly<Record<string, readonly [status: string, got: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers that are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'one that took too long'],
}

function answerMalformed(error: Error, socket: Socket, { who, hostHint }: ServerRules): void {
  if (!socket.writable || errorCode(error) === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, got] = malformed[errorCode(error) ?? ''] ?? ['400 Bad Request', 'one that is malformed']
  const text = JSON.stringify({ who, expected: 'an HTTP request', got, hint: hostHint })
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close`
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${text}`)
  // The other side may keep its end open for ever.
  socket.destroySoon()
}
