import type { PuzzleFacts } from '../data/puzzle-set.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { DataDescription } from './load.ts'
import { mazeStructure } from './maze/structure.ts'
import { sudokuStructure } from './sudoku/structure.ts'
import { puzzleKindOf } from './validity.ts'

/** What the family of a recipe's puzzles says of their cells and symbols; undefined where it is not known. */
export function structureOf(
  data: DataDescription,
  facts: Pick<PuzzleFacts, 'cells' | 'symbols'>,
): PuzzleStructure | undefined {
  const kind = puzzleKindOf(data, facts)
  switch (kind?.puzzle) {
    case 'sudoku':
      return sudokuStructure(kind.shape)
    case 'maze':
      return mazeStructure(kind.size)
    case undefined:
      return undefined
  }
}
