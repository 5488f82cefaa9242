/** What the page needs to know of each kind of puzzle. S = N² cells, N = size. */
import {
  blankToken,
  boxShapeOfCells,
  digitOffset,
  mazeTokens,
  type PuzzleKind,
  puzzleSize,
} from '@tiny-recursive-models/trm'

export const cellsOf = (kind: PuzzleKind): number => puzzleSize(kind) ** 2

export function sudokuOfCells(cells: number): PuzzleKind | undefined {
  const shape = boxShapeOfCells(cells)
  return shape && { puzzle: 'sudoku', shape }
}

/** [S] a question without anything in it, to draw on; a maze begins with its start and its goal in two corners. */
export function emptyQuestion(kind: PuzzleKind): Int32Array {
  const cells = cellsOf(kind)
  if (kind.puzzle === 'sudoku') return new Int32Array(cells).fill(blankToken)
  const question = new Int32Array(cells).fill(mazeTokens.open)
  question[0] = mazeTokens.start
  question[cells - 1] = mazeTokens.goal
  return question
}

/** Whether a cell is part of the question rather than to be answered. */
export function isGiven(kind: PuzzleKind, token: number): boolean {
  return kind.puzzle === 'sudoku' ? token > blankToken : token !== mazeTokens.open
}

/** Cells that are to be answered. */
export function openCount(kind: PuzzleKind, question: Int32Array): number {
  return question.reduce((count, token) => count + Number(!isGiven(kind, token)), 0)
}

/** Symbols that an answer may hold, in the order in which they are shown. */
export function answerSymbols(kind: PuzzleKind): readonly number[] {
  if (kind.puzzle === 'maze')
    return [mazeTokens.path, mazeTokens.open, mazeTokens.wall, mazeTokens.start, mazeTokens.goal]
  return Array.from({ length: puzzleSize(kind) }, (_, digit) => digit + 1 + digitOffset)
}

const mazeNames: Readonly<Record<number, string>> = {
  [mazeTokens.wall]: 'wall',
  [mazeTokens.open]: 'open',
  [mazeTokens.start]: 'start',
  [mazeTokens.goal]: 'goal',
  [mazeTokens.path]: 'path',
}

/** For people: "5", "blank", "path". */
export function nameToken(kind: PuzzleKind, token: number): string {
  if (kind.puzzle === 'maze') return mazeNames[token] ?? 'padding'
  if (token === blankToken) return 'blank'
  return token > blankToken ? String(token - digitOffset) : 'padding'
}
