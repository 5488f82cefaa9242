import { plainColumns, publishedColumns, splitFields } from '../../data/columns.ts'
import { pairReader } from '../../data/pair-reader.ts'
import {
  type LineProblem,
  type Pair,
  puzzleRows,
  type ReadRowsOptions,
  type RowFacts,
  type RowFormat,
  type RowPiece,
  readRows,
} from '../../data/puzzle-rows.ts'
import { type PuzzleSet, packPuzzles } from '../../data/puzzle-set.ts'
import { checkMazeAnswer, checkMazeQuestion } from './check.ts'
import { type MazeText, mazeSymbols, parseMaze } from './grid.ts'
import { labelPath } from './path.ts'

/** One row of a file: S = size². The rating of the published files is the steps of the shortest path. */
export type MazeRow = RowFacts & Pair & { readonly size: number }

export function mazeFormat(): RowFormat<Pair & { readonly size: number }> {
  return {
    wanted: 'a well-formed maze',
    wantedFirst: 'a square maze of # (wall), spaces (open), S and G',
    // Spaces are open cells and # is a wall: nothing is trimmed, and there are no comments.
    clean: (line) => (line.trim() === '' ? '' : line),
    split: (line) => splitFields(line, true),
    plainColumns: (fields) => plainColumns(fields) ?? publishedColumns(fields),
    read: pairReader<MazeText>({
      parse: (text, like) => parseMaze(text, like?.size),
      questionProblem: ({ tokens }) => checkMazeQuestion(tokens)[0]?.message,
      answerProblem: ({ tokens }, answer) => checkMazeAnswer(tokens, answer.tokens)[0]?.message,
    }),
  }
}

/**
 * Reads a file of mazes piece by piece: the published CSV (`source,question,answer,rating`; with a header, columns
 * by name and in any order), or lines of N² characters, alone or followed by a comma and the answer; plain or gzip.
 * Empty lines are passed over. All rows have the size of the first.
 *
 * Every answer must be a valid shortest path; that it is the one of the label rule is checked by `checkMazeFile`.
 */
export function mazeRows(
  bytes: Uint8Array,
  options: ReadRowsOptions,
): AsyncGenerator<RowPiece<MazeRow>, void> {
  return puzzleRows(bytes, options, mazeFormat())
}

/**
 * Reads a whole file of mazes; see `mazeRows` for the formats.
 *
 * @param options onProblem: `throw` at the first bad row (the default), or `collect` all with their line numbers
 */
export function readMazeFile(
  bytes: Uint8Array,
  options: ReadRowsOptions & { readonly onProblem?: 'throw' | 'collect' },
): Promise<{ rows: MazeRow[]; problems: LineProblem[] }> {
  return readRows(bytes, options, mazeFormat())
}

/**
 * Mazes of one size as a puzzle set; answers that are not given are those of the label rule.
 *
 * @param rows without problems
 */
export function mazeSet(
  rows: readonly (Pair & Partial<RowFacts>)[],
  { name, size }: { readonly name: string; readonly size: number },
): PuzzleSet {
  const puzzles = rows.map((row) => ({ ...row, answer: row.answer ?? labelPath(row.question)! }))
  return packPuzzles(puzzles, { name, cells: size * size, symbols: mazeSymbols })
}
