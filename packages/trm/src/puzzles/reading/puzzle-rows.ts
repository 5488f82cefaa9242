/** Files with one puzzle a row, whatever the puzzles are: their family says how one is written. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { GridFamily, PuzzleKind } from '../family.ts'
import { cachedBoard } from './boards.ts'
import type { LineProblem, RawRow } from './json.ts'
import type { FoundLayout } from './layout.ts'
import { rawRows } from './raw-rows.ts'
import { type ReadLimits, rawRow, type Slot, slotPieces } from './slots.ts'

export type { LineProblem } from './json.ts'

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

/** What is wrong with a line, counted from 1. */
export interface ReadRowsOptions extends ReadLimits {
  /** What puzzles are expected: of several that a text could be it is the one. */
  readonly like?: PuzzleKind
}

/** The good rows and the bad ones of a piece of a file. */
export interface RowPiece {
  readonly rows: readonly PuzzleRow[]
  readonly problems: readonly LineProblem[]
}

/**
 * Reads a file of puzzles piece by piece, plain or packed: a table with a header (`source,question,answer,rating`,
 * columns by name and in any order) or without, one puzzle a line, puzzles drawn over several lines, or JSON. Empty
 * lines and remarks are passed over. All rows have the kind of the first. Rows are checked without a search: that a
 * Sudoku has exactly one solution is found out by `checkPuzzleFile`.
 *
 * @param families the only family, or all that the file may be of
 * @param isTaken whether the row of a number, from 0, is wanted; others are not parsed
 */
export async function* puzzleRows(
  bytes: Uint8Array,
  options: ReadRowsOptions,
  families: GridFamily | readonly GridFamily[],
  isTaken?: (index: number) => boolean,
): AsyncGenerator<RowPiece & { readonly family: GridFamily }, void, undefined> {
  const { name, like, limits = {} } = options
  const { rows: maxRows = 5_000_000 } = limits
  const asked = [families].flat()
  if (like && asked.length === 1 && asked[0]!.writing.needsKind) {
    yield* rowsOfKind(bytes, options, asked[0]!, like, isTaken)
    return
  }
  let read: PairReader | undefined
  let index = -1
  for await (const piece of slotPieces(bytes, options, asked)) {
    const rows: PuzzleRow[] = []
    const problems: LineProblem[] = []
    for (const slot of piece.slots) {
      index += 1
      if (index >= maxRows) throw tooManyRows(name, maxRows)
      if (isTaken && !isTaken(index)) continue
      read ??= pairReader(piece, piece.slots.slice(0, rowsForKind), like)
      const row = readRow(rawRow(slot, piece), index, read)
      if (typeof row === 'string') problems.push({ line: slot.line, reason: row })
      else rows.push(row)
    }
    yield { rows, problems, family: piece.family }
  }
}

/** The rows of a table whose marks only their kind tells. */
async function* rowsOfKind(
  bytes: Uint8Array,
  options: ReadRowsOptions,
  family: GridFamily,
  like: PuzzleKind,
  isTaken: (index: number) => boolean = () => true,
): AsyncGenerator<RowPiece & { readonly family: GridFamily }, void, undefined> {
  let index = -1
  for await (const piece of rawRows(bytes, options)) {
    const rows: PuzzleRow[] = []
    const problems = [...piece.problems]
    for (const raw of piece.rows) {
      index += 1
      if (!isTaken(index)) continue
      const row = readRow(raw, index, (found) => readPair(found, family, like))
      if (typeof row === 'string') problems.push({ line: raw.line, reason: row })
      else rows.push(row)
    }
    yield { rows, problems, family }
  }
}

/** How many rows a file has, right or wrong. */
export async function countRows(
  bytes: Uint8Array,
  options: ReadRowsOptions,
  family: GridFamily,
): Promise<number> {
  let count = 0
  for await (const { slots } of slotPieces(bytes, options, [family])) count += slots.length
  return count
}

/**
 * All rows of a file.
 *
 * @param options onProblem: `throw` at the first bad row (the default), or `collect` all with their line numbers
 */
export async function readPuzzleRows(
  bytes: Uint8Array,
  options: ReadRowsOptions & { readonly onProblem?: 'throw' | 'collect' },
  families: GridFamily | readonly GridFamily[],
): Promise<{ rows: PuzzleRow[]; problems: LineProblem[] }> {
  const { name, onProblem = 'throw' } = options
  const rows: PuzzleRow[] = []
  const problems: LineProblem[] = []
  for await (const piece of puzzleRows(bytes, options, families)) {
    for (const row of piece.rows) rows.push(row)
    for (const problem of piece.problems) {
      if (onProblem === 'throw') throw badLine(name, problem, piece.family.writing.wanted)
      problems.push(problem)
    }
  }
  return { rows, problems }
}

/** Rows that tell which of several kinds a file has. */
const rowsForKind = 20

type PairReader = (row: RawRow) => (Pair & { readonly kind: PuzzleKind }) | string

/**
 * A reader of question and answer for the rows of one file: it gives the puzzle, or what is wrong with it, and holds
 * all rows to the kind of the first good one.
 */
function pairReader(found: FoundLayout, slots: readonly Slot[], like: PuzzleKind | undefined): PairReader {
  const { family } = found
  let first: PuzzleKind | undefined
  return (row) => {
    first ??= settledKind(row, found, slots, like)
    const pair = readPair(row, family, first)
    if (typeof pair !== 'string') first ??= pair.kind
    return pair
  }
}

/** The kind of a file, where its first row could be of several: that which leaves the fewest mistakes. */
function settledKind(
  row: RawRow,
  found: FoundLayout,
  slots: readonly Slot[],
  like: PuzzleKind | undefined,
): PuzzleKind | undefined {
  const { family } = found
  const { alternatives } = family.writing
  const question = parsed('question', () => family.writing.read(row.question))
  if (typeof question === 'string' || alternatives === undefined) return undefined
  const kinds = [question.kind, ...alternatives(question.kind)]
  if (kinds.length === 1) return undefined
  const isLike = (kind: PuzzleKind) => JSON.stringify(kind) === JSON.stringify(like)
  const asked = kinds.find(isLike)
  if (asked) return asked
  const texts = slots.map((slot) => rawRow(slot, found)).filter((raw) => typeof raw !== 'string')
  const mistakes = kinds.map(
    (kind) => texts.filter((raw) => typeof readPair(raw, family, kind) === 'string').length,
  )
  return kinds[mistakes.indexOf(Math.min(...mistakes))]
}

function readPair(
  { question: questionText, answer: answerText }: RawRow,
  family: GridFamily,
  like: PuzzleKind | undefined,
): (Pair & { readonly kind: PuzzleKind }) | string {
  const { read, questionOf } = family.writing
  const question = parsed('question', () => read(questionText, like))
  if (typeof question === 'string') return question
  const { kind } = question
  const board = cachedBoard(family, kind)
  const hasAnswer = answerText.trim() !== ''
  // An answer that stands alone, as this project prints it, shows its question.
  const tokens = (hasAnswer ? undefined : questionOf?.(question.tokens)) ?? question.tokens
  const mistake = board.mistakes(tokens).find(({ isWarning }) => !isWarning)
  if (mistake) return `question: ${mistake.message}`
  const isAnswer = tokens.some((token, cell) => token !== question.tokens[cell])
  if (!hasAnswer && !isAnswer) return { kind, question: tokens }
  const answer = hasAnswer ? parsed('answer', () => read(answerText, kind)) : question
  if (typeof answer === 'string') return answer
  const wrong = board.rule?.problems(tokens, answer.tokens)[0]
  // What was drawn with a wrong path is a question all the same.
  if (wrong) return hasAnswer ? `answer: ${wrong.message}` : { kind, question: tokens }
  return { kind, question: tokens, answer: answer.tokens }
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
function readRow(raw: RawRow | string, index: number, read: PairReader): PuzzleRow | string {
  if (typeof raw === 'string') return raw
  const puzzle = read(raw)
  if (typeof puzzle === 'string') return puzzle
  const { line, source, rating: ratingText } = raw
  const rating = Number(ratingText)
  if (!Number.isFinite(rating))
    return `rating: expected a number, got ${JSON.stringify(ratingText.slice(0, 40))}`
  return { ...puzzle, line, index, source, ...(ratingText.trim() !== '' && { rating }) }
}

/** @param hint by default to correct the line */
export function badLine(
  name: string,
  { line, reason }: LineProblem,
  expected: string,
  hint = 'Correct or remove the line.',
): InputError {
  const got = reason.replace(/\.$/, '')
  return new InputError({ who: `${name}, line ${line}`, expected, got, hint })
}

function tooManyRows(name: string, maxRows: number): InputError {
  return new InputError({
    who: name,
    expected: `at most ${maxRows} rows`,
    got: 'more',
    hint: 'Split the file.',
  })
}
