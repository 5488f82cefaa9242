import { denoising } from '../../../settings/denoising.ts'
import type { RecipeDraft } from '../../../settings/draft.ts'
import type { SudokuFileInput } from '../sources.ts'

/**
 * Sudoku-Extreme on a laptop: a denoising recursion with shared weights for all digits, after arXiv 2609.01449.
 *
 * Why these settings, beside those of `denoising`: sixteen updates a step, where the published network has
 * 3 · (6 + 1), and gradient through all of them and no further (docs/experiments.md); long stays, because hard puzzles
 * take long at test; puzzles that need no guess, two fifths of the file, only now and then.
 * Nothing is augmented: renamed digits and moved or turned lines give the same renamed and moved computation.
 */
export const sudokuExtreme: RecipeDraft<SudokuFileInput> = {
  description: 'Hard 9×9 Sudokus with a denoising recursion of 21,730 parameters; two hours on two cores.',
  model: { ...denoising.model, mixer: 'fields', latentUpdates: 16 },
  data: {
    kind: 'sudoku-file',
    boxRows: 3,
    boxColumns: 3,
    train: null,
    test: null,
    trainCount: null,
    validation: 256,
    easyBelow: 2,
    easyShare: 0.2,
    augment: false,
    seed: 0,
  },
  noise: { ...denoising.noise, deviation: 1, shortestStay: 6, longestStay: 32, longestStayAtEnd: 96 },
  optimizer: { ...denoising.optimizer, learningRate: 2e-3 },
  training: {
    ...denoising.training,
    batch: 16,
    microBatch: 8,
    gradientSteps: 1,
    steps: 24_000,
    evaluateEvery: 4_000,
    evaluateSteps: 100,
  },
}
