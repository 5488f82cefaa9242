/** What is refused before anything looks at the path of a request. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { HttpLimits } from './limits.ts'
import { quoted, Refusal } from './refusal.ts'

/** What a server is, for its guard and its messages. */
export interface ServerRules {
  /** `studio server` */
  readonly who: string
  /** Methods that some path takes. */
  readonly methods: readonly string[]
  /** What to do instead of another method. */
  readonly methodHint: string
  /** What to do instead of asking under a foreign name, or from a foreign page. */
  readonly hostHint: string
  /** Paths that a page of another host must not ask for begin so. */
  readonly ownPages: string
  /** Names besides its own under which it may be asked, such as that of a proxy in front of it. */
  readonly allowedHosts?: readonly string[]
}

/**
 * Null where the request may go on.
 *
 * @param host the host that the server listens on
 */
export function refusalOf(
  request: IncomingMessage,
  host: string,
  limits: HttpLimits,
  rules: ServerRules,
): Refusal | null {
  const { method = '', url = '', headers } = request
  const { who, methods, methodHint, hostHint, ownPages, allowedHosts = [] } = rules
  if (!methods.includes(method)) {
    const expected = methods.join(' or ')
    return new Refusal(405, { who, expected, got: quoted(method), hint: methodHint })
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
  const body = bodyRefusal(request, limits, who)
  if (body !== null) return body
  const hosts = request.headersDistinct.host ?? []
  if (hosts.length !== 1 || !isOwnHost(hosts[0]!, host, allowedHosts)) {
    // A foreign page can point a name of its own at this address; the browser then sends that name here.
    const got = hosts.length === 1 ? quoted(hosts[0]!) : `${hosts.length} Host headers`
    return new Refusal(hosts.length === 1 ? 403 : 400, {
      who,
      expected: 'the Host of this server',
      got,
      hint: hostHint,
    })
  }
  const site = headers['sec-fetch-site']
  if (url.startsWith(ownPages) && site !== undefined && site !== 'same-origin' && site !== 'none')
    return new Refusal(403, {
      who,
      expected: 'a request from its own page',
      got: `one from ${site}`,
      hint: hostHint,
    })
  return null
}

/** A body whose length is told is refused unread; one in chunks is counted by whoever reads it. */
function bodyRefusal(
  { method = '', headers }: IncomingMessage,
  { bodyBytes }: HttpLimits,
  who: string,
): Refusal | null {
  const length = Number(headers['content-length'] ?? 0)
  const isChunked = headers['transfer-encoding'] !== undefined
  if (bodyBytes === 0 || method === 'GET' || method === 'HEAD') {
    if (!isChunked && length === 0) return null
    const hint =
      bodyBytes === 0 ? 'Nothing can be sent to this server.' : `Nothing can be sent with ${method}.`
    return new Refusal(413, { who, expected: 'a request without a body', got: 'one with a body', hint })
  }
  return length > bodyBytes ? bodyTooLarge(who, bodyBytes, `${length} bytes`) : null
}

/** A body beyond the limit. */
export const bodyTooLarge = (who: string, bodyBytes: number, got: string): Refusal =>
  new Refusal(413, {
    who,
    expected: `a body of at most ${bodyBytes} bytes`,
    got,
    hint: 'Send one puzzle in a request.',
  })

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * Whether a Host header names this server.
 *
 * @param bound the host that it listens on
 * @param allowed other names that it may be asked under
 */
export function isOwnHost(header: string, bound: string, allowed: readonly string[] = []): boolean {
  const match = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/i.exec(header)
  if (match === null) return false
  const name = match[1]!.toLowerCase()
  if (loopbackNames.includes(name) || name === inAddress(bound).toLowerCase()) return true
  if (allowed.some((other) => name === inAddress(other).toLowerCase())) return true
  // Whoever opens the server to other machines reaches it by any of its addresses. An address is no danger: only a
  // name can be made to point here by somebody else.
  if (isLoopback(bound)) return false
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === hostname().toLowerCase()
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** A host as it is written in an address. */
export const inAddress = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)
