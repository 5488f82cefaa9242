import {
  type CheckRowsOptions,
  checkRows,
  type RowsCheckEvent,
  type RowsReport,
} from '../../data/check-rows.ts'
import { solutionProblem } from './check.ts'
import { sudokuFingerprint } from './fingerprint.ts'
import { onlySolution, type ReadSudokuOptions, type SudokuRow, sudokuRows } from './read.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'
import { countSolutions } from './solve.ts'

/**
 * A row is valid that has exactly one solution, the given answer where there is one. Copies are earlier puzzles with
 * exchanged rows, columns or digits, told by `sudokuFingerprint`, which in rare cases takes two different puzzles
 * for one.
 */
export interface SudokuFileReport extends RowsReport {
  /** Undefined where no row is well-formed. */
  readonly shape: BoxShape | undefined
}

export type CheckEvent = RowsCheckEvent<SudokuFileReport>

export interface CheckSudokuOptions extends ReadSudokuOptions, CheckRowsOptions {
  /** Branches that a solver may try for a row; `maximumBranches` by default. */
  readonly branches?: number
}

/**
 * Checks every row of a file, that it has exactly one solution included, looks for repeated puzzles, and ends with a
 * report. On one core of the machine this was written on: 50 s for the 130,125 rows of the published-format file,
 * 1 ms a row for the hardest.
 */
export async function* checkSudokuFile(
  bytes: Uint8Array,
  options: CheckSudokuOptions,
): AsyncGenerator<CheckEvent, void, undefined> {
  let shape: BoxShape | undefined
  const check = {
    verify: (row: SudokuRow) => {
      shape ??= row.shape
      return verifiedAnswer(row, options.branches)
    },
    sizes: (row: SudokuRow) => sudokuLayout(row.shape),
    fingerprint: (row: SudokuRow, answer: Int32Array) => sudokuFingerprint(row.shape, row.question, answer),
  }
  for await (const event of checkRows(sudokuRows(bytes, options), check, options))
    yield event.kind === 'done' ? { kind: 'done', report: { ...event.report, shape } } : event
}

/** The answer that is the only one, or what is wrong. The reader has checked a given answer against the givens. */
function verifiedAnswer(row: SudokuRow, branches?: number): Int32Array | string {
  if (row.answer === undefined) return onlySolution(row, branches)
  const problem = solutionProblem(countSolutions(row.shape, row.question, 2, branches), branches)
  return problem === undefined ? row.answer : problem.message
}
