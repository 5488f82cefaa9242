/** The rows of a file, not yet read: bytes to lines, to the layout, to the places where a puzzle stands. */
import { InputError } from '@tiny-recursive-models/tensor'
import { type BytesOptions, decompressedLines } from '../../data/bytes.ts'
import { plural } from '../../format/index.ts'
import type { GridFamily } from '../family.ts'
import { splitFields } from './columns.ts'
import { isAnswered } from './contents.ts'
import { entryLines, longestDocument, parsed, type RawRow, ratingOf, rowsOfValue } from './json.ts'
import { type FoundLayout, headLines, type Layout, layoutOf, shown, textOf } from './layout.ts'
import { knownNames, sectionRole } from './names.ts'

/** Lines of drawn grids that are looked through together, and those at their end that may belong to an open one. */
const drawnLines = 2000
const openLines = 200

/** A row in its place. */
export interface Slot {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
  /** Where finding the row has read it too. */
  readonly row?: RawRow
}

export interface ReadLimits {
  /** The file's name, for error messages. */
  readonly name: string
  readonly limits?: {
    /** Bytes after decompression; 1 GiB by default. */
    readonly bytes?: number
    /** Rows; 5 million by default, more than the published files hold. */
    readonly rows?: number
  }
}

export interface SlotPiece extends FoundLayout {
  readonly slots: readonly Slot[]
}

/** What finds the layout of the first lines; undefined where it finds no puzzles. */
type FindLayout = (head: readonly string[], isAll: boolean) => FoundLayout | undefined

/**
 * The rows of a file piece by piece. Of one with a row a line no more than a piece is held; a JSON document is
 * held whole and may have `longestDocument` characters.
 *
 * @param families the only family, or all that the file may be of
 */
export async function* slotPieces(
  bytes: Uint8Array,
  { name, limits = {} }: ReadLimits,
  families: readonly GridFamily[],
): AsyncGenerator<SlotPiece, void, undefined> {
  const find: FindLayout = (head, isAll) => layoutOf(head, isAll, families, name)
  let head: string[] | undefined = []
  let splitter: SlotSplitter | undefined
  /** Empty lines before anything else. */
  let skipped = 0
  for await (const lines of linesOf(bytes, { name, maxBytes: limits.bytes ?? 2 ** 30 })) {
    if (splitter === undefined) {
      head = head!.length === 0 ? lines : head!.concat(lines)
      const first = head.findIndex((line) => line.trim() !== '')
      const empty = first < 0 ? head.length : first
      skipped += empty
      head = head.slice(empty)
      if (head.length < headLines) continue
      splitter = splitterOf(head, false, find, { name, families, skipped })
      yield { ...splitter.found, slots: splitter.push(head) }
      head = undefined
    } else yield { ...splitter.found, slots: splitter.push(lines) }
  }
  if (splitter === undefined) {
    if (head!.length === 0) return
    splitter = splitterOf(head!, true, find, { name, families, skipped })
    yield { ...splitter.found, slots: splitter.push(head!) }
  }
  yield { ...splitter.found, slots: splitter.end() }
}

/** The rows of a text; see `slotPieces`. */
export function slotsOfText(
  text: string,
  name: string,
  families: readonly GridFamily[],
): SlotPiece | undefined {
  const lines = text.split(/\r\n|\n|\r/)
  const found = layoutOf(lines, true, families, name)
  if (found === undefined) return undefined
  const splitter = new SlotSplitter(found, name)
  const slots = splitter.push(lines)
  return { ...found, slots: [...slots, ...splitter.end()] }
}

function splitterOf(
  head: readonly string[],
  isAll: boolean,
  find: FindLayout,
  { name, families, skipped }: { name: string; families: readonly GridFamily[]; skipped: number },
): SlotSplitter {
  const looked = head.slice(0, headLines)
  const found = find(looked, isAll && looked.length === head.length)
  if (found) return new SlotSplitter(found, name, skipped)
  const place = looked.findIndex(
    (line) => line.trim() !== '' && !families.every((f) => f.writing.isComment(line)),
  )
  const at = Math.max(0, place)
  throw unknownFormat(name, skipped + at + 1, looked[at] ?? '', families)
}

/** Takes the lines of a file and gives the rows in them, of one layout. */
class SlotSplitter {
  readonly found: FoundLayout
  readonly #name: string
  /** Lines so far. */
  #line: number
  /** Empty lines before those that are pushed. */
  readonly #skipped: number
  /** Lines that only together are puzzles. */
  #held: string[] = []
  #heldCharacters = 0
  /** Of drawn grids: what the last heading in brackets began, and whether there are such for questions. */
  #role: ReturnType<typeof sectionRole> = 'question'
  #hasSections = false

  constructor(found: FoundLayout, name: string, skipped = 0) {
    this.#line = skipped
    this.#skipped = skipped
    this.found = found
    this.#name = name
  }

  push(lines: readonly string[]): readonly Slot[] {
    const { layout } = this.found
    if (layout.kind === 'drawn') {
      for (const line of lines) this.#held.push(line)
      return this.#held.length < drawnLines ? [] : this.#drawn(false)
    }
    if (layout.kind === 'json' && !layout.isLines) {
      for (const line of lines) {
        this.#heldCharacters += line.length + 1
        this.#held.push(line)
      }
      if (this.#heldCharacters > longestDocument) throw tooLong(this.#name)
      return []
    }
    const slots: Slot[] = []
    for (const text of lines) {
      this.#line += 1
      this.#take(text, layout, slots)
    }
    return slots
  }

  #take(text: string, layout: Layout, slots: Slot[]): void {
    const line = this.#line
    const { writing } = this.found.family
    if (layout.kind === 'json') {
      if (text.trim() === '') return
      const value = parsed(text)
      const rows = value === undefined ? [] : rowsOfValue(value, line)
      if (rows.length === 0) slots.push({ line, text })
      for (const row of rows) slots.push({ line, text, row })
      return
    }
    if ('first' in layout && line - this.#skipped <= layout.first) return
    if (text.trim() === '' || writing.isComment(text)) return
    if (layout.kind === 'list' && layout.hasSeveral) {
      const found = writing.find(text)
      if (found.length > 1 && !found.some((puzzle) => isAnswered(puzzle, this.found.family))) {
        for (const puzzle of found) slots.push({ line, text: puzzle })
        return
      }
    }
    slots.push({ line, text })
  }

  end(): readonly Slot[] {
    const { layout } = this.found
    if (this.#held.length === 0) return []
    return layout.kind === 'drawn' ? this.#drawn(true) : this.#document()
  }

  /** The grids of the lines that are held; the last of them wait for those that come. */
  #drawn(isEnd: boolean): Slot[] {
    const { writing } = this.found.family
    const lines = this.#held
    const end = isEnd ? lines.length : lines.length - openLines
    const roles = lines.map(sectionRole)
    this.#hasSections ||= roles.includes('question')
    const slots: Slot[] = []
    let next = 0
    let taken = 0
    for (const grid of writing.grids(lines)) {
      if (grid.last >= end) break
      for (; next <= grid.first; next++) this.#role = roles[next] ?? this.#role
      taken = grid.last + 1
      const line = this.#line + grid.first + 1
      const text = textOf(lines, grid)
      const before = slots.at(-1)
      if (!this.#hasSections || this.#role === 'question') slots.push({ line, text })
      // A state of solving, or marks, are no puzzles of their own.
      else if (this.#role === 'answer' && before && !before.row) {
        const row = { line: before.line, question: before.text, answer: text, source: '', rating: '' }
        slots[slots.length - 1] = { ...before, row }
      }
    }
    // Far behind the last grid nothing is waited for.
    const gone = Math.max(taken, isEnd ? lines.length : lines.length - 2 * openLines)
    for (; next < gone; next++) this.#role = roles[next] ?? this.#role
    this.#held = lines.slice(gone)
    this.#line += gone
    return slots
  }

  #document(): Slot[] {
    const text = this.#held.join('\n')
    const value = parsed(text)
    if (value === undefined) {
      throw new InputError({
        who: this.#name,
        expected: 'JSON',
        got: 'text that begins like JSON but is not',
        hint: 'The file may be cut short or damaged: download it again.',
      })
    }
    const rows = rowsOfValue(value, 1)
    const lines = entryLines(text)
    const isList = Array.isArray(value) && lines.length === value.length && rows.length > 1
    const placed = isList
      ? (value as unknown[]).flatMap((entry, place) => rowsOfValue(entry, this.#skipped + lines[place]!, 1))
      : rows
    return placed.map((row) => ({ line: row.line, text: row.question, row }))
  }
}

/** What stands in the fields of a row; what is wrong where that cannot be told. */
export function rawRow({ line, text, row }: Slot, { layout, family }: FoundLayout): RawRow | string {
  if (row) return row
  const none = { line, answer: '', source: '', rating: '' }
  if (layout.kind === 'json') return 'expected JSON with a question'
  if (layout.kind === 'drawn') return { ...none, question: text }
  if (layout.kind === 'table') {
    const { columns, delimiter } = layout
    const fields = splitFields(text, true, delimiter)
    if (fields === undefined) return 'a quote is not closed'
    if (fields.length !== columns.count)
      return `expected ${plural(columns.count, 'column')}, got ${fields.length}`
    const field = (column: number | undefined) => (column === undefined ? '' : fields[column]!)
    const number = (column: number | undefined) => decimal(field(column).trim(), delimiter)
    return {
      line,
      question: field(columns.question),
      answer: field(columns.answer),
      source: field(columns.source).trim(),
      rating: ratingOf(number(columns.rating), number(columns.difficulty)),
    }
  }
  const found = family.writing.find(text)
  if (found.length < 2) return { ...none, question: found[0] ?? text }
  const answer = found.find((puzzle) => isAnswered(puzzle, family))
  const question = found.find((puzzle) => puzzle !== answer)
  if (found.length === 2 && answer && question) return { ...none, question, answer }
  return `expected one puzzle, got ${found.length}`
}

/** A comma is a decimal point where it divides no fields. */
const decimal = (text: string, delimiter: string): string =>
  delimiter !== ',' && /^-?\d+,\d+$/.test(text) ? text.replace(',', '.') : text

function unknownFormat(
  name: string,
  line: number,
  text: string,
  families: readonly GridFamily[],
): InputError {
  const wanted = families.map(({ writing }) => writing.wantedFirst).join(', or ')
  return new InputError({
    who: `${name}, line ${line}`,
    expected: `a header with a column "question", or ${wanted}`,
    got: shown(text),
    hint: text.includes('\0')
      ? 'The file is not UTF-8 text: save it as CSV in UTF-8, or use another one.'
      : `Known names are ${knownNames.question} for the question and ${knownNames.answer} for the answer.`,
  })
}

function tooLong(name: string): InputError {
  return new InputError({
    who: name,
    expected: `at most ${longestDocument} characters in one JSON document`,
    got: 'more',
    hint: 'Write one object per line (JSON lines).',
  })
}

/** The lines of a file; a JSON document in one line may be longer than any line of text. */
async function* linesOf(bytes: Uint8Array, options: BytesOptions): AsyncGenerator<string[], void, undefined> {
  const first = bytes.subarray(0, 64).find((byte) => byte > 0x20)
  const isJson = first === 0x5b || first === 0x7b
  if (isJson && bytes.length <= longestDocument && !bytes.subarray(0, 1_000_000).includes(0x0a))
    yield [new TextDecoder().decode(bytes)]
  else yield* decompressedLines(bytes, options)
}
