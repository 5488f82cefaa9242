/** A model to a repository of the hub, or into a folder, to look at what would go there. */
import { join } from 'node:path'
import { makeFolder, writeFileAtomically } from '../files.ts'
import { hubAccess } from '../hub/access.ts'
import { checkRepository } from '../hub/address.ts'
import { defaultPatience, HubConnection } from '../hub/connection.ts'
import { Stopped } from '../hub/failures.ts'
import { type UploadEvent, uploadFiles } from '../hub/upload.ts'
import type { HubOptions } from '../hub.ts'
import { tryOutputFolder } from '../outputs.ts'
import { type PublishedOptions, publishedFiles } from './published-files.ts'

/** Where `publishModel` writes, and what the card says. */
export interface PublishOptions
  extends Omit<PublishedOptions, 'name'>,
    Pick<HubOptions, 'hubUrl' | 'token' | 'signal' | 'patience'> {
  /** OWNER/NAME */
  readonly repo: string
  /** Of a repository that is made; by default as the owner's account is set. */
  readonly visibility?: 'public' | 'private'
  /** Replace files of the same name and another content; by default they are an error. */
  readonly replace?: boolean
}

/** The events of publishing; `stopped` by the signal, when nothing has been committed. */
export type PublishEvent = UploadEvent | { readonly type: 'stopped' }

/**
 * Publishes a run folder, a model file or a shipped model as a repository of the hub: card, weights, recipe, figures
 * and ONNX, in one commit. What the repository holds already is not sent again.
 *
 * @throws InputError if the model cannot be read, the hub refuses, or other files would be replaced unasked
 */
export async function* publishModel(
  path: string,
  options: PublishOptions,
): AsyncGenerator<PublishEvent, void> {
  const { repo, hubUrl, token, signal, patience, visibility, replace = false, ...card } = options
  const repository = { type: 'model', name: repo } as const
  checkRepository(repository)
  const access = hubAccess({ hubUrl, token })
  const asked = { repository, revision: 'main', writes: true }
  const connection = new HubConnection(access, asked, { ...defaultPatience, ...patience }, signal)
  try {
    const files = await publishedFiles(path, { ...card, name: repo })
    const title = `Publish ${repo.split('/')[1]}`
    yield* uploadFiles(connection, files, { title, replace, ...(visibility && { visibility }) })
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    yield { type: 'stopped' }
  } finally {
    connection.close()
  }
}

/**
 * Writes the files that `publishModel` would upload into a folder.
 * @returns their names and sizes
 * @throws InputError if the model cannot be read or a file cannot be written
 */
export async function writePublishedFiles(
  path: string,
  folder: string,
  options: PublishedOptions,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  checkRepository({ type: 'model', name: options.name })
  await tryOutputFolder(folder)
  const files = await publishedFiles(path, options)
  for (const file of files) {
    const place = join(folder, ...file.path.split('/'))
    await makeFolder(join(place, '..'))
    await writeFileAtomically(place, file.bytes)
  }
  return files.map(({ path, bytes }) => ({ path, bytes: bytes.length }))
}
