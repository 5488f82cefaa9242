/** Files as their readers want them: unpacked, and text decoded. A file of another kind is named for what it is. */
import { InputError } from '@tiny-recursive-models/tensor'
import { onlyEntry } from './files/archive.ts'
import { type Chunks, gunzipped, piecesOf, withHead } from './files/chunks.ts'
import { fileNature, foreignFile } from './files/file-nature.ts'
import { encodingOf } from './files/text-encoding.ts'

/** What a reader reads, and the names that such a file may have in an archive that holds others too. */
const contents = {
  puzzles: {
    expected: 'a text file of puzzles',
    wanted: /\.(?:csv|tsv|tab|txt|text|sdk|sdm|ss|sud|sudoku|dat|jsonl?|ndjson)(?:\.gz)?$/i,
  },
  json: { expected: 'a JSON file', wanted: /\.json(?:\.gz)?$/i },
  numbers: { expected: 'a .npy file', wanted: /\.npy(?:\.gz)?$/i },
} as const

export interface BytesOptions {
  /** The file's name, for error messages. */
  readonly name: string
  /** What the reader reads; puzzles by default. */
  readonly content?: keyof typeof contents
  /** The most bytes that may come out of decompression; 1 GiB by default. */
  readonly maxBytes?: number
}

/** `.csv.gz` in an archive is common, more than that is not. */
const maxLayers = 2

/**
 * The bytes in pieces, the first of at least `natureBytes` where there are so many: unpacked where they are gzip, or a
 * zip archive of one file. A few bytes can unpack to any size, hence the bound.
 */
async function* decompressedChunks(bytes: Uint8Array, options: BytesOptions): Chunks {
  const { name, content = 'puzzles', maxBytes = 2 ** 30 } = options
  const { expected, wanted } = contents[content]
  let chunks: Chunks
  if (fileNature(bytes) === 'zip') {
    const entry = onlyEntry(bytes, { who: name, expected, wanted })
    chunks = entry.asGzip
      ? gunzipped(piecesOf(entry.asGzip()), name, `${entry.name} in an intact zip archive`)
      : piecesOf([entry.read()])
  } else chunks = piecesOf([bytes])
  for (let layer = 0; ; layer++) {
    const { head, rest } = await withHead(chunks)
    const nature = fileNature(head)
    if (nature === 'gzip' && layer < maxLayers) chunks = gunzipped(rest, name, 'a complete gzip file')
    else if (nature === null || (nature === 'numpy' && content === 'numbers')) {
      yield* bounded(rest, name, maxBytes)
      return
    } else {
      await chunks.return()
      throw foreignFile(nature, head, { who: name, expected, holds: 'data' })
    }
  }
}

async function* bounded(chunks: Chunks, name: string, maxBytes: number): Chunks {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.length
    if (total > maxBytes) throw tooLarge(name, maxBytes)
    yield chunk
  }
}

/** All bytes at once, unpacked. */
export async function decompressed(bytes: Uint8Array, options: BytesOptions): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of decompressedChunks(bytes, options)) {
    chunks.push(chunk)
    total += chunk.length
  }
  if (chunks.length === 1) return chunks[0]!
  const whole = new Uint8Array(total)
  let start = 0
  for (const chunk of chunks) {
    whole.set(chunk, start)
    start += chunk.length
  }
  return whole
}

/**
 * A whole text, unpacked, in UTF-8 or UTF-16.
 *
 * @throws InputError for bytes that are no text
 */
export async function decompressedText(bytes: Uint8Array, options: BytesOptions): Promise<string> {
  const { name, content = 'puzzles' } = options
  const whole = await decompressed(bytes, options)
  const encoding = encodingOf(whole, name)
  try {
    return new TextDecoder(encoding, { fatal: content !== 'puzzles' }).decode(whole)
  } catch (cause) {
    throw new InputError(
      {
        who: name,
        expected: 'text in UTF-8 or UTF-16',
        got: `bytes that are not ${encoding.toUpperCase()}`,
        hint: 'Save the file as text in UTF-8.',
      },
      { cause },
    )
  }
}

/** Far beyond any line of puzzles; what has no line ends in so many characters is no text. */
const maxLineLength = 1_000_000

/** The lines of a text in groups, one group a piece, so that a large file is never one string. */
export async function* decompressedLines(
  bytes: Uint8Array,
  options: BytesOptions,
): AsyncGenerator<string[], void, undefined> {
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let rest = ''
  let line = 1
  for await (const chunk of decompressedChunks(bytes, options)) {
    decoder ??= new TextDecoder(encodingOf(chunk, options.name))
    const text = rest + decoder.decode(chunk, { stream: true })
    const lines = splitLines(text)
    rest = lines.pop()!
    line += lines.length
    if (rest.length > maxLineLength) throw tooLong(options.name, line)
    if (lines.length > 0) yield lines
  }
  rest += decoder?.decode() ?? ''
  if (rest !== '') yield [rest.endsWith('\r') ? rest.slice(0, -1) : rest]
}

/** Line ends of Unix, Windows and old Macs; a CR at the end waits for the LF that may follow. */
function splitLines(text: string): string[] {
  return text.includes('\r') ? text.split(/\r\n|\n|\r(?!$)/) : text.split('\n')
}

function tooLong(name: string, line: number): InputError {
  return new InputError({
    who: `${name}, line ${line}`,
    expected: `lines of at most ${maxLineLength} characters`,
    got: 'a longer one',
    hint: 'This is not text with one puzzle per line: check that it is the right file.',
  })
}

function tooLarge(name: string, maxBytes: number): InputError {
  return new InputError({
    who: name,
    expected: `at most ${maxBytes} bytes`,
    got: 'more',
    hint: 'Raise the limit if the file is meant to be that large.',
  })
}
