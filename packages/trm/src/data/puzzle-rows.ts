/** Files with one puzzle a row, whatever the puzzles are: a format says how its lines are read. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressedLines } from './bytes.ts'
import { type Columns, headerColumns } from './columns.ts'

/** What a row says about its puzzle. */
export interface RowFacts {
  /** Counted from 1. */
  readonly line: number
  /** Empty where the file does not say. */
  readonly source: string
  /** How hard it is, by the measure of the file. */
  readonly rating?: number
}

/** A question and, where the file gives it, its answer: [S] tokens each. */
export interface Pair {
  readonly question: Int32Array
  readonly answer?: Int32Array
}

/** How the rows of one file are read; it may remember the size of the first row and hold the others to it. */
export interface RowFormat<Puzzle extends Pair> {
  /** What every line should hold, for messages: `a well-formed Sudoku with one solution`. */
  readonly wanted: string
  /** What a first line without a header should hold, for messages. */
  readonly wantedFirst: string
  /** The line without what does not belong to it; empty for a line to pass over. */
  readonly clean: (line: string) => string
  readonly split: (line: string) => string[] | undefined
  /** The columns of a file without a header; undefined where the line cannot be a puzzle. */
  readonly plainColumns: (fields: readonly string[]) => Columns | undefined
  /** The puzzle, or what is wrong with it. */
  readonly read: (question: string, answer: string) => Puzzle | string
}

export interface LineProblem {
  /** Counted from 1. */
  readonly line: number
  readonly reason: string
}

export interface ReadRowsOptions {
  /** The file's name, for error messages. */
  readonly name: string
  readonly limits?: {
    /** Bytes after decompression; 1 GiB by default. */
    readonly bytes?: number
    /** Rows; 5 million by default, more than the published files hold. */
    readonly rows?: number
  }
}

/** The good rows and the bad ones of a piece of a file. */
export interface RowPiece<Row> {
  readonly rows: readonly Row[]
  readonly problems: readonly LineProblem[]
}

/** Reads a file piece by piece, plain or gzip. */
export async function* puzzleRows<Puzzle extends Pair>(
  bytes: Uint8Array,
  { name, limits = {} }: ReadRowsOptions,
  format: RowFormat<Puzzle>,
): AsyncGenerator<RowPiece<Puzzle & RowFacts>, void, undefined> {
  const { bytes: maximumBytes = 2 ** 30, rows: maximumRows = 5_000_000 } = limits
  let columns: Columns | undefined
  let line = 0
  let count = 0
  for await (const lines of decompressedLines(bytes, { name, maximumBytes })) {
    const rows: (Puzzle & RowFacts)[] = []
    const problems: LineProblem[] = []
    for (const untrimmed of lines) {
      line += 1
      const text = format.clean(line === 1 ? untrimmed.replace(/^\ufeff/, '') : untrimmed)
      if (text === '') continue
      const fields = format.split(text)
      if (columns === undefined) {
        columns = fields && headerColumns(fields)
        if (columns !== undefined) continue
        // A header that no comma divides, or no text.
        columns = fields && !/question|\0/i.test(text) ? format.plainColumns(fields) : undefined
        if (columns === undefined) throw unknownFormat(name, line, text, format.wantedFirst)
      }
      count += 1
      if (count > maximumRows) throw tooManyRows(name, maximumRows)
      const row = readRow(fields, columns, line, format)
      if (typeof row === 'string') problems.push({ line, reason: row })
      else rows.push(row)
    }
    yield { rows, problems }
  }
}

/**
 * All rows of a file.
 *
 * @param options onProblem: `throw` at the first bad row (the default), or `collect` all with their line numbers
 */
export async function readRows<Puzzle extends Pair>(
  bytes: Uint8Array,
  options: ReadRowsOptions & { readonly onProblem?: 'throw' | 'collect' },
  format: RowFormat<Puzzle>,
): Promise<{ rows: (Puzzle & RowFacts)[]; problems: LineProblem[] }> {
  const { name, onProblem = 'throw' } = options
  const rows: (Puzzle & RowFacts)[] = []
  const problems: LineProblem[] = []
  for await (const piece of puzzleRows(bytes, options, format)) {
    for (const row of piece.rows) rows.push(row)
    for (const problem of piece.problems) {
      if (onProblem === 'throw') throw badLine(name, problem, format.wanted)
      problems.push(problem)
    }
  }
  return { rows, problems }
}

/** The row, or what is wrong with it. */
function readRow<Puzzle extends Pair>(
  fields: readonly string[] | undefined,
  columns: Columns,
  line: number,
  format: RowFormat<Puzzle>,
): (Puzzle & RowFacts) | string {
  if (fields === undefined) return 'a quote is not closed'
  if (fields.length !== columns.count) return `${columns.count} columns are needed, ${fields.length} are here`
  const field = (column: number | undefined) => (column === undefined ? '' : fields[column]!)
  const puzzle = format.read(field(columns.question), field(columns.answer))
  if (typeof puzzle === 'string') return puzzle
  const ratingText = field(columns.rating).trim()
  const rating = Number(ratingText)
  if (!Number.isFinite(rating))
    return `rating: a number is needed, ${JSON.stringify(ratingText.slice(0, 40))} is here`
  return {
    ...puzzle,
    line,
    source: field(columns.source).trim(),
    ...(ratingText !== '' && { rating }),
  }
}

/** @param hint by default to correct the line */
export function badLine(
  name: string,
  { line, reason }: LineProblem,
  expected: string,
  hint = 'Correct or remove the line.',
): InputError {
  return new InputError({ who: `${name}, line ${line}`, expected, got: reason, hint })
}

function unknownFormat(name: string, line: number, text: string, wanted: string): InputError {
  const shown = JSON.stringify(text)
  return new InputError({
    who: `${name}, line ${line}`,
    expected: `a header with a column "question", or ${wanted}`,
    got: shown.length > 80 ? `${shown.slice(0, 77)}…"` : shown,
    hint: text.includes('\0')
      ? 'The file is not UTF-8 text: save it as CSV in UTF-8, or take another one.'
      : 'The published header is source,question,answer,rating.',
  })
}

function tooManyRows(name: string, maximumRows: number): InputError {
  return new InputError({
    who: name,
    expected: `at most ${maximumRows} rows`,
    got: 'more',
    hint: 'Raise limits.rows, or split the file.',
  })
}
