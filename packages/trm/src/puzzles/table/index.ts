import type { PuzzleFamily } from '../family.ts'
import { tableGrid } from './board.ts'
import { tableRecipe } from './recipe.ts'
import { tableSource } from './source.ts'

/** Your own puzzles: a table of questions and answers of one length. How to use it: docs/your-puzzles.md. */
export const table = {
  name: 'table',
  grid: tableGrid,
  sources: [tableSource],
  recipes: { table: tableRecipe },
} as const satisfies PuzzleFamily
