import type { RecipeInput } from './fields.ts'

/**
 * A 9×9 model narrow enough for a CPU overnight. Puzzles are generated unless a file is named:
 * `--set 'data={"kind":"sudoku-file","boxRows":3,"boxColumns":3,"train":"train.csv","test":"test.csv",
 * "trainCount":1000,"validation":500,"augment":true,"seed":0}'`.
 */
export const sudokuSmall: RecipeInput = {
  name: 'sudoku-small',
  description: '9×9 Sudoku with a model of width 128; a night on a laptop CPU.',
  model: {
    kind: 'trm',
    width: 128,
    heads: 4,
    expansion: 4,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    cycles: 3,
    recursions: 4,
    supervisionSteps: 16,
    exploration: 0.1,
  },
  data: {
    kind: 'sudoku-generated',
    boxRows: 3,
    boxColumns: 3,
    train: 1_000,
    validation: 200,
    test: 1_000,
    minimal: true,
    augment: true,
    seed: 0,
  },
  optimizer: {
    learningRate: 5e-4,
    weightDecay: 1.0,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 500,
    minimumRatio: 1,
    averageDecay: 0.999,
    loss: 'stablemax',
  },
  training: {
    batch: 256,
    microBatch: 'auto',
    recompute: false,
    steps: 10_000,
    seed: 0,
    evaluateEvery: 500,
    evaluatePuzzles: 200,
    checkpointEvery: 250,
    keepCheckpoints: 3,
    stopAtAccuracy: null,
  },
}
