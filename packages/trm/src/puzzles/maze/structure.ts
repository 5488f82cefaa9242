import type { PuzzleStructure } from '../../models/structure.ts'
import { mazeTokens } from './grid.ts'

/** A grid in which what is open may turn out to lie on the path. */
export function mazeStructure(size: number): PuzzleStructure {
  const { open, path } = mazeTokens
  return {
    groups: {},
    grid: { rows: size, columns: size },
    exchangeable: [],
    open: [open],
    answers: [open, path],
  }
}
