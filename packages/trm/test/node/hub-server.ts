/**
 * A hub on this machine: the addresses that the hub's client library asks for, after
 * https://huggingface.co/docs/hub/api, and a second server that large files are redirected to.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerUpload, answerWrite, type Writing } from './writable-hub.ts'

export interface ServedFile {
  readonly content: Buffer
  /** Large files are known by their SHA-256 and lie on the second server. */
  readonly isLarge?: boolean
  /** Cuts the connection after so many bytes of an answer, as often as `times` says, or keeps it open in silence. */
  readonly cut?: { readonly after: number; times: number; readonly isSilent?: boolean }
  /** What is sent instead of the content. */
  readonly sent?: Buffer
  /** The size that the listing gives. */
  readonly listedBytes?: number
  /** Sends the whole for every part, or for parts that do not begin at the first byte. */
  readonly ignoresRange?: 'always' | 'later'
  /** Answers so many requests for content with this status first. */
  readonly refusals?: { readonly status: number; times: number }
}

export interface TestHub {
  readonly url: string
  /** Requests so far: `GET /path bytes=0-0`, with the host in front where it is not the hub itself. */
  readonly requests: string[]
  /** Authorization headers that the second server was sent. */
  readonly leaked: string[]
  close(): Promise<void>
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
export const gitBlob = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')

export const commit = 'c0ffee'.padEnd(40, '0')

export interface Repository {
  readonly files: Readonly<Record<string, ServedFile>>
  /** The newest; by default the one that every repository here has. */
  commit?: string
  /** Of the commits that were made here. */
  readonly titles?: readonly string[]
  /** Who may read it. */
  readonly token?: string
  readonly gated?: boolean
}

/**
 * @param repositories by `models/OWNER/NAME` and `datasets/OWNER/NAME`; where the hub takes files, they come here
 * @param writing what may be written; by default nothing
 */
export async function startHub(
  repositories: Record<string, Repository>,
  writing?: Writing,
): Promise<TestHub> {
  const objects = new Map<string, Buffer>()
  const requests: string[] = []
  const leaked: string[] = []
  const storage = await listen(async (request, response) => {
    requests.push(`storage ${describe(request)}`)
    if (request.headers.authorization) leaked.push(request.headers.authorization)
    if (writing && (await answerUpload(request, response, writing, objects))) return
    const [, key, path] = decodeURIComponent(request.url ?? '').split('!')
    sendFile(request, response, repositories[key!]!.files[path!]!, {})
  })
  const hub = await listen(async (request, response) => {
    requests.push(describe(request))
    const stored = { url: addressOf(storage), objects }
    if (writing && (await answerWrite(request, response, repositories, writing, stored))) return
    const url = new URL(request.url ?? '', 'http://hub')
    const api = /^\/api\/(models|datasets)\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)/.exec(url.pathname)
    const content = /^\/(datasets\/)?([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname)
    const key = api ? `${api[1]}/${api[2]}` : `${content?.[1] ? 'datasets' : 'models'}/${content?.[2]}`
    const repository = repositories[key]
    const isAllowed =
      repository?.token === undefined || request.headers.authorization === `Bearer ${repository.token}`
    if (!repository || (!isAllowed && !repository.gated)) return refuse(response, 401, 'RepoNotFound')
    if (!isAllowed && !api) return refuse(response, 403, 'GatedRepo')
    const revision = decodeURIComponent(api?.[4] ?? content?.[3] ?? '')
    const newest = repository.commit ?? commit
    if (!['main', 'v1.0', 'refs/pr/1', newest].includes(revision))
      return refuse(response, 404, 'RevisionNotFound')
    if (api?.[3] === 'revision') {
      return sendJson(response, {
        _id: '1',
        id: api[2],
        sha: newest,
        private: false,
        gated: false,
        downloads: 1,
      })
    }
    if (api) return sendPage(request, response, repository, url)
    const path = decodeURIComponent(content![4]!)
    const file = repository.files[path]
    if (!file) return refuse(response, 404, 'EntryNotFound')
    if (!file.isLarge) return sendFile(request, response, file, { ETag: `"${gitBlob(file.content)}"` })
    response.writeHead(302, {
      Location: `${addressOf(storage)}/!${encodeURIComponent(key)}!${encodeURIComponent(path)}`,
      'X-Linked-Size': String(file.content.length),
      'X-Linked-ETag': `"${sha256(file.content)}"`,
    })
    response.end()
  })
  return {
    url: addressOf(hub),
    requests,
    leaked,
    async close() {
      for (const server of [hub, storage]) {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    },
  }
}

/** Two files a page, as the hub gives a thousand. */
function sendPage(request: IncomingMessage, response: ServerResponse, { files }: Repository, url: URL): void {
  const entries = Object.entries(files).map(([path, file]) => {
    const size = file.listedBytes ?? file.content.length
    return {
      type: 'file',
      path,
      size,
      oid: gitBlob(file.content),
      ...(file.isLarge ? { lfs: { oid: sha256(file.content), size, pointerSize: 134 } } : {}),
    }
  })
  const start = Number(url.searchParams.get('cursor') ?? 0)
  const next = `http://${request.headers.host}${url.pathname}?recursive=true&cursor=${start + 2}`
  const folder = { type: 'directory', path: 'folder', size: 0, oid: '0'.repeat(40) }
  sendJson(response, [...(start === 0 ? [folder] : []), ...entries.slice(start, start + 2)], {
    ...(start + 2 < entries.length ? { Link: `<${next}>; rel="next"` } : {}),
  })
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
  headers: Record<string, string>,
): void {
  const content = file.sent ?? file.content
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const isIgnored = file.ignoresRange === 'always' || (file.ignoresRange === 'later' && asked?.[1] !== '0')
  const range = isIgnored ? null : asked
  const first = Number(range?.[1] ?? 0)
  const last = Math.min(range?.[2] ? Number(range[2]) : content.length - 1, content.length - 1)
  const isProbe = range?.[0] === 'bytes=0-0'
  const part = content.subarray(first, last + 1)
  if (!isProbe && file.refusals && file.refusals.times-- > 0) {
    response.writeHead(file.refusals.status)
    response.end()
    return
  }
  response.writeHead(range ? 206 : 200, {
    ETag: `"${sha256(file.content)}"`,
    'Content-Length': String(part.length),
    ...(range ? { 'Content-Range': `bytes ${first}-${last}/${content.length}` } : {}),
    ...headers,
  })
  if (isProbe || !file.cut || file.cut.times-- <= 0) {
    response.end(part)
    return
  }
  const { after, isSilent } = file.cut
  response.flushHeaders()
  response.write(part.subarray(0, after), () => {
    if (!isSilent) setTimeout(() => response.destroy(), 100)
  })
}

function refuse(response: ServerResponse, status: number, code: string): void {
  sendJson(response, { error: code }, { 'X-Error-Code': code, 'X-Error-Message': code }, status)
}

export function sendJson(
  response: ServerResponse,
  value: unknown,
  headers: Record<string, string> = {},
  status = 200,
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

function describe({ method, url, headers }: IncomingMessage): string {
  const path = decodeURIComponent(new URL(url ?? '', 'http://hub').pathname)
  return `${method} ${path}${headers.range ? ` ${headers.range}` : ''}`
}

export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Server> {
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export const addressOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`
