import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedSudokuInput } from '../sources.ts'
import { sudokuExtreme } from './sudoku-extreme.ts'

/**
 * The default: what `sudoku-extreme` does for hard 9×9 Sudokus, smaller, so that a laptop CPU trains it while one
 * waits. Shorter stays, because a 6×6 Sudoku is solved in a few steps; a higher learning rate and a shorter average,
 * because the run is short (docs/experiments.md).
 */
export const sudoku6x6: RecipeDraft<GeneratedSudokuInput> = {
  description: '6×6 Sudoku from 1,000 generated minimal puzzles; a minute on a laptop CPU.',
  model: {
    ...sudokuExtreme.model,
    width: 24,
    hiddenWidth: 48,
    groupWidth: 48,
    latentUpdates: 6,
    supervisionSteps: 8,
  },
  data: {
    kind: 'sudoku-generated',
    boxRows: 2,
    boxColumns: 3,
    train: 1_000,
    validation: 200,
    test: 1_000,
    minimal: true,
    augment: false,
    seed: 0,
  },
  noise: {
    ...sudokuExtreme.noise,
    shortestStay: 4,
    longestStay: 12,
    longestStayAtEnd: 16,
  },
  optimizer: { ...sudokuExtreme.optimizer, learningRate: 6e-3, warmupSteps: 30, emaDecay: 0.97 },
  training: {
    ...sudokuExtreme.training,
    batch: 32,
    microBatch: 'auto',
    gradientSteps: 2,
    steps: 300,
    evaluateEvery: 50,
    evaluatePuzzles: 200,
    evaluateSteps: 16,
    checkpointEvery: 50,
    keepCheckpoints: 4,
  },
}
