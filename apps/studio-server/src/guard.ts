/** What is refused before anything looks at the path of a request. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { StudioLimits } from './limits.ts'
import { quoted, Refusal } from './refusal.ts'

export const allowedMethods = 'GET, HEAD'

/** Null where the request may go on. */
export function refusalOf(request: IncomingMessage, host: string, limits: StudioLimits): Refusal | null {
  const { method = '', url = '', headers } = request
  const who = 'studio server'
  if (method !== 'GET' && method !== 'HEAD') {
    const hint = 'The server only shows what is there; use `trm` to change runs.'
    return new Refusal(405, { who, expected: 'GET or HEAD', got: quoted(method), hint })
  }
  if (url.length > limits.pathBytes) {
    const expected = `an address of at most ${limits.pathBytes} bytes`
    return new Refusal(414, { who, expected, got: `${url.length} bytes`, hint: 'No address is that long.' })
  }
  if (!url.startsWith('/') || url.includes('\\')) {
    const hint = 'Ask for a path: this is not a proxy.'
    return new Refusal(400, {
      who,
      expected: 'a path that begins with / and has no \\',
      got: quoted(url),
      hint,
    })
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
    const hint = 'Nothing can be sent to this server.'
    return new Refusal(413, { who, expected: 'a request without a body', got: 'one with a body', hint })
  }
  const hosts = request.headersDistinct.host ?? []
  if (hosts.length !== 1 || !isOwnHost(hosts[0]!, host)) {
    // A foreign page can point a name of its own at this address; the browser then sends that name here.
    const got = hosts.length === 1 ? quoted(hosts[0]!) : `${hosts.length} Host headers`
    const hint = 'Open the address that `trm studio` printed.'
    return new Refusal(hosts.length === 1 ? 403 : 400, {
      who,
      expected: 'the Host of this server',
      got,
      hint,
    })
  }
  const site = headers['sec-fetch-site']
  if (url.startsWith('/api/') && site !== undefined && site !== 'same-origin' && site !== 'none') {
    const hint = 'Open the studio itself.'
    return new Refusal(403, { who, expected: 'a request from its own page', got: `one from ${site}`, hint })
  }
  return null
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * Whether a Host header names this server.
 *
 * @param bound the host that it listens on
 */
export function isOwnHost(header: string, bound: string): boolean {
  const match = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/i.exec(header)
  if (match === null) return false
  const name = match[1]!.toLowerCase()
  if (loopbackNames.includes(name) || name === inAddress(bound).toLowerCase()) return true
  // Whoever opens the server to other machines reaches it by any of its addresses. An address is no danger: only a
  // name can be made to point here by somebody else.
  if (isLoopback(bound)) return false
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === hostname().toLowerCase()
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** A host as it is written in an address. */
export const inAddress = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)
