/** Files into a repository of the hub, in one commit, through the hub's own client library. */
import { createHash } from 'node:crypto'
import { InputError } from '@tiny-recursive-models/tensor'
import { formatRepository, repositoryPage } from './address.ts'
import type { HubConnection } from './connection.ts'
import { beginHash } from './content.ts'
import { AlreadyThere, LostConnection, Stopped } from './failures.ts'
import { type HubListing, listRepository } from './listing.ts'

/** A file to be uploaded. */
export interface UploadFile {
  /** Its name in the repository. */
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The events of an upload: what the repository has already, the progress of the rest, and the commit at its end. */
export type UploadEvent =
  | {
      readonly type: 'start'
      readonly repository: string
      /** The address for people. */
      readonly page: string
      readonly files: number
      readonly bytes: number
    }
  /** The repository holds this very file. */
  | { readonly type: 'kept'; readonly path: string; readonly bytes: number }
  | { readonly type: 'uploading'; readonly path: string; readonly bytes: number }
  | { readonly type: 'uploaded'; readonly path: string; readonly bytes: number }
  | { readonly type: 'retry'; readonly reason: string; readonly attempt: number }
  /** The commit that holds the files: the one before where nothing was to be changed. */
  | { readonly type: 'done'; readonly page: string; readonly commit: string; readonly isChanged: boolean }

export interface UploadOptions {
  /** Of the commit. */
  readonly title: string
  /** Who may see a repository that is made; by default what the owner's account is set to. */
  readonly visibility?: 'public' | 'private'
  /** Replace files of the same name and another content; by default they are an error. */
  readonly replace: boolean
}

/** Makes the repository where it is not there, and commits what it does not hold yet. */
export async function* uploadFiles(
  connection: HubConnection,
  files: readonly UploadFile[],
  options: UploadOptions,
): AsyncGenerator<UploadEvent, void> {
  const { repository } = connection.asked
  const page = repositoryPage(connection.access.endpoint, repository)
  const listing = await listOrMake(connection, options)
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0)
  yield { type: 'start', repository: formatRepository(repository), page, files: files.length, bytes }
  const missing = files.filter((file) => !holds(listing, file))
  for (const file of files)
    if (!missing.includes(file)) yield { type: 'kept', path: file.path, bytes: file.bytes.length }
  refuseToReplace(listing, missing, options, page)
  if (missing.length === 0) {
    yield { type: 'done', page, commit: listing.commit, isChanged: false }
    return
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const commit = yield* commitFiles(connection, missing, options.title, listing.commit)
      yield { type: 'done', page, commit, isChanged: true }
      return
    } catch (error) {
      const failure = connection.translate(error)
      if (!(failure instanceof LostConnection)) throw failure
      if (failure.cause instanceof InputError) throw failure.cause
      if (attempt > connection.patience.attempts) throw connection.givenUp('the files to arrive', failure)
      yield { type: 'retry', reason: failure.message, attempt }
      await connection.wait(attempt, failure)
    } finally {
      connection.close()
    }
    // The answer may be what was lost, and the commit be there.
    const now = await listRepository(connection)
    if (!missing.every((file) => holds(now, file))) continue
    yield { type: 'done', page, commit: now.commit, isChanged: true }
    return
  }
}

/** A token that may write to a repository need not be allowed to make one: then what counts is whether it is there. */
async function listOrMake(
  connection: HubConnection,
  { visibility }: Pick<UploadOptions, 'visibility'>,
): Promise<HubListing> {
  const hub = await import('@huggingface/hub')
  const { accessToken, ...parameters } = connection.parameters
  if (accessToken === undefined) {
    throw new InputError({
      who: 'HF_TOKEN',
      expected: 'an access token with write permission',
      got: 'none',
      hint: 'Make one in the settings of your account on the hub and set HF_TOKEN to it.',
    })
  }
  const { repository } = connection.asked
  const made = await connection
    .ask(async () => {
      await hub.createRepo({
        ...parameters,
        accessToken,
        repo: repository,
        ...(visibility && { visibility }),
      })
    })
    .catch((error: unknown) => {
      if (error instanceof AlreadyThere) return undefined
      if (error instanceof InputError) return error
      throw error
    })
  try {
    return await listRepository(connection)
  } catch (error) {
    throw error instanceof InputError && made !== undefined ? made : error
  }
}

const digestOf = ({ bytes }: UploadFile, kind: 'git' | 'sha256'): string =>
  kind === 'git'
    ? beginHash({ path: '', bytes: bytes.length, digest: { kind, hex: '' } })
        .update(bytes)
        .digest('hex')
    : createHash('sha256').update(bytes).digest('hex')

function holds({ files }: HubListing, file: UploadFile): boolean {
  const there = files.find(({ path }) => path === file.path)
  if (there === undefined || there.digest === null) return false
  return there.bytes === file.bytes.length && there.digest.hex === digestOf(file, there.digest.kind)
}

function refuseToReplace(
  { files }: HubListing,
  missing: readonly UploadFile[],
  { replace }: UploadOptions,
  page: string,
): void {
  const names = new Set(files.map(({ path }) => path))
  const different = missing.filter(({ path }) => names.has(path))
  if (replace || different.length === 0) return
  throw new InputError({
    who: page,
    expected: 'a repository without files of these names, or with the same ones',
    got: `other content of ${different.map(({ path }) => path).join(', ')}`,
    hint: 'Choose another name, or have the files replaced (`replace: true`); the hub keeps the old ones in its history.',
  })
}

/** @returns the new commit */
async function* commitFiles(
  connection: HubConnection,
  files: readonly UploadFile[],
  title: string,
  parentCommit: string,
): AsyncGenerator<UploadEvent, string> {
  const hub = await import('@huggingface/hub')
  const { accessToken = '', ...parameters } = connection.parameters
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes.length]))
  const begun = new Set<string>()
  const commit = hub.commitIter({
    ...parameters,
    accessToken,
    repo: connection.asked.repository,
    title,
    parentCommit,
    // As for downloads: the newer protocol cuts files into parts of its own.
    useXet: false,
    operations: files.map(({ path, bytes }) => ({
      operation: 'addOrUpdate',
      path,
      content: new Blob([bytes]),
    })),
  })
  for (;;) {
    const next = await commit.next()
    if (connection.isStopped) throw new Stopped()
    if (next.done) {
      // Small files travel within the commit.
      for (const { path, bytes } of files)
        if (!begun.has(path)) yield { type: 'uploaded', path, bytes: bytes.length }
      return next.value?.commit.oid ?? ''
    }
    const event = next.value
    if (event.event !== 'fileProgress' || event.state !== 'uploading') continue
    const { path, progress } = event
    if (progress < 1 && begun.has(path)) continue
    begun.add(path)
    yield { type: progress < 1 ? 'uploading' : 'uploaded', path, bytes: sizes.get(path) ?? 0 }
  }
}
