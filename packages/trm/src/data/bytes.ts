import { InputError } from '@tiny-recursive-models/tensor'

export interface BytesOptions {
  /** The file's name, for error messages. */
  readonly name: string
  /** The most bytes that may come out of decompression; 1 GiB by default. */
  readonly maximumBytes?: number
}

/** Whether the bytes are gzip, by the two bytes that every such file begins with (RFC 1952). */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** The bytes in pieces, decompressed where they are gzip. A few bytes can unpack to any size, hence the bound. */
async function* decompressedChunks(
  bytes: Uint8Array,
  { name, maximumBytes = 2 ** 30 }: BytesOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isGzip(bytes)) {
    if (bytes.length > maximumBytes) throw tooLarge(name, maximumBytes)
    yield bytes
    return
  }
  const compressed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  const reader = compressed.pipeThrough(new DecompressionStream('gzip')).getReader()
  let total = 0
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw damaged(name, cause)
      })
      if (done) return
      total += value.length
      if (total > maximumBytes) throw tooLarge(name, maximumBytes)
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** All bytes at once, decompressed where they are gzip. */
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

/** Far beyond any line of puzzles; what has no line ends in so many characters is no text. */
const maximumLineLength = 1_000_000

/** The lines of a UTF-8 text in groups, one group a piece, so that a large file is never one string. */
export async function* decompressedLines(
  bytes: Uint8Array,
  options: BytesOptions,
): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let line = 1
  for await (const chunk of decompressedChunks(bytes, options)) {
    // Pieces of 64 KiB keep a caller's progress moving where the file came whole.
    for (let start = 0; start < chunk.length; start += 2 ** 16) {
      const text = rest + decoder.decode(chunk.subarray(start, start + 2 ** 16), { stream: true })
      const lines = splitLines(text)
      rest = lines.pop()!
      line += lines.length
      if (rest.length > maximumLineLength) throw tooLong(options.name, line)
      if (lines.length > 0) yield lines
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield [rest.endsWith('\r') ? rest.slice(0, -1) : rest]
}

/** Line ends of Unix, Windows and old Macs; a CR at the end waits for the LF that may follow. */
function splitLines(text: string): string[] {
  return text.includes('\r') ? text.split(/\r\n|\n|\r(?!$)/) : text.split('\n')
}

function tooLong(name: string, line: number): InputError {
  return new InputError({
    who: `${name}, line ${line}`,
    expected: `lines of at most ${maximumLineLength} characters`,
    got: 'a longer one',
    hint: 'This is no text with one puzzle a line: check that it is the right file.',
  })
}

function tooLarge(name: string, maximumBytes: number): InputError {
  return new InputError({
    who: name,
    expected: `at most ${maximumBytes} bytes`,
    got: 'more',
    hint: 'Raise the limit if the file is meant to be that large.',
  })
}

function damaged(name: string, cause: unknown): InputError {
  return new InputError(
    {
      who: name,
      expected: 'a complete gzip file',
      got: `"${cause instanceof Error ? cause.message : String(cause)}" while unpacking it`,
      hint: 'The file may be cut short or damaged: fetch it again.',
    },
    { cause },
  )
}
