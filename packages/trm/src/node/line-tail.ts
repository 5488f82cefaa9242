import type { FileHandle } from 'node:fs/promises'

/** New lines of a file that grows; null stands for one that is too long. */
export interface TailRead {
  /** Whole lines in their order, without line breaks; null stands for one that is too long to be read. */
  readonly lines: readonly (string | null)[]
  /** The file was cut, replaced or removed since the read before: it is read from its first line again. */
  readonly isReset: boolean
  /** Nothing but a beginning of a line is left to read at this moment. */
  readonly isAtEnd: boolean
}

/** Limits of a `LineTail`. */
export interface LineTailOptions {
  /** About this many bytes are read at a time. */
  readonly pieceBytes?: number
  /** Longer lines are skipped. */
  readonly maxLineBytes?: number
}

/** So many bytes before the place reached are compared, to notice a file that was written anew in its place. */
const compared = 64
const lineBreak = 0x0a

/**
 * Reads a file that others append to, line by line and piece by piece, at whatever length. A line is returned once its
 * line break is there. Nothing is kept open between reads.
 */
export class LineTail {
  readonly #open: () => Promise<FileHandle | null>
  readonly #pieceBytes: number
  readonly #maxLineBytes: number
  #file = ''
  /** Where the next line begins, or where the rest of a line that is too long goes on. */
  #offset = 0
  #before: Buffer = Buffer.alloc(0)
  #isInsideLongLine = false
  #lineCount = 0

  /** @param open opens the file for one read; null where there is none (yet) */
  constructor(open: () => Promise<FileHandle | null>, options: LineTailOptions = {}) {
    this.#open = open
    this.#pieceBytes = options.pieceBytes ?? 2 ** 18
    this.#maxLineBytes = options.maxLineBytes ?? 2 ** 20
  }

  /** Lines given so far, counted from the beginning of the file. */
  get lineCount(): number {
    return this.#lineCount
  }

  /** Another text for another file, also of the same name; empty before the first read. */
  get file(): string {
    return this.#file
  }

  rewind(): void {
    this.#offset = 0
    this.#before = Buffer.alloc(0)
    this.#isInsideLongLine = false
    this.#lineCount = 0
  }

  async read(): Promise<TailRead> {
    const handle = await this.#open()
    if (handle === null) return this.#reset('')
    try {
      const { dev, ino, size } = await handle.stat()
      const file = `${dev}-${ino}`
      if ((this.#file !== '' && file !== this.#file) || size < this.#offset) return this.#reset(file)
      this.#file = file
      for (let pieceBytes = this.#pieceBytes; ; pieceBytes *= 4) {
        const bytes = await readAt(handle, this.#offset - this.#before.length, pieceBytes + compared)
        if (!bytes.subarray(0, this.#before.length).equals(this.#before)) return this.#reset(file)
        const fresh = bytes.subarray(this.#before.length)
        const isAtEnd = bytes.length < pieceBytes + compared
        const end = fresh.lastIndexOf(lineBreak)
        if (end >= 0) return { lines: this.#take(fresh.subarray(0, end + 1)), isReset: false, isAtEnd }
        if (fresh.length > this.#maxLineBytes || this.#isInsideLongLine) {
          this.#isInsideLongLine = true
          this.#moveTo(fresh)
          return { lines: [], isReset: false, isAtEnd }
        }
        if (isAtEnd) return { lines: [], isReset: false, isAtEnd }
      }
    } finally {
      await handle.close()
    }
  }

  #reset(file: string): TailRead {
    const isReset = this.#offset > 0
    this.#file = file
    this.rewind()
    // Whoever asks again reads the new file.
    return { lines: [], isReset, isAtEnd: file === '' }
  }

  /** @param bytes of whole lines, but for the first one where its beginning was passed over */
  #take(bytes: Buffer): (string | null)[] {
    const lines: (string | null)[] = bytes.toString('utf8', 0, bytes.length - 1).split('\n')
    if (this.#isInsideLongLine) lines[0] = null
    this.#isInsideLongLine = false
    this.#moveTo(bytes)
    this.#lineCount += lines.length
    return lines
  }

  #moveTo(bytes: Buffer): void {
    this.#offset += bytes.length
    this.#before = Buffer.from(Buffer.concat([this.#before, bytes.subarray(-compared)]).subarray(-compared))
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
