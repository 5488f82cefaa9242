import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedSudokuInput } from '../sources.ts'

/**
 * Plain TRM on 6×6 Sudokus, to compare with: a laptop CPU trains it in minutes.
 *
 * What makes it fast (measured, docs/experiments.md): a puzzle stays for 4 supervision steps instead of the
 * published 16, so that a small batch sees four times as many puzzles (with 16, a batch of 32 only learns its 32
 * puzzles by heart before it lets them go); width 96, whose hidden layers are half as wide as those of 128; no
 * prefix; a learning rate that falls along a cosine.
 */
export const sudoku6x6Trm: RecipeDraft<GeneratedSudokuInput> = {
  description: 'Plain TRM on 6×6 Sudoku from 1,000 generated minimal puzzles; minutes on a laptop CPU.',
  model: {
    kind: 'trm',
    width: 96,
    heads: 4,
    expansion: 4,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 2,
    latentUpdates: 3,
    supervisionSteps: 4,
    exploration: 0.1,
  },
  data: {
    kind: 'sudoku-generated',
    boxRows: 2,
    boxColumns: 3,
    train: 1_000,
    validation: 200,
    test: 1_000,
    minimal: true,
    augment: true,
    seed: 0,
  },
  optimizer: {
    learningRate: 2e-3,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 50,
    minRatio: 0.1,
    emaDecay: 0.98,
    loss: 'stablemax',
  },
  training: {
    batch: 64,
    microBatch: 'auto',
    recompute: false,
    steps: 1_500,
    seed: 0,
    evaluateEvery: 100,
    evaluatePuzzles: 200,
    checkpointEvery: 100,
    keepCheckpoints: 15,
    stopAtAccuracy: null,
  },
}
