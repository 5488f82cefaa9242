/** Files with one puzzle a row, whatever the puzzles are: their family says how one is written. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressedLines } from '../../data/bytes.ts'
import type { GridFamily, PuzzleKind } from '../family.ts'
import { type Columns, headerColumns, plainColumns, publishedColumns, splitFields } from './columns.ts'

/** What a row says about its puzzle. */
export interface RowFacts {
  /** Counted from 1. */
  readonly line: number
  /** Which row it is, counted from 0 without the header. */
  readonly index: number
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

/** One row of a file. */
export interface PuzzleRow extends RowFacts, Pair {
  readonly kind: PuzzleKind
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
export interface RowPiece {
  readonly rows: readonly PuzzleRow[]
  readonly problems: readonly LineProblem[]
}

/**
 * Reads a file of puzzles piece by piece, plain or packed: CSV with a header (`source,question,answer,rating`, columns
 * by name and in any order), or one puzzle a line, alone or followed by a comma and the answer. Empty lines are passed
 * over. All rows have the kind of the first. Rows are checked without a search: that a Sudoku has exactly one solution
 * is found out by `checkPuzzleFile`.
 *
 * @param isTaken whether the row of a number, from 0, is wanted; others are not parsed
 */
export async function* puzzleRows(
  bytes: Uint8Array,
  { name, limits = {} }: ReadRowsOptions,
  family: GridFamily,
  isTaken?: (index: number) => boolean,
): AsyncGenerator<RowPiece, void, undefined> {
  const { rows: maximumRows = 5_000_000 } = limits
  const read = pairReader(family)
  let index = -1
  for await (const { columns, lines } of rowLines(bytes, { name, limits }, family)) {
    const rows: PuzzleRow[] = []
    const problems: LineProblem[] = []
    for (const { line, text } of lines) {
      index += 1
      if (index >= maximumRows) throw tooManyRows(name, maximumRows)
      if (isTaken && !isTaken(index)) continue
      const row = readRow(splitFields(text, true), columns, line, index, read)
      if (typeof row === 'string') problems.push({ line, reason: row })
      else rows.push(row)
    }
    yield { rows, problems }
  }
}

/** How many rows a file has, right or wrong. */
export async function countRows(
  bytes: Uint8Array,
  options: ReadRowsOptions,
  family: GridFamily,
): Promise<number> {
  let count = 0
  for await (const { lines } of rowLines(bytes, options, family)) count += lines.length
  return count
}

/** The lines that hold a row, and the columns of all of them. */
async function* rowLines(
  bytes: Uint8Array,
  { name, limits = {} }: ReadRowsOptions,
  family: GridFamily,
): AsyncGenerator<{ columns: Columns; lines: { line: number; text: string }[] }, void, undefined> {
  let columns: Columns | undefined
  let line = 0
  for await (const texts of decompressedLines(bytes, { name, maximumBytes: limits.bytes ?? 2 ** 30 })) {
    const lines: { line: number; text: string }[] = []
    for (const text of texts) {
      line += 1
      if (isPassedOver(text, family)) continue
      if (columns === undefined) {
        const fields = splitFields(text, true)
        columns = fields && headerColumns(fields)
        if (columns !== undefined) continue
        // A header that no comma divides, or no text.
        const isText = fields !== undefined && !/question|\0/i.test(text)
        columns = isText ? (plainColumns(fields) ?? publishedColumns(fields)) : undefined
        if (columns === undefined) throw unknownFormat(name, line, text, family.writing.wantedFirst)
      }
      lines.push({ line, text })
    }
    if (columns !== undefined) yield { columns, lines }
  }
}

/** Whether a line holds no puzzle. */
export const isPassedOver = (line: string, { writing }: GridFamily): boolean =>
  line.trim() === '' || writing.isComment(line)

/**
 * All rows of a file.
 *
 * @param options onProblem: `throw` at the first bad row (the default), or `collect` all with their line numbers
 */
export async function readPuzzleRows(
  bytes: Uint8Array,
  options: ReadRowsOptions & { readonly onProblem?: 'throw' | 'collect' },
  family: GridFamily,
): Promise<{ rows: PuzzleRow[]; problems: LineProblem[] }> {
  const { name, onProblem = 'throw' } = options
  const rows: PuzzleRow[] = []
  const problems: LineProblem[] = []
  for await (const piece of puzzleRows(bytes, options, family)) {
    for (const row of piece.rows) rows.push(row)
    for (const problem of piece.problems) {
      if (onProblem === 'throw') throw badLine(name, problem, family.writing.wanted)
      problems.push(problem)
    }
  }
  return { rows, problems }
}

type PairReader = (question: string, answer: string) => (Pair & { readonly kind: PuzzleKind }) | string

/**
 * A reader of question and answer (empty where there is none) for the rows of one file: it gives the puzzle, or what
 * is wrong with it, and holds all rows to the kind of the first good one.
 */
function pairReader(family: GridFamily): PairReader {
  let first: PuzzleKind | undefined
  return (questionText, answerText) => {
    const question = parsed('question', () => family.writing.read(questionText, first))
    if (typeof question === 'string') return question
    const { kind } = question
    const board = family.board(kind)
    const mistake = board.mistakes(question.tokens).find(({ isWarning }) => !isWarning)
    if (mistake) return `question: ${mistake.message}`
    if (answerText.trim() === '') {
      first ??= kind
      return { kind, question: question.tokens }
    }
    const answer = parsed('answer', () => family.writing.read(answerText, kind))
    if (typeof answer === 'string') return answer
    const wrong = board.rule?.problems(question.tokens, answer.tokens)[0]
    if (wrong) return `answer: ${wrong.message}`
    first ??= kind
    return { kind, question: question.tokens, answer: answer.tokens }
  }
}

/** The value, or why it cannot be read. */
function parsed<Value>(column: string, parse: () => Value): Value | string {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return `${column}: ${error.message}`
  }
}

/** The row, or what is wrong with it. */
function readRow(
  fields: readonly string[] | undefined,
  columns: Columns,
  line: number,
  index: number,
  read: PairReader,
): PuzzleRow | string {
  if (fields === undefined) return 'a quote is not closed'
  if (fields.length !== columns.count) return `${columns.count} columns are needed, ${fields.length} are here`
  const field = (column: number | undefined) => (column === undefined ? '' : fields[column]!)
  const puzzle = read(field(columns.question), field(columns.answer))
  if (typeof puzzle === 'string') return puzzle
  const ratingText = field(columns.rating).trim()
  const rating = Number(ratingText)
  if (!Number.isFinite(rating))
    return `rating: a number is needed, ${JSON.stringify(ratingText.slice(0, 40))} is here`
  return {
    ...puzzle,
    line,
    index,
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
