import type { RecipeDraft } from '../../../settings/draft.ts'
import type { SudokuFileInput } from '../sources.ts'
import { sudokuExtreme } from './sudoku-extreme.ts'

/**
 * The size of the published protocol: a thousand puzzles of the file. Their symmetric copies are the same to `fields`.
 * Half the updates a step of `sudoku-extreme`, and longer stays: what was measured (docs/experiments.md).
 */
export const sudokuExtreme1k: RecipeDraft<SudokuFileInput> = {
  ...sudokuExtreme,
  description: 'sudoku-extreme trained on 1,000 puzzles of the file, as many as the published runs use.',
  model: { ...sudokuExtreme.model, latentUpdates: 8 },
  data: { ...sudokuExtreme.data, trainCount: 1_000 },
  noise: { ...sudokuExtreme.noise, shortestStay: 8, longestStay: 60, longestStayAtEnd: 160 },
  training: {
    ...sudokuExtreme.training,
    gradientSteps: 2,
    steps: 6_000,
    evaluateEvery: 3_000,
    evaluateSteps: 200,
  },
}
