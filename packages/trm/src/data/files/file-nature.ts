/**
 * What the bytes of a file are where they are not what a reader reads: archives, tables in other formats, pointers to
 * files, pages that were saved in place of a download. By the bytes alone: names lie, and pipes have none.
 */

import { InputError } from '@tiny-recursive-models/tensor'

export interface NatureFacts {
  /** In words, with its article. */
  readonly what: string
  /** How to get what a reader of data can read. */
  readonly next: string
  /** The same for a reader of checkpoints, where it differs. */
  readonly nextForModels?: string
  /** The file begins with one of these, one character a byte. */
  readonly begins?: readonly string[]
  /** Further signs in the first bytes. */
  readonly matches?: (head: Uint8Array) => boolean
}

/** What is looked at: the mark of a tar archive is the farthest. */
export const natureBytes = 512

const unpack = (command: string): string => `Unpack it first, for example with \`${command}\`.`
const convert = (reader: string): string =>
  `Convert it to CSV first, in Python with pandas.${reader}("FILE").to_csv("FILE.csv", index=False).`
export const noModel = 'A table contains no weights: use the checkpoint itself.'
const typePuzzle = 'Pictures are not read: type the puzzle as text.'
const save = 'Save the data as a text file first, such as CSV.'

/** In the order in which they are tried: those with the longest signs first where one begins like another. */
const natures = {
  'git-lfs': {
    what: 'a Git LFS pointer',
    next: 'Fetch the actual file: `git lfs pull` in the clone, or download it from the repository’s page.',
    begins: ['version https://git-lfs.github.com/spec/', 'version https://hawser.github.com/spec/'],
  },
  'git-annex': {
    what: 'a git-annex pointer',
    next: 'Fetch the actual file: `git annex get FILE` in the clone.',
    begins: ['/annex/objects/'],
  },
  html: {
    what: 'a web page (HTML)',
    next: 'The download saved a page, often one to sign in, in place of the file: open the address in a browser and download the raw file.',
    matches: (head) =>
      /^(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype html|html|head|body)\b/i.test(text(head)),
  },
  xml: {
    what: 'an XML file',
    next: 'Storage services answer in XML when they refuse a download: read what it says, and download the file again.',
    matches: (head) => /^<(?:\?xml\b|!doctype\b|error>)/i.test(text(head)),
  },
  'refused-download': {
    what: 'the error text of a download',
    next: 'Download the file again: check the address, and sign in if the file requires it.',
    matches: (head) =>
      head.length < natureBytes &&
      /^(?:404: not found|not found|entry not found|repository not found|invalid username or password\.?|access to (?:model|dataset) .* is restricted.*)$/i.test(
        text(head).trimEnd(),
      ),
  },
  gzip: { what: 'a gzip file', next: unpack('gunzip FILE'), begins: ['\x1f\x8b'] },
  zip: {
    what: 'a zip archive',
    next: unpack('unzip FILE'),
    begins: ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'],
  },
  '7z': { what: 'a 7z archive', next: unpack('7z x FILE'), begins: ['7z\xbc\xaf\x27\x1c'] },
  rar: { what: 'a RAR archive', next: unpack('unrar x FILE'), begins: ['Rar!\x1a\x07'] },
  xz: { what: 'an xz file', next: unpack('xz -d FILE'), begins: ['\xfd7zXZ\0'] },
  bzip2: {
    what: 'a bzip2 file',
    next: unpack('bunzip2 FILE'),
    // A level, then the mark of the first block, or of the end where there is none.
    matches: (head) => holds(head, 'BZh', 0) && (holds(head, '1AY&SY', 4) || holds(head, '\x17rE8P\x90', 4)),
  },
  zstd: { what: 'a Zstandard file', next: unpack('zstd -d FILE'), begins: ['\x28\xb5\x2f\xfd'] },
  lz4: { what: 'an LZ4 file', next: unpack('lz4 -d FILE'), begins: ['\x04\x22\x4d\x18'] },
  lzip: { what: 'an lzip file', next: unpack('lzip -d FILE'), begins: ['LZIP'] },
  compress: { what: 'a compress file (.Z)', next: unpack('uncompress FILE'), begins: ['\x1f\x9d'] },
  tar: {
    what: 'a tar archive',
    next: unpack('tar -xf FILE'),
    matches: (head) => holds(head, 'ustar', 257),
  },
  parquet: {
    what: 'a Parquet file',
    next: convert('read_parquet'),
    nextForModels: noModel,
    begins: ['PAR1', 'PARE'],
  },
  arrow: {
    what: 'an Arrow or Feather file',
    next: convert('read_feather'),
    nextForModels: noModel,
    begins: ['ARROW1', 'FEA1'],
  },
  orc: { what: 'an ORC file', next: convert('read_orc'), nextForModels: noModel, begins: ['ORC'] },
  avro: { what: 'an Avro file', next: save, nextForModels: noModel, begins: ['Obj\x01'] },
  office: {
    what: 'a document from an older Office program, such as an .xls workbook',
    next: 'Open it and save the sheet as CSV (UTF-8).',
    nextForModels: noModel,
    begins: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  },
  sqlite: {
    what: 'an SQLite database',
    next: 'Export the table first: `sqlite3 -header -csv FILE "SELECT * FROM TABLE" > FILE.csv`.',
    nextForModels: noModel,
    begins: ['SQLite format 3\0'],
  },
  hdf5: {
    what: 'an HDF5 file',
    next: 'Export the data as CSV first, in Python with h5py or pandas.',
    nextForModels: 'Save the weights with torch.save(model.state_dict(), "FILE.pt") or as safetensors.',
    begins: ['\x89HDF\r\n\x1a\n'],
  },
  matlab: { what: 'a MATLAB file', next: save, begins: ['MATLAB 5.0 MAT-file'] },
  pickle: {
    what: 'a Python pickle',
    next: 'Reading a pickle means executing it, which is never done here: save the data as CSV in Python first.',
    nextForModels:
      'Reading a pickle means executing it, which is never done here: save a plain state dict with torch.save(model.state_dict(), "FILE.pt").',
    matches: (head) => head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5,
  },
  numpy: {
    what: 'a NumPy array (.npy)',
    next: 'Arrays belong in a data folder; a table of puzzles is text, with one puzzle per line.',
    nextForModels: noModel,
    begins: ['\x93NUMPY'],
  },
  onnx: {
    what: 'an ONNX model',
    next: 'Use a file of puzzles, not a model.',
    nextForModels: 'An exported model cannot be read back: use the checkpoint it was made from.',
    matches: (head) => head[0] === 8 && head[1]! < 32 && [0x12, 0x1a, 0x3a, 0x42].includes(head[2]!),
  },
  pdf: { what: 'a PDF document', next: save, begins: ['%PDF-'] },
  rtf: { what: 'a rich text document (RTF)', next: save, begins: ['{\\rtf'] },
  image: {
    what: 'an image',
    next: typePuzzle,
    begins: ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a', 'II*\0', 'MM\0*'],
    matches: (head) =>
      (holds(head, 'RIFF', 0) && holds(head, 'WEBP', 8)) ||
      (holds(head, 'BM', 0) && holds(head, '\0\0\0\0', 6)) ||
      (holds(head, 'ftyp', 4) && /^(?:heic|heix|avif|mif1)/.test(latin1(head.subarray(8, 12)))),
  },
  'apple-double': {
    what: 'the extra file that macOS writes beside another (._NAME)',
    next: 'Use the file of that name without "._".',
    begins: ['\0\x05\x16\x07'],
  },
  zeros: {
    what: 'nothing but zero bytes, as an interrupted download leaves them',
    next: 'Download the file again.',
    matches: (head) => head.length >= 16 && head.every((byte) => byte === 0),
  },
  empty: {
    what: 'an empty file',
    next: 'Nothing was written to it: create or download it again.',
    matches: (head) => head.length === 0,
  },
} as const satisfies Readonly<Record<string, NatureFacts>>

export type Nature = keyof typeof natures

/** Null for text, and for bytes without a mark that is known. `bytes`: the whole file, or its first `natureBytes`. */
export function fileNature(bytes: Uint8Array): Nature | null {
  if (isSafetensors(bytes)) return null
  const head = bytes.subarray(0, natureBytes)
  for (const nature of Object.keys(natures) as Nature[]) {
    const { begins = [], matches }: NatureFacts = natures[nature]
    if (begins.some((mark) => holds(head, mark, 0)) || matches?.(head)) return nature
  }
  return null
}

/** A length below 4 GiB in eight bytes, and the brace of the header: its own reader checks the rest. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0)
}

export interface ForeignFileOptions {
  /** The file, for the message. */
  readonly who: string
  /** What the reader reads, with its article. */
  readonly expected: string
  /** What the reader's files hold, which decides on the next step. */
  readonly holds: 'data' | 'weights'
}

/** The error that names a file for what it is. `bytes`: the file, or its first `natureBytes`. */
export function foreignFile(nature: Nature, bytes: Uint8Array, options: ForeignFileOptions): InputError {
  const facts: NatureFacts = natures[nature]
  const size =
    nature === 'git-lfs' ? /^size (\d{1,15})$/m.exec(text(bytes.subarray(0, natureBytes)))?.[1] : null
  return foreignError(size ? { ...facts, what: `${facts.what} to a file of ${size} bytes` } : facts, options)
}

export function foreignError(
  { what, next, nextForModels = next }: Pick<NatureFacts, 'what' | 'next' | 'nextForModels'>,
  { who, expected, holds: content }: ForeignFileOptions,
): InputError {
  return new InputError({ who, expected, got: what, hint: content === 'weights' ? nextForModels : next })
}

/** Whether `mark`, one character a byte, stands at `offset`. */
function holds(bytes: Uint8Array, mark: string, offset: number): boolean {
  if (offset + mark.length > bytes.length) return false
  for (let index = 0; index < mark.length; index++)
    if (bytes[offset + index] !== mark.charCodeAt(index)) return false
  return true
}

/** One character a byte. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

/** ASCII text of the head, without the mark of UTF-8 and what is blank before the first letter. */
const text = (head: Uint8Array): string =>
  latin1(head)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
