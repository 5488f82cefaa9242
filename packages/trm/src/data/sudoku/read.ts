import { InputError } from '@tiny-recursive-models/tensor'
import { decompressedLines } from '../bytes.ts'
import type { PuzzleSet } from '../puzzle-set.ts'
import { checkAnswer, findContradictions, type SudokuProblem, solutionProblem } from './check.ts'
import { type Columns, headerColumns, plainColumns, splitFields } from './columns.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'
import { countSolutions, solveSudoku } from './solve.ts'
import { parseSudoku } from './text.ts'

/** One row of a file: S = cells of its shape. */
export interface SudokuRow {
  /** Counted from 1. */
  readonly line: number
  readonly shape: BoxShape
  /** [S] tokens */
  readonly question: Int32Array
  /** [S] tokens */
  readonly answer?: Int32Array
  /** Empty where the file does not say. */
  readonly source: string
  /** Guesses that the tdoku solver needed, in the published files. */
  readonly rating?: number
}

export interface LineProblem {
  /** Counted from 1. */
  readonly line: number
  readonly reason: string
}

export interface ReadSudokuOptions {
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
export interface SudokuRows {
  readonly rows: readonly SudokuRow[]
  readonly problems: readonly LineProblem[]
}

/**
 * Reads a file of Sudokus piece by piece: the published CSV (`source,question,answer,rating` with a header, columns
 * by name and in any order), or lines of 16, 36 or 81 characters, alone or followed by a comma and the answer;
 * plain or gzip. Empty lines and lines that begin with # are passed over. All rows have the size of the first.
 *
 * Rows are checked without search: characters, contradictions, and answers against their givens. That a puzzle has
 * exactly one solution is checked by `checkSudokuFile`.
 */
export async function* sudokuRows(
  bytes: Uint8Array,
  { name, limits = {} }: ReadSudokuOptions,
): AsyncGenerator<SudokuRows, void, undefined> {
  const { bytes: maximumBytes = 2 ** 30, rows: maximumRows = 5_000_000 } = limits
  let columns: Columns | undefined
  let shape: BoxShape | undefined
  let line = 0
  let count = 0
  for await (const lines of decompressedLines(bytes, { name, maximumBytes })) {
    const rows: SudokuRow[] = []
    const problems: LineProblem[] = []
    for (const untrimmed of lines) {
      line += 1
      const text = (line === 1 ? untrimmed.replace(/^\ufeff/, '') : untrimmed).trim()
      if (text === '' || text.startsWith('#')) continue
      const fields = splitFields(text)
      if (columns === undefined) {
        columns = fields && headerColumns(fields)
        if (columns !== undefined) continue
        // A header that no comma divides, or no text.
        columns = fields && !/question|\0/i.test(text) ? plainColumns(fields) : undefined
        if (columns === undefined) throw unknownFormat(name, line, text)
      }
      count += 1
      if (count > maximumRows) throw tooManyRows(name, maximumRows)
      const row = readRow(fields, columns, line, shape)
      if (typeof row === 'string') problems.push({ line, reason: row })
      else {
        shape ??= row.shape
        rows.push(row)
      }
    }
    yield { rows, problems }
  }
}

/**
 * Reads a whole file of Sudokus; see `sudokuRows` for the formats.
 *
 * @param options onProblem: `throw` at the first bad row (the default), or `collect` all with their line numbers
 */
export async function readSudokuFile(
  bytes: Uint8Array,
  options: ReadSudokuOptions & { readonly onProblem?: 'throw' | 'collect' },
): Promise<{ rows: SudokuRow[]; problems: LineProblem[] }> {
  const { name, onProblem = 'throw' } = options
  const rows: SudokuRow[] = []
  const problems: LineProblem[] = []
  for await (const piece of sudokuRows(bytes, options)) {
    for (const row of piece.rows) rows.push(row)
    for (const problem of piece.problems) {
      if (onProblem === 'throw') throw badLine(name, problem)
      problems.push(problem)
    }
  }
  return { rows, problems }
}

/**
 * The rows as a puzzle set; answers that the file does not give are solved for.
 *
 * @param options name: of the set, also for error messages
 */
export function toPuzzleSet(rows: readonly SudokuRow[], { name }: { readonly name: string }): PuzzleSet {
  const shape = rows[0]?.shape
  if (shape === undefined) {
    throw new InputError({
      who: name,
      expected: 'at least one Sudoku',
      got: 'none',
      hint: 'Check that the file is the one that was meant.',
    })
  }
  const { cells, symbols } = sudokuLayout(shape)
  const count = rows.length
  const inputs = new Int32Array(count * cells)
  const labels = new Int32Array(count * cells)
  rows.forEach((row, index) => {
    const answer = row.answer ?? onlySolution(row)
    if (typeof answer === 'string') throw badLine(name, { line: row.line, reason: answer })
    if (answer.length !== cells) {
      throw badLine(name, { line: row.line, reason: `${answer.length} cells, the first row has ${cells}` })
    }
    inputs.set(row.question, index * cells)
    labels.set(answer, index * cells)
  })
  return {
    name,
    count,
    cells,
    symbols,
    identifiers: 1,
    inputs,
    labels,
    puzzleIdentifiers: new Int32Array(count),
    box: shape,
    ...(rows.some((row) => row.source !== '') && { source: rows.map((row) => row.source) }),
    ...(rows.some((row) => row.rating !== undefined) && {
      rating: Float64Array.from(rows, (row) => row.rating ?? Number.NaN),
    }),
  }
}

/** The solution of a row's question, or why it has not exactly one. */
export function onlySolution({ shape, question }: SudokuRow, branches?: number): Int32Array | string {
  const problem = solutionProblem(countSolutions(shape, question, 2, branches), branches)
  return problem === undefined ? solveSudoku(shape, question)! : problem.message
}

/** The row, or what is wrong with it. */
function readRow(
  fields: readonly string[] | undefined,
  columns: Columns,
  line: number,
  shape: BoxShape | undefined,
): SudokuRow | string {
  if (fields === undefined) return 'a quote is not closed'
  if (fields.length !== columns.count) return `${columns.count} columns are needed, ${fields.length} are here`
  const question = readGrid('question', fields[columns.question]!, shape)
  if (typeof question === 'string') return question
  const contradiction = findContradictions(question.shape, question.tokens)[0]
  if (contradiction) return problemOf('question', contradiction)
  let answer: Int32Array | undefined
  const answerText = columns.answer === undefined ? '' : fields[columns.answer]!
  if (answerText !== '') {
    const grid = readGrid('answer', answerText, question.shape)
    if (typeof grid === 'string') return grid
    const wrong = checkAnswer(question.shape, question.tokens, grid.tokens)[0]
    if (wrong) return problemOf('answer', wrong)
    answer = grid.tokens
  }
  const ratingText = columns.rating === undefined ? '' : fields[columns.rating]!
  const rating = Number(ratingText)
  if (!Number.isFinite(rating)) return `rating: a number is needed, ${JSON.stringify(ratingText)} is here`
  return {
    line,
    shape: question.shape,
    question: question.tokens,
    ...(answer && { answer }),
    source: columns.source === undefined ? '' : fields[columns.source]!,
    ...(ratingText !== '' && { rating }),
  }
}

function readGrid(
  column: string,
  text: string,
  shape: BoxShape | undefined,
): ReturnType<typeof parseSudoku> | string {
  try {
    return parseSudoku(text, shape)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return `${column}: ${error.message}`
  }
}

function problemOf(column: string, problem: SudokuProblem): string {
  return `${column}: ${problem.message}`
}

function badLine(name: string, { line, reason }: LineProblem): InputError {
  return new InputError({
    who: `${name}, line ${line}`,
    expected: 'a well-formed Sudoku with one solution',
    got: reason,
    hint: 'Correct or remove the line.',
  })
}

function unknownFormat(name: string, line: number, text: string): InputError {
  const shown = JSON.stringify(text)
  return new InputError({
    who: `${name}, line ${line}`,
    expected: 'a header with a column "question", or a Sudoku of 16, 36 or 81 characters',
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
