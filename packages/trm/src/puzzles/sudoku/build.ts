import { type GeneratedSets, generateSets, type SetCounts } from '../../data/generated-sets.ts'
import { type PuzzleSet, packPuzzles } from '../../data/puzzle-set.ts'
import { generatePuzzles, type Sudoku } from './generate.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'

export interface GenerateSetsOptions extends SetCounts {
  readonly box: BoxShape
  /** True: no clue can be left out of any puzzle. */
  readonly minimal: boolean
  readonly seed: number
}

export type SudokuSets = GeneratedSets

/**
 * Three sets of generated puzzles of which no two, in the same set or in different ones, are symmetric copies of
 * each other.
 */
export function generateSudokuSets(options: GenerateSetsOptions): SudokuSets {
  const { box, minimal, seed } = options
  const { size } = sudokuLayout(box)
  return generateSets(options, {
    who: 'generateSudokuSets',
    name: `generated ${size}×${size}`,
    generate: (total) => generatePuzzles(box, total, seed, { minimal }),
    toSet: (puzzles, name) => sudokuSet(puzzles, box, name),
  })
}

/** Puzzles of one shape as a set. */
export function sudokuSet(puzzles: readonly Sudoku[], box: BoxShape, name: string): PuzzleSet {
  const { cells, symbols } = sudokuLayout(box)
  return { ...packPuzzles(puzzles, { name, cells, symbols }), box }
}
