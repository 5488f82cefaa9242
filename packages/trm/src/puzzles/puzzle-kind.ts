import { type BoxShape, sudokuLayout } from './sudoku/shape.ts'

/** Puzzles that are known by more than their sizes. */
export type PuzzleKind =
  | { readonly puzzle: 'sudoku'; readonly shape: BoxShape }
  | { readonly puzzle: 'maze'; readonly size: number }

/** N of an N × N puzzle. */
export function puzzleSize(kind: PuzzleKind): number {
  return kind.puzzle === 'sudoku' ? sudokuLayout(kind.shape).size : kind.size
}

/** Null, for a kind that is not known, is the same as no other. */
export function isSamePuzzleKind(left: PuzzleKind | null, right: PuzzleKind | null): boolean {
  if (left === null || right === null) return false
  if (left.puzzle === 'maze' || right.puzzle === 'maze')
    return left.puzzle === right.puzzle && puzzleSize(left) === puzzleSize(right)
  return left.shape.boxRows === right.shape.boxRows && left.shape.boxColumns === right.shape.boxColumns
}

/** `6×6 Sudoku`, `7×7 maze` */
export function describePuzzleKind(kind: PuzzleKind): string {
  const size = puzzleSize(kind)
  return `${size}×${size} ${kind.puzzle === 'sudoku' ? 'Sudoku' : 'maze'}`
}
