import type { RecipeInput } from './fields.ts'
import { sudoku6x6Trm } from './sudoku-6x6-trm.ts'

/**
 * The base on which `trm bench paper` compares the models of the paper: what two cores can train dozens of times.
 *
 * A learning rate at which all models learn: at 4e-3, which suits TRM-MLP, HRM and direct prediction with attention
 * do not even learn to copy the givens (docs/results.md). As many recursions and latent updates as HRM was published with.
 */
export const paperSudoku: RecipeInput = {
  ...sudoku6x6Trm,
  name: 'paper-sudoku',
  description: '6×6 Sudoku, narrow and short: the base of the comparison with the paper (trm bench paper).',
  model: { ...sudoku6x6Trm.model, width: 64, recursions: 2, latentUpdates: 2 },
  data: {
    kind: 'sudoku-generated',
    boxRows: 2,
    boxColumns: 3,
    train: 1_000,
    validation: 200,
    test: 500,
    minimal: false,
    augment: true,
    seed: 0,
  },
  optimizer: { ...sudoku6x6Trm.optimizer, learningRate: 2e-3, warmupSteps: 30 },
  training: {
    ...sudoku6x6Trm.training,
    batch: 32,
    steps: 300,
    evaluateEvery: 100,
    checkpointEvery: 100,
    keepCheckpoints: 1,
  },
}
