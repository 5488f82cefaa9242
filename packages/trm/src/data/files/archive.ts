/** Which file of a zip archive a reader of one file means. */

import { InputError } from '@tiny-recursive-models/tensor'
import { plural } from '../../format/index.ts'
import {
  type ForeignFileOptions,
  fileNature,
  foreignError,
  foreignFile,
  type NatureFacts,
  noModel,
} from './file-nature.ts'
import { readZip, type ZipEntry } from './zip-read.ts'

export interface ArchiveOptions {
  /** The archive, for error messages. */
  readonly who: string
  /** What the reader reads, with its article. */
  readonly expected: string
  /** Names of files that the reader may read. */
  readonly wanted: RegExp
}

/** What an archive is as a whole, by an entry that only archives of this kind hold. */
const kinds: readonly ({ readonly sign: RegExp } & NatureFacts)[] = [
  {
    sign: /^xl\//,
    what: 'an Excel workbook (.xlsx)',
    next: 'Open it and save the sheet as CSV (UTF-8).',
    nextForModels: noModel,
  },
  {
    sign: /^META-INF\/manifest\.xml$/,
    what: 'an OpenDocument file, such as an .ods sheet',
    next: 'Open it and save the sheet as CSV (UTF-8).',
    nextForModels: noModel,
  },
  { sign: /^word\//, what: 'a Word document (.docx)', next: 'Save its text as a plain text file.' },
  { sign: /^Index\/Document\.iwa$/, what: 'an Apple iWork document', next: 'Open it and export it as CSV.' },
  {
    sign: /(?:^|\/)data\.pkl$/,
    what: 'a PyTorch checkpoint',
    next: 'It contains a model: use a file with data instead.',
    nextForModels: 'Import it first: that writes a model file.',
  },
  {
    sign: /^model\.weights\.h5$/,
    what: 'a Keras model',
    next: 'It contains a model: use a file with data instead.',
    nextForModels: 'Only checkpoints of PyTorch and safetensors files are read.',
  },
  {
    sign: /^[^/]+\.npy$/,
    what: 'NumPy arrays in one file (.npz)',
    next: 'Save each array with numpy.save, or the puzzles as CSV.',
    nextForModels: 'Save the weights with torch.save(model.state_dict(), "FILE.pt") or as safetensors.',
  },
]

function archiveKind(names: Iterable<string>): NatureFacts | undefined {
  const all = [...names]
  return kinds.find(({ sign }) => all.some((name) => sign.test(name)))
}

/**
 * Refuses a file that is known to be of another kind, and names it; other bytes are left to their reader.
 *
 * @param bytes the whole file
 */
export function refuseForeign(bytes: Uint8Array, options: ForeignFileOptions): void {
  const nature = fileNature(bytes)
  if (nature === null) return
  if (nature !== 'zip') throw foreignFile(nature, bytes, options)
  const entries = zipEntries(bytes, options.who)
  const kind = archiveKind(entries.keys())
  if (kind) throw foreignError(kind, options)
  const files = [...entries.values()].filter(({ name }) => !isAdded(name))
  throw severalFiles(files, options)
}

/** Bounded by who unpacks an entry, not here. */
const zipEntries = (bytes: Uint8Array, who: string): Map<string, ZipEntry> =>
  readZip(bytes, who, { maxUnpacked: Number.POSITIVE_INFINITY })

const isAbout = /^(?:readme|licen[cs]e|copying|authors|changelog|citation)\b/i

/**
 * The only file of the archive, or else the only one with a name that the reader reads, those about the others
 * (README, LICENSE) left aside. What packing programs add, such as `__MACOSX/`, does not count.
 *
 * @throws InputError that names the files where there are several or none
 */
export function onlyEntry(bytes: Uint8Array, { who, expected, wanted }: ArchiveOptions): ZipEntry {
  const entries = zipEntries(bytes, who)
  const files = [...entries.values()].filter(({ name }) => !isAdded(name))
  const [first] = files
  if (first && files.length === 1 && wanted.test(first.name)) return first
  const kind = archiveKind(entries.keys())
  if (kind) throw foreignError(kind, { who, expected, holds: 'data' })
  if (first && files.length === 1) return first
  const named = files.filter(({ name }) => wanted.test(name) && !isAbout.test(baseName(name)))
  if (named.length === 1) return named[0]!
  throw severalFiles(named.length > 1 ? named : files, { who, expected: `${expected}, alone in its archive` })
}

function severalFiles(
  files: readonly ZipEntry[],
  { who, expected }: Pick<ForeignFileOptions, 'who' | 'expected'>,
): InputError {
  const hint =
    files.length === 0 ? 'Download the archive again.' : 'Unpack the archive and use the right file from it.'
  return new InputError({ who, expected, got: `a zip archive of ${described(files)}`, hint })
}

const baseName = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Folders, and what the packing program added. */
export function isAdded(name: string): boolean {
  return /(?:^|\/)(?:__MACOSX\/|\.|desktop\.ini$|Thumbs\.db$)|\/$/.test(name)
}

/** `3 files (a.csv, b.csv, …)` */
function described(files: readonly ZipEntry[]): string {
  if (files.length === 0) return 'no files'
  // As JSON: a name may hold anything.
  const shown = files.slice(0, 5).map(({ name }) => JSON.stringify(name.slice(0, 60)).slice(1, -1))
  return `${plural(files.length, 'file')} (${shown.join(', ')}${files.length > 5 ? ', …' : ''})`
}
