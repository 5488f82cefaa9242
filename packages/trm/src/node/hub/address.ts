/** Names of the hub: repositories, files in them, what the user writes for both. */
import { InputError } from '@tiny-recursive-models/tensor'
import { describeValue } from '../../recipes/messages.ts'

/** A repository of a hub. */
export interface HubRepository {
  readonly type: 'model' | 'dataset'
  /** OWNER/NAME */
  readonly name: string
}

/** A repository of a hub, or a file in it. */
export interface HubAddress extends HubRepository {
  /** A file or a folder inside; left out: all files. */
  readonly file?: string
}

/** How an address is written: `hf:OWNER/NAME`, or `hf:datasets/OWNER/NAME` as in the hub's own addresses. */
export function formatRepository({ type, name }: HubRepository): string {
  return `hf:${type === 'dataset' ? 'datasets/' : ''}${name}`
}

/** The repository's page, for people. */
export function repositoryPage(endpoint: string, { type, name }: HubRepository): string {
  return `${endpoint}/${type === 'dataset' ? 'datasets/' : ''}${name}`
}

const prefix = /^(?:hf|hub):/

/** Whether a text is meant as an address on the hub. */
export const isHubAddress = (text: string): boolean => prefix.test(text)

/**
 * Reads `hf:OWNER/NAME`, `hf:OWNER/NAME/FILE` and `hf:datasets/OWNER/NAME/FILE`; `hub:` may stand for `hf:`.
 *
 * @param asDataset the repository holds a data set, also where its address does not say so
 * @throws InputError if the text is not such an address
 */
export function parseHubAddress(text: string, asDataset = false): HubAddress {
  const words = isHubAddress(text) ? text.replace(prefix, '').split('/') : []
  const isDataset = words[0] === 'datasets'
  const [owner, name, ...file] = isDataset ? words.slice(1) : words
  const repository = { type: isDataset || asDataset ? 'dataset' : 'model', name: `${owner}/${name}` } as const
  if (owner === undefined || name === undefined || !isRepositoryName(repository.name)) {
    throw new InputError({
      who: 'address on the hub',
      expected: 'hf:OWNER/NAME or hf:OWNER/NAME/FILE',
      got: describeValue(text),
      hint: 'A data set is hf:datasets/OWNER/NAME.',
    })
  }
  const path = file.join('/').replace(/\/+$/, '')
  return path === '' ? repository : { ...repository, file: checkedFileName(path, repository) }
}

export function checkRepository(repository: HubRepository): void {
  if (isRepositoryName(repository.name)) return
  throw new InputError({
    who: 'repository on the hub',
    expected: 'OWNER/NAME of letters, digits, ".", "_" and "-"',
    got: describeValue(repository.name),
    hint: 'Copy the name from the page of the repository.',
  })
}

/** The hub's own rule (`validate_repo_id` of the Python client): no `..`, no `--`, at most 96 characters. */
function isRepositoryName(name: string): boolean {
  const words = name.split('/')
  const isWord = (word: string): boolean => /^\w(?:[\w.-]*\w)?$/.test(word)
  return words.length === 2 && words.every(isWord) && name.length <= 96 && !/\.\.|--/.test(name)
}

/**
 * The name of a file inside a repository, if it can be made a path below a folder on every system; an InputError if
 * not. What a repository calls its files is up to whoever owns it: no `..`, no absolute path, no drive, no other
 * separator, nothing that a terminal or a file system would not show.
 */
export function checkedFileName(name: string, repository: HubRepository): string {
  const words = name.split('/')
  const isSafe =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    !/[\u0000-\u001f\u007f-\u009f\\<>:"|?*]/.test(name) &&
    words.every((word) => word !== '' && word !== '.' && word !== '..' && !/[ .]$/.test(word)) &&
    words.every((word) => word.toLowerCase() !== '.git') &&
    name.length <= 1024
  if (isSafe) return name
  throw new InputError({
    who: `${formatRepository(repository)}, the name of a file`,
    expected: 'a relative path that stays inside a folder on every system',
    got: describeValue(name),
    hint: 'Name the files that you need one by one, or ask the owner of the repository to rename it.',
  })
}
