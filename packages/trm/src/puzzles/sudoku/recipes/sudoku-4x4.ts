import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedSudokuInput } from '../sources.ts'
import { sudoku6x6 } from './sudoku-6x6.ts'

/** Seconds on any machine: shows that everything works. As `sudoku-6x6`, with what a smaller puzzle needs. */
export const sudoku4x4: RecipeDraft<GeneratedSudokuInput> = {
  ...sudoku6x6,
  description: '4×4 Sudoku from generated puzzles; learns in seconds on a laptop CPU.',
  model: { ...sudoku6x6.model, width: 16, hiddenWidth: 32, groupWidth: 32, latentUpdates: 4 },
  data: {
    kind: 'sudoku-generated',
    boxRows: 2,
    boxColumns: 2,
    train: 400,
    validation: 50,
    test: 100,
    minimal: false,
    augment: false,
    seed: 0,
  },
  noise: { ...sudoku6x6.noise, shortestStay: 2, longestStay: 6, longestStayAtEnd: 8 },
  optimizer: { ...sudoku6x6.optimizer, emaDecay: 0.95 },
  training: {
    ...sudoku6x6.training,
    steps: 200,
    evaluatePuzzles: 50,
    evaluateSteps: 8,
    keepCheckpoints: 2,
  },
}
