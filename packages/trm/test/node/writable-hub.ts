/**
 * The part of a hub that takes files, over what `startHub` serves: repositories are made, large files are taken by Git
 * LFS, commits come as lines of JSON. After https://huggingface.co/docs/hub/api and the client library's requests.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gitBlob, type Repository, type ServedFile, sendJson, sha256 } from './hub-server.ts'

/** What a hub that takes files allows, and what goes wrong on it. */
export interface Writing {
  /** The token that may write, and for whom. */
  readonly token: string
  readonly owner: string
  /** Answers so many uploads of large files with this status first. */
  readonly refusals?: { readonly status: number; times: number }
  /** Cuts the connection after so many commits have been made, instead of answering. */
  readonly lostAnswers?: { times: number }
  /** Somebody else commits between the listing and the commit. */
  readonly interloper?: boolean
}

export type Repositories = Record<string, Repository>

/** Answers a request that writes; false where it is none. */
export async function answerWrite(
  request: IncomingMessage,
  response: ServerResponse,
  repositories: Repositories,
  writing: Writing,
  storage: { readonly url: string; readonly objects: Map<string, Buffer> },
): Promise<boolean> {
  if (request.method !== 'POST') return false
  const path = decodeURIComponent(new URL(request.url ?? '', 'http://hub').pathname)
  const body = await readBody(request)
  const isAllowed = request.headers.authorization === `Bearer ${writing.token}`
  const refuse = (status: number): true => {
    sendJson(response, { error: `refused (${status})` }, {}, status)
    return true
  }
  if (path === '/api/repos/create') {
    const { name, organization, visibility } = JSON.parse(body.toString()) as Record<string, string>
    if (!isAllowed || organization !== writing.owner) return refuse(403)
    const key = `models/${organization}/${name}`
    if (repositories[key]) return refuse(409)
    repositories[key] = {
      files: { '.gitattributes': { content: Buffer.from('*.safetensors filter=lfs\n') } },
      commit: nextCommit('', name ?? ''),
      ...(visibility === 'private' && { token: writing.token }),
    }
    sendJson(response, { url: `http://hub/${organization}/${name}`, id: `${organization}/${name}` })
    return true
  }
  const asked =
    /^\/(?:api\/models\/)?([^/]+\/[^/.]+)(\.git\/info\/lfs\/objects\/batch|\/preupload\/main|\/commit\/main)$/.exec(
      path,
    )
  if (asked === null) return false
  const key = `models/${asked[1]}`
  const repository = repositories[key]
  if (!isAllowed || repository === undefined || !asked[1]!.startsWith(`${writing.owner}/`)) return refuse(403)
  if (asked[2] === '/preupload/main') {
    const { files } = JSON.parse(body.toString()) as { files: { path: string }[] }
    const mode = (name: string) => (/\.(?:safetensors|onnx)$/.test(name) ? 'lfs' : 'regular')
    sendJson(response, { files: files.map((file) => ({ path: file.path, uploadMode: mode(file.path) })) })
  } else if (asked[2] === '/commit/main') {
    const lines = body
      .toString()
      .split('\n')
      .map((line) => JSON.parse(line) as CommitLine)
    const header = lines.find((line) => line.key === 'header')!.value
    if (writing.interloper) repository.commit = nextCommit(repository.commit ?? '', 'interloper')
    if (header.parentCommit !== repository.commit) return refuse(412)
    repositories[key] = {
      ...repository,
      files: { ...repository.files, ...committedFiles(lines, storage.objects) },
      commit: nextCommit(repository.commit ?? '', body.toString()),
      titles: [...(repository.titles ?? []), header.summary ?? ''],
    }
    if (writing.lostAnswers && writing.lostAnswers.times-- > 0) response.destroy()
    else {
      const oid = repositories[key].commit
      sendJson(response, {
        success: true,
        commitOid: oid,
        commitUrl: `http://hub/commit/${oid}`,
        hookOutput: '',
      })
    }
  } else {
    const { objects } = JSON.parse(body.toString()) as { objects: { oid: string; size: number }[] }
    sendJson(response, {
      transfer: 'basic',
      objects: objects.map(({ oid, size }) => ({
        oid,
        size,
        ...(!storage.objects.has(oid) && {
          actions: { upload: { href: `${storage.url}/lfs/${oid}`, header: {} } },
        }),
      })),
    })
  }
  return true
}

/** Takes a large file, if its content is what its name says. */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { refusals }: Writing,
  objects: Map<string, Buffer>,
): Promise<boolean> {
  const oid = /^\/lfs\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1]
  if (request.method !== 'PUT' || oid === undefined) return false
  const content = await readBody(request)
  const isRefused = refusals !== undefined && refusals.times-- > 0
  const isWhole = sha256(content) === oid && Number(request.headers['content-length']) === content.length
  if (isWhole && !isRefused) objects.set(oid, content)
  response.writeHead(isRefused ? refusals.status : isWhole ? 200 : 400)
  response.end()
  return true
}

interface CommitLine {
  readonly key: 'header' | 'file' | 'lfsFile'
  readonly value: {
    readonly summary?: string
    readonly parentCommit?: string
    readonly path?: string
    readonly content?: string
    readonly oid?: string
  }
}

function committedFiles(lines: readonly CommitLine[], objects: ReadonlyMap<string, Buffer>) {
  const files: Record<string, ServedFile> = {}
  for (const { key, value } of lines) {
    if (key === 'file') files[value.path!] = { content: Buffer.from(value.content!, 'base64') }
    if (key === 'lfsFile') files[value.path!] = { content: objects.get(value.oid!)!, isLarge: true }
  }
  return files
}

const nextCommit = (before: string, change: string): string => gitBlob(Buffer.from(before + change))

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
