import type { IsValid } from '../data/data-sets.ts'
import type { PuzzleFacts } from '../data/puzzle-set.ts'
import type { DataDescription } from './load.ts'
import { largestMaze, mazeSymbols } from './maze/grid.ts'
import { isShortestPath } from './maze/path.ts'
import type { PuzzleKind } from './puzzle-kind.ts'
import { checkAnswer } from './sudoku/check.ts'
import { boxShapes } from './sudoku/shape.ts'

/**
 * What puzzles a recipe's data holds. A published folder does not name them, but the sizes of the published ones
 * tell; undefined for others.
 */
export function puzzleKindOf(
  data: DataDescription,
  { cells, symbols }: Pick<PuzzleFacts, 'cells' | 'symbols'>,
): PuzzleKind | undefined {
  switch (data.kind) {
    case 'sudoku-generated':
    case 'sudoku-file':
      return { puzzle: 'sudoku', shape: { boxRows: data.boxRows, boxColumns: data.boxColumns } }
    case 'maze-generated':
    case 'maze-file':
      return { puzzle: 'maze', size: data.size }
    case 'arc':
      return undefined
    case 'official-folder':
      if (cells === 81 && symbols === 11) return { puzzle: 'sudoku', shape: boxShapes['9x9'] }
      if (cells === largestMaze ** 2 && symbols === mazeSymbols) return { puzzle: 'maze', size: largestMaze }
      return undefined
  }
}

/** The rule that tells valid answers: a maze has many, a Sudoku one; undefined where there is none. */
export function validityOf(
  data: DataDescription,
  facts: Pick<PuzzleFacts, 'cells' | 'symbols'>,
): IsValid | undefined {
  const kind = puzzleKindOf(data, facts)
  switch (kind?.puzzle) {
    case 'maze':
      return isShortestPath
    case 'sudoku':
      return (question, answer) => checkAnswer(kind.shape, question, answer).length === 0
    case undefined:
      return undefined
  }
}
