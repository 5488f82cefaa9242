/** Sudokus and mazes by their families' values, as tests ask for them. */
import type { PuzzleSet, SolvedPuzzle } from '../../src/data/puzzle-set.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { mazeBoard } from '../../src/puzzles/maze/board.ts'
import type { MazeOptions } from '../../src/puzzles/maze/generate.ts'
import { mazeGrid } from '../../src/puzzles/maze/grid-family.ts'
import { labelPath } from '../../src/puzzles/maze/path.ts'
import { generatedMazes } from '../../src/puzzles/maze/sources.ts'
import { type CheckFileOptions, checkFile } from '../../src/puzzles/reading/check-file.ts'
import {
  type PuzzleRow,
  type ReadRowsOptions,
  readPuzzleRows,
} from '../../src/puzzles/reading/puzzle-rows.ts'
import { boardSet } from '../../src/puzzles/sets.ts'
import { sudokuBoard } from '../../src/puzzles/sudoku/board.ts'
import { sudokuGrid } from '../../src/puzzles/sudoku/grid-family.ts'
import type { BoxShape } from '../../src/puzzles/sudoku/shape.ts'
import { generatedSudokus } from '../../src/puzzles/sudoku/sources.ts'

const noFiles = () => Promise.reject(new Error('no file is read'))
const counts = { train: 1, validation: 0, test: 0, seed: 0 }

interface SetCounts {
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly seed: number
}

const sudokuData = ({ boxRows, boxColumns }: BoxShape, minimal: boolean) => ({
  kind: 'sudoku-generated' as const,
  boxRows,
  boxColumns,
  minimal,
  augment: true,
})

export const generatePuzzles = (
  box: BoxShape,
  count: number,
  seed: number,
  { minimal }: { readonly minimal: boolean },
): Iterable<SolvedPuzzle> =>
  generatedSudokus.generateMany!({ ...sudokuData(box, minimal), ...counts }, count, seed)

export const generateMazes = (
  size: number,
  count: number,
  seed: number,
  options: MazeOptions,
): Iterable<SolvedPuzzle> =>
  generatedMazes.generateMany!(
    { kind: 'maze-generated', size, ...options, augment: false, ...counts },
    count,
    seed,
  )

interface StoredSets {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  readonly test: PuzzleSet
}

async function storedSets(data: Parameters<typeof loadDataSets>[0]): Promise<StoredSets> {
  const { train, validation, test } = await loadDataSets(data, noFiles)
  return { train: train.puzzles!, validation: validation as PuzzleSet, test: test as PuzzleSet }
}

export const generateSudokuSets = ({
  box,
  minimal,
  ...sets
}: SetCounts & { readonly box: BoxShape; readonly minimal: boolean }): Promise<StoredSets> =>
  storedSets({ ...sudokuData(box, minimal), ...sets })

export const generateMazeSets = (
  options: SetCounts & MazeOptions & { readonly size: number },
): Promise<StoredSets> => storedSets({ kind: 'maze-generated', augment: false, ...options })

export const sudokuSet = (puzzles: readonly SolvedPuzzle[], box: BoxShape, name: string): PuzzleSet =>
  boardSet(sudokuBoard({ puzzle: 'sudoku', shape: box }), puzzles, name)

export const mazeSet = (
  rows: readonly { readonly question: Int32Array; readonly answer?: Int32Array }[],
  { name, size }: { readonly name: string; readonly size: number },
): PuzzleSet =>
  boardSet(
    mazeBoard({ puzzle: 'maze', size }),
    rows.map((row) => ({ ...row, answer: row.answer ?? labelPath(row.question)! })),
    name,
  )

type ReadOptions = ReadRowsOptions & { readonly onProblem?: 'throw' | 'collect' }

export const readSudokuFile = (bytes: Uint8Array, options: ReadOptions) =>
  readPuzzleRows(bytes, options, sudokuGrid)
export const readMazeFile = (bytes: Uint8Array, options: ReadOptions) =>
  readPuzzleRows(bytes, options, mazeGrid)
export const checkSudokuFile = (bytes: Uint8Array, options: CheckFileOptions) =>
  checkFile(bytes, options, sudokuGrid)
export const checkMazeFile = (bytes: Uint8Array, options: CheckFileOptions) =>
  checkFile(bytes, options, mazeGrid)

/** The rows as a set; answers that the file does not give are solved for. */
export function toPuzzleSet(rows: readonly PuzzleRow[], { name }: { readonly name: string }): PuzzleSet {
  const board = sudokuGrid.board(rows[0]!.kind as Parameters<typeof sudokuGrid.board>[0])
  const puzzles = rows.map((row) => {
    const answer = row.answer ?? board.rule!.solve(row.question)
    if (typeof answer === 'string') throw new Error(`${name}, line ${row.line}: ${answer}`)
    return { ...row, answer }
  })
  return boardSet(board, puzzles, name)
}
