import type { RecipeDraft } from '../../../settings/draft.ts'
import { mlp, published } from '../../../settings/published.ts'
import type { SudokuFileInput } from '../sources.ts'

/**
 * The published Sudoku-Extreme run of TRM-MLP (arXiv 2510.04871, 87.4 % exact), setting for setting. One epoch of
 * the published code is one pass over 1,000 groups: 50,000 epochs · 1,000 / 768 ≈ 65,000 steps. The whole run
 * costs about 2.1e18 floating-point operations. Set data.train and data.test to the Sudoku-Extreme CSV files.
 */
export const sudokuExtremeMlp: RecipeDraft<SudokuFileInput> = {
  description: 'Sudoku-Extreme as published, TRM-MLP: 1,000 puzzles of the training file, width 512.',
  ...published,
  model: { ...published.model, ...mlp, latentUpdates: 6 },
  data: {
    kind: 'sudoku-file',
    boxRows: 3,
    boxColumns: 3,
    train: null,
    test: null,
    trainCount: 1_000,
    validation: 1_000,
    augment: true,
    seed: 0,
  },
}
