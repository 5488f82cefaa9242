/** Requests that no HTTP client would send. */
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  /** Of the first answer; null where the connection ended without one. */
  readonly status: number | null
  /** Everything that came. */
  readonly text: string
  readonly elapsedMs: number
}

/**
 * Sends bytes and waits until the server closes the connection, or `stopMs` are over.
 *
 * @param later more bytes, one piece every `everyMs`
 */
export async function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  { stopMs = 3_000, later = [] as readonly string[], everyMs = 50 } = {},
): Promise<RawAnswer> {
  const startedMs = performance.now()
  const socket = await open(port)
  if (socket === null) return { status: null, text: '', elapsedMs: performance.now() - startedMs }
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(bytes)
  const more = [...later]
  const drip = setInterval(() => {
    const piece = more.shift()
    if (piece !== undefined && !socket.destroyed) socket.write(piece)
  }, everyMs)
  const stop = setTimeout(() => socket.destroy(), stopMs)
  await closed
  clearInterval(drip)
  clearTimeout(stop)
  const text = Buffer.concat(pieces).toString('latin1')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]
  return {
    status: status === undefined ? null : Number(status),
    text,
    elapsedMs: performance.now() - startedMs,
  }
}

/** An open connection on which errors are no matter; null where it was refused. */
export function open(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket))
    socket.on('error', () => resolve(null))
  })
}

/** A well-formed GET for a path as it is written. */
export const getRequest = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`
