/** Downloads from a hub of models and data sets, through the hub's own client library. */
import { makeFolder } from './files.ts'
import { hubAccess } from './hub/access.ts'
import { checkRepository, formatRepository } from './hub/address.ts'
import { defaultPatience, HubConnection, type Patience } from './hub/connection.ts'
import { Stopped } from './hub/failures.ts'
import { chooseFiles, type HubListing, listRepository } from './hub/listing.ts'
import { type TransferEvent, transferFile } from './hub/transfer.ts'

export { formatRepository, type HubAddress, type HubRepository, parseHubAddress } from './hub/address.ts'
export { findDownload, type KnownDownload, knownDownloads } from './hub/known.ts'
export type { HubFile, HubListing } from './hub/listing.ts'

/** A repository of a hub, and how to reach it. */
export interface HubOptions {
  /** OWNER/NAME */
  readonly repo: string
  readonly type: 'model' | 'dataset'
  /** A branch, a tag or a commit; by default `main`. */
  readonly revision?: string
  /** Address of the hub; by default HF_ENDPOINT, or the public one. */
  readonly hubUrl?: string
  /** By default HF_TOKEN. */
  readonly token?: string
  /** Stops the download; what has arrived is kept. */
  readonly signal?: AbortSignal
  readonly patience?: Partial<Patience>
}

/** What to download from a repository, and into which folder. */
export interface HubDownloadOptions extends HubOptions {
  /** Names of files and folders in the repository; by default all of it. */
  readonly files?: readonly string[]
  /** Where the files go, under the names that they have in the repository; made if it is not there. */
  readonly folder: string
  /** Replace files of the same name and another content; by default they are an error. */
  readonly replace?: boolean
}

/** The events of a download: sizes, the progress of each file, and how it ended. */
export type HubDownloadEvent =
  | {
      readonly type: 'start'
      readonly repository: string
      readonly commit: string
      readonly files: number
      readonly bytes: number
    }
  | TransferEvent
  /** Stopped by the signal: the same call goes on from here. */
  | { readonly type: 'stopped' }
  | {
      readonly type: 'done'
      readonly folder: string
      readonly commit: string
      readonly files: readonly string[]
    }

/**
 * The files of a repository, without downloading any.
 * @throws InputError if the hub refuses or cannot be reached
 */
export async function listHubFiles(options: HubOptions): Promise<HubListing> {
  return await listRepository(connect(options))
}

/**
 * Downloads files of a repository into a folder. All come from the commit that the revision refers to at the start.
 * Files that already exist and are correct are kept; a partial file is resumed where it stopped. A file gets its name
 * only when it is complete and matches the digest given by the hub.
 * @throws InputError if the hub refuses, cannot be reached, or sends something other than announced
 */
export async function* downloadFromHub(options: HubDownloadOptions): AsyncGenerator<HubDownloadEvent, void> {
  const { folder, files: wanted = [], replace = false } = options
  const connection = connect(options)
  const { repository } = connection.asked
  try {
    const { commit, files: all } = await listRepository(connection)
    const files = chooseFiles(all, wanted, repository)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    yield { type: 'start', repository: formatRepository(repository), commit, files: files.length, bytes }
    await makeFolder(folder)
    for (const file of files) {
      if (connection.isStopped) throw new Stopped()
      yield* transferFile(connection, file, { folder, commit, replace })
    }
    yield { type: 'done', folder, commit, files: files.map(({ path }) => path) }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    yield { type: 'stopped' }
  } finally {
    connection.close()
  }
}

function connect({
  repo,
  type,
  revision = 'main',
  hubUrl,
  token,
  signal,
  patience,
}: HubOptions): HubConnection {
  const repository = { type, name: repo }
  checkRepository(repository)
  const asked = { repository, revision }
  return new HubConnection(hubAccess({ hubUrl, token }), asked, { ...defaultPatience, ...patience }, signal)
}
