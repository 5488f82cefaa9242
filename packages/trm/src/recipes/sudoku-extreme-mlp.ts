import type { RecipeInput } from './fields.ts'

/**
 * The published Sudoku-Extreme run of TRM-MLP (arXiv 2510.04871, 87.4 % exact), setting for setting. One epoch of
 * the published code is one pass over 1,000 groups: 50,000 epochs · 1,000 / 768 ≈ 65,000 steps. The whole run
 * costs about 2.1e18 floating-point operations. Set data.train and data.test to the Sudoku-Extreme CSV files.
 */
export const sudokuExtremeMlp: RecipeInput = {
  name: 'sudoku-extreme-mlp',
  description: 'Sudoku-Extreme as published, TRM-MLP: 1,000 puzzles of the training file, width 512.',
  model: {
    kind: 'trm',
    width: 512,
    heads: 8,
    expansion: 4,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 16,
    puzzleEmbeddingWidth: 512,
    recursions: 3,
    latentUpdates: 6,
    supervisionSteps: 16,
    exploration: 0.1,
  },
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
  optimizer: {
    learningRate: 1e-4,
    weightDecay: 1.0,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 1e-4,
    puzzleWeightDecay: 1.0,
    warmupSteps: 2_000,
    minimumRatio: 1,
    averageDecay: 0.999,
    loss: 'stablemax',
  },
  training: {
    batch: 768,
    microBatch: 'auto',
    recompute: false,
    steps: 65_000,
    seed: 0,
    evaluateEvery: 2_500,
    evaluatePuzzles: 1_000,
    checkpointEvery: 500,
    keepCheckpoints: 3,
    stopAtAccuracy: null,
  },
}
