/** A model on the hub as a file on this machine: downloaded once, and again when the hub has another one. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { formatRepository, parseHubAddress } from './hub/address.ts'
import { NoConnection } from './hub/no-connection.ts'
import { downloadFromHub, type HubDownloadEvent, listHubFiles } from './hub.ts'
import { maxCheckpointBytes } from './run-folder.ts'

/** What a published model is called in its repository. */
export const modelFileName = 'model.safetensors'

/** `$XDG_CACHE_HOME/tiny-recursive-models/hub`, or else in `~/.cache`. It may be deleted at any time. */
export const hubCacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tiny-recursive-models', 'hub')

/**
 * The file of the model at `hf:OWNER/NAME` or `hf:OWNER/NAME/FILE`. Without a connection the one that was downloaded
 * before is taken.
 *
 * @throws InputError if it is not there and cannot be downloaded, or there is no model file in the repository
 */
export async function cachedModelFile(
  address: string,
  onEvent: (event: HubDownloadEvent) => void = () => undefined,
): Promise<string> {
  const { name, type, file = modelFileName } = parseHubAddress(address)
  const repository = formatRepository({ name, type })
  if (type !== 'model') {
    throw new InputError({
      who: repository,
      expected: 'a repository of a model',
      got: 'one of a data set',
      hint: 'A model is hf:OWNER/NAME.',
    })
  }
  const folder = join(hubCacheFolder(), ...name.split('/'))
  const path = join(folder, ...file.split('/'))
  try {
    const asked = { repo: name, type } as const
    const { commit, files } = await listHubFiles(asked)
    const found = files.find((entry) => entry.path === file)
    if (found === undefined) throw noModel(repository, file, files)
    if (found.bytes > maxCheckpointBytes) {
      throw new InputError({
        who: `${repository}/${file}`,
        expected: `at most ${maxCheckpointBytes} bytes`,
        got: `${found.bytes}`,
        hint: 'No model of this kind is as large: check the address.',
      })
    }
    const call = { ...asked, revision: commit, files: [file], folder, replace: true }
    for await (const event of downloadFromHub(call)) onEvent(event)
  } catch (error) {
    if (!(error instanceof NoConnection) || !existsSync(path)) throw error
  }
  return path
}

function noModel(repository: string, file: string, files: readonly { readonly path: string }[]): InputError {
  const others = files.map(({ path }) => path).filter((path) => path.endsWith('.safetensors'))
  return new InputError({
    who: repository,
    expected: `a model file ${file}`,
    got: 'a repository without it',
    hint:
      others.length > 0
        ? `Name one of its files: ${others
            .slice(0, 8)
            .map((path) => `${repository}/${path}`)
            .join(', ')}.`
        : 'Checkpoints of other programs are downloaded first and then imported.',
  })
}
