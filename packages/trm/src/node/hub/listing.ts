/** What a repository on the hub holds, checked before anything is written. */
import { InputError } from '@tiny-recursive-models/tensor'
import { describeValue, nearestName } from '../../recipes/messages.ts'
import { checkedFileName, formatRepository, type HubRepository } from './address.ts'
import type { HubConnection } from './connection.ts'

/** A file of a repository. */
export interface HubFile {
  readonly path: string
  readonly bytes: number
  /** Of the content; null where the hub says neither. */
  readonly digest: Digest | null
}

export interface Digest {
  /** Large files have their SHA-256; others the name that git gives them, SHA-1 of "blob <size>\0" and the content. */
  readonly kind: 'sha256' | 'git'
  readonly hex: string
}

/** The files of a repository at one commit. */
export interface HubListing {
  /** The commit that the revision stands for now; all files are taken from it. */
  readonly commit: string
  readonly files: readonly HubFile[]
}

/** Files and folders. */
const maxEntries = 100_000

/** All files of the repository at the revision that was asked for. */
export async function listRepository(connection: HubConnection): Promise<HubListing> {
  const hub = await import('@huggingface/hub')
  const { repository, revision } = connection.asked
  const who = formatRepository(repository)
  const commit = await connection.ask(async () => {
    const asked = { name: repository.name, revision, ...connection.parameters }
    const { sha } =
      repository.type === 'dataset'
        ? await hub.datasetInfo({ ...asked, additionalFields: ['sha'] })
        : await hub.modelInfo({ ...asked, additionalFields: ['sha'] })
    if (/^[0-9a-f]{40}$/.test(String(sha))) return String(sha)
    throw unusable(who, 'the commit of the revision', describeValue(sha))
  })
  const files = await connection.ask(async () => {
    const found: HubFile[] = []
    let entriesSeen = 0
    const entries = hub.listFiles({
      repo: repository,
      recursive: true,
      revision: commit,
      ...connection.parameters,
    })
    for await (const { type, path, size, oid, lfs } of entries) {
      if (++entriesSeen > maxEntries) throw unusable(who, `at most ${maxEntries} files and folders`, 'more')
      if (type !== 'file') continue
      if (typeof path !== 'string') throw unusable(who, 'the name of every file', describeValue(path))
      found.push({ path, bytes: lfs?.size ?? size, digest: digestOf(lfs?.oid, oid) })
    }
    return found
  })
  return { commit, files }
}

function digestOf(sha256: unknown, git: unknown): Digest | null {
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) return { kind: 'sha256', hex: sha256 }
  return typeof git === 'string' && /^[0-9a-f]{40}$/.test(git) ? { kind: 'git', hex: git } : null
}

/**
 * The files of a listing that were asked for: each name is a file or a folder; none means all. Only names and sizes
 * that can be stored come out.
 */
export function chooseFiles(
  files: readonly HubFile[],
  wanted: readonly string[],
  repository: HubRepository,
): HubFile[] {
  const chosen = new Set<HubFile>()
  for (const name of wanted) {
    const found = files.filter(({ path }) => path === name || path.startsWith(`${name}/`))
    if (found.length === 0) throw missing(files, name, repository)
    for (const file of found) chosen.add(file)
  }
  const list = wanted.length === 0 ? [...files] : [...chosen]
  for (const { path, bytes } of list) {
    checkedFileName(path, repository)
    if (!Number.isSafeInteger(bytes) || bytes < 0)
      throw unusable(`${formatRepository(repository)}/${path}`, 'a number of bytes', describeValue(bytes))
  }
  return list
}

function missing(files: readonly HubFile[], name: string, repository: HubRepository): InputError {
  const names = files.map(({ path }) => path).filter((path) => /^[\x20-\x7e]+$/.test(path))
  const nearest = nearestName(name, names)
  const first = names.slice(0, 12)
  const others = names.length > first.length ? `${first.join(', ')}, …` : first.join(', ')
  return new InputError({
    who: formatRepository(repository),
    expected: 'the name of a file or a folder in it',
    got: describeValue(name),
    hint:
      names.length === 0
        ? 'The repository has no files.'
        : `${nearest === null ? '' : `Did you mean '${nearest}'? `}Its files: ${others}.`,
  })
}

function unusable(who: string, expected: string, got: string): InputError {
  return new InputError({
    who,
    expected,
    got: `${got} in the answer from the hub`,
    hint: 'Check HF_ENDPOINT, and the repository on its page.',
  })
}
