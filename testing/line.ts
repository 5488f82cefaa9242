/**
 * A network connection between a browser and a server of this machine, as slow as it is asked to be. Chromium's own
 * emulation leaves out workers and service workers; this one counts and delays every byte.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface LineSpeed {
  /** Of what is loaded, shared by all connections. */
  readonly bitsPerSecond: number
  /** From a question to its answer; opening a connection takes as long again. */
  readonly latencyMs: number
}

export interface Line {
  /** The address of the server through the line. */
  readonly url: string
  /** Bytes that have been loaded until now, headers included. */
  readonly bytes: number
  close(): Promise<void>
}

/** @param speed left out: as fast as the machine */
export async function openLine(target: string, speed?: LineSpeed): Promise<Line> {
  const { hostname, port, pathname } = new URL(target)
  const { bitsPerSecond = Number.POSITIVE_INFINITY, latencyMs = 0 } = speed ?? {}
  const sockets = new Set<Socket>()
  let bytes = 0
  let freeAt = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    const openAt = performance.now() + latencyMs
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    near.on('data', (data) => {
      const arrivesAt = Math.max(performance.now(), openAt) + latencyMs / 2
      after(arrivesAt, () => far.write(data))
    })
    far.on('data', (data) => {
      freeAt = Math.max(performance.now(), freeAt) + (8000 * data.length) / bitsPerSecond
      after(freeAt + latencyMs / 2, () => {
        bytes += data.length
        near.write(data)
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    get bytes() {
      return bytes
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function after(time: number, work: () => void): void {
  const left = time - performance.now()
  // Timers of less than a millisecond take one; and what is due together keeps its order.
  if (left <= 0) work()
  else setTimeout(work, left)
}
