import { decompressedLines } from '../data/bytes.ts'
import type { RowsCheckEvent } from '../data/check-rows.ts'
import { headerColumns, plainColumns, publishedColumns, splitFields } from '../data/columns.ts'
import { checkMazeFile, type MazeFileReport } from './maze/check-file.ts'
import { mazeSizeOf } from './maze/grid.ts'
import { type CheckSudokuOptions, checkSudokuFile, type SudokuFileReport } from './sudoku/check-file.ts'

export type PuzzleFileKind = 'sudoku' | 'maze'

/** What a check found, and in what kind of puzzles. */
export type PuzzleFileReport =
  | ({ readonly puzzles: 'sudoku' } & SudokuFileReport)
  | ({ readonly puzzles: 'maze' } & MazeFileReport)

/** Lines that are looked at before a file is taken for one of Sudokus. */
const lookedAt = 20

/**
 * What a file holds: mazes, where one of its first questions consists of `# SGo` and could fill a square; Sudokus
 * otherwise.
 */
export async function puzzleFileKind(bytes: Uint8Array, name: string): Promise<PuzzleFileKind> {
  let place: number | undefined
  let seen = 0
  for await (const lines of decompressedLines(bytes, { name })) {
    for (const line of lines) {
      if (line.trim() === '') continue
      if (seen++ === lookedAt) return 'sudoku'
      const fields = splitFields(line.replace(/^\ufeff/, ''), true) ?? []
      const header = headerColumns(fields)
      if (header !== undefined) place = header.question
      const question =
        fields[place ?? (plainColumns(fields) ?? publishedColumns(fields))?.question ?? 0] ?? ''
      if (mazeSizeOf(question.length) !== undefined && /^(?=.*[#SG])[# SGo]+$/.test(question)) return 'maze'
    }
  }
  return 'sudoku'
}

/** Checks every row of a file of Sudokus or of mazes, whichever it holds; see `checkSudokuFile`, `checkMazeFile`. */
export async function* checkPuzzleFile(
  bytes: Uint8Array,
  options: CheckSudokuOptions,
): AsyncGenerator<RowsCheckEvent<PuzzleFileReport>, void, undefined> {
  if ((await puzzleFileKind(bytes, options.name)) === 'maze') {
    for await (const event of checkMazeFile(bytes, options))
      yield event.kind === 'done' ? { kind: 'done', report: { puzzles: 'maze', ...event.report } } : event
    return
  }
  for await (const event of checkSudokuFile(bytes, options))
    yield event.kind === 'done' ? { kind: 'done', report: { puzzles: 'sudoku', ...event.report } } : event
}
