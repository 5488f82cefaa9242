import { InputError } from '@tiny-recursive-models/tensor'
import { plainColumns, splitFields } from '../../data/columns.ts'
import { pairReader } from '../../data/pair-reader.ts'
import {
  badLine,
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
import { checkAnswer, findContradictions, solutionProblem } from './check.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'
import { countSolutions, solveSudoku } from './solve.ts'
import { parseSudoku, type SudokuText } from './text.ts'

/** One row of a file: S = cells of its shape. The rating of the published files is the guesses of the tdoku solver. */
export type SudokuRow = RowFacts & Pair & { readonly shape: BoxShape }

export type ReadSudokuOptions = ReadRowsOptions
export type SudokuRows = RowPiece<SudokuRow>

const wanted = 'a well-formed Sudoku with one solution'

export function sudokuFormat(): RowFormat<Pair & { readonly shape: BoxShape }> {
  return {
    wanted,
    wantedFirst: 'a Sudoku of 16, 36 or 81 characters',
    clean: (line) => (line.trimStart().startsWith('#') ? '' : line.trim()),
    split: splitFields,
    plainColumns,
    read: pairReader<SudokuText>({
      parse: (text, like) => parseSudoku(text, like?.shape),
      questionProblem: ({ shape, tokens }) => findContradictions(shape, tokens)[0]?.message,
      answerProblem: ({ shape, tokens }, answer) => checkAnswer(shape, tokens, answer.tokens)[0]?.message,
    }),
  }
}

/**
 * Reads a file of Sudokus piece by piece: the published CSV (`source,question,answer,rating` with a header, columns
 * by name and in any order), or lines of 16, 36 or 81 characters, alone or followed by a comma and the answer;
 * plain or gzip. Empty lines and lines that begin with # are passed over. All rows have the size of the first.
 *
 * Rows are checked without search: characters, contradictions, and answers against their givens. That a puzzle has
 * exactly one solution is checked by `checkSudokuFile`.
 */
export function sudokuRows(bytes: Uint8Array, options: ReadSudokuOptions): AsyncGenerator<SudokuRows, void> {
  return puzzleRows(bytes, options, sudokuFormat())
}

/**
 * Reads a whole file of Sudokus; see `sudokuRows` for the formats.
 *
 * @param options onProblem: `throw` at the first bad row (the default), or `collect` all with their line numbers
 */
export function readSudokuFile(
  bytes: Uint8Array,
  options: ReadSudokuOptions & { readonly onProblem?: 'throw' | 'collect' },
): Promise<{ rows: SudokuRow[]; problems: LineProblem[] }> {
  return readRows(bytes, options, sudokuFormat())
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
  const puzzles = rows.map((row) => {
    const answer = row.answer ?? onlySolution(row)
    if (typeof answer === 'string') throw badLine(name, { line: row.line, reason: answer }, wanted)
    if (answer.length !== cells) {
      const reason = `${answer.length} cells, the first row has ${cells}`
      throw badLine(name, { line: row.line, reason }, wanted)
    }
    return { ...row, answer }
  })
  return { ...packPuzzles(puzzles, { name, cells, symbols }), box: shape }
}

/** The solution of a row's question, or why it has not exactly one. */
export function onlySolution(
  { shape, question }: Pick<SudokuRow, 'shape' | 'question'>,
  branches?: number,
): Int32Array | string {
  const problem = solutionProblem(countSolutions(shape, question, 2, branches), branches)
  return problem === undefined ? solveSudoku(shape, question)! : problem.message
}
