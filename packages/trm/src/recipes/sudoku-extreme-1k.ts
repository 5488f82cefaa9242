import type { RecipeInput } from './fields.ts'
import { sudokuExtreme } from './sudoku-extreme.ts'

/** The size of the published protocol: a thousand puzzles of the file. Their symmetric copies are the same to `fields`. */
export const sudokuExtreme1k: RecipeInput = {
  ...sudokuExtreme,
  name: 'sudoku-extreme-1k',
  description: 'sudoku-extreme from 1,000 puzzles of the file, as many as the published runs see.',
  data: { ...sudokuExtreme.data, trainCount: 1_000 } as RecipeInput['data'],
  training: { ...sudokuExtreme.training, steps: 6_000, evaluateEvery: 3_000 },
}
