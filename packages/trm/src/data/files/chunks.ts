/** Bytes that come piece by piece, so that what is packed is never in memory as a whole. */
import { InputError } from '@tiny-recursive-models/tensor'
import { natureBytes } from './file-nature.ts'

export type Chunks = AsyncGenerator<Uint8Array, void, undefined>

/** Small enough that a caller's progress keeps moving, large enough to cost nothing. */
const pieceBytes = 2 ** 16

/** The parts one after the other, as views of at most 64 KiB; an empty one where there are no bytes. */
export async function* piecesOf(parts: readonly Uint8Array[]): Chunks {
  for (const part of parts)
    for (let start = 0; start === 0 || start < part.length; start += pieceBytes)
      yield part.subarray(start, start + pieceBytes)
}

/** The first bytes, and all of the pieces, of which the first has at least `natureBytes` where there are so many. */
export async function withHead(
  chunks: Chunks,
): Promise<{ readonly head: Uint8Array; readonly rest: Chunks }> {
  let head = new Uint8Array(0)
  while (head.length < natureBytes) {
    const { done, value } = await chunks.next()
    if (done) break
    head = head.length === 0 ? (value as Uint8Array<ArrayBuffer>) : joined(head, value)
  }
  return { head, rest: headFirst(head, chunks) }
}

async function* headFirst(head: Uint8Array, chunks: Chunks): Chunks {
  try {
    yield head
    yield* chunks
  } finally {
    await chunks.return()
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}

/** What gzip has packed. `expected`: the file, should it turn out to be damaged. */
export async function* gunzipped(chunks: Chunks, name: string, expected: string): Chunks {
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value as Uint8Array<ArrayBuffer>)
    },
    async cancel() {
      await chunks.return()
    },
  })
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw cause instanceof InputError ? cause : damaged(name, expected, cause)
      })
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function damaged(who: string, expected: string, cause: unknown): InputError {
  return new InputError(
    {
      who,
      expected,
      got: `"${cause instanceof Error ? cause.message : String(cause)}" while unpacking it`,
      hint: 'The file may be cut short or damaged: download or copy it again.',
    },
    { cause },
  )
}
