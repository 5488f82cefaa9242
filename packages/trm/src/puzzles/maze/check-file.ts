import {
  type CheckRowsOptions,
  checkRows,
  type RowsCheckEvent,
  type RowsReport,
} from '../../data/check-rows.ts'
import type { ReadRowsOptions } from '../../data/puzzle-rows.ts'
import { checkMazeLabel } from './check.ts'
import { mazeSymbols } from './grid.ts'
import { labelPath } from './path.ts'
import { type MazeRow, mazeRows } from './read.ts'
import { mazeFingerprint } from './symmetry.ts'

/**
 * A row is valid whose question is well-formed and whose answer, where there is one, is the shortest path of the
 * label rule. Copies are earlier mazes that were turned or mirrored.
 */
export interface MazeFileReport extends RowsReport {
  /** N; undefined where no row is well-formed. */
  readonly size: number | undefined
}

/** Checks every row of a file of mazes and ends with a report; 0.5 ms a row for 30×30. */
export async function* checkMazeFile(
  bytes: Uint8Array,
  options: ReadRowsOptions & CheckRowsOptions,
): AsyncGenerator<RowsCheckEvent<MazeFileReport>, void, undefined> {
  let size: number | undefined
  const check = {
    verify: (row: MazeRow) => {
      size ??= row.size
      if (row.answer === undefined) return labelPath(row.question)!
      const problem = checkMazeLabel(row.question, row.answer)[0]
      return problem === undefined ? row.answer : `answer: ${problem.message}`
    },
    sizes: (row: MazeRow) => ({ cells: row.question.length, symbols: mazeSymbols }),
    fingerprint: (row: MazeRow) => mazeFingerprint(row.question),
  }
  for await (const event of checkRows(mazeRows(bytes, options), check, options))
    yield event.kind === 'done' ? { kind: 'done', report: { ...event.report, size } } : event
}
