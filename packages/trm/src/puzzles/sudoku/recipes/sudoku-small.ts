import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedSudokuInput } from '../sources.ts'

/**
 * A 9×9 model narrow enough for a CPU: 324,098 parameters, about half a second a step on 2 cores.
 *
 * Why these settings: puzzles of 23 to 53 clues, so that the easy ones teach the rules before the hard ones can be
 * learnt; 10,000 of them, because a short run profits more from variety than from repetition; few supervision steps
 * in training, for the reason given in sudoku-6x6; hidden layers of 256 (expansion 3), half the work of expansion 4.
 * A file is trained on with `--set 'data={"kind":"sudoku-file","boxRows":3,"boxColumns":3,"train":"train.csv",
 * "test":"test.csv","trainCount":1000,"validation":500,"augment":true,"seed":0}'`.
 */
export const sudokuSmall: RecipeDraft<GeneratedSudokuInput> = {
  description: '9×9 Sudoku with a narrow model; an hour to a night on a laptop CPU.',
  model: {
    kind: 'trm',
    width: 128,
    heads: 4,
    expansion: 3,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 2,
    latentUpdates: 3,
    supervisionSteps: 6,
    exploration: 0.1,
  },
  data: {
    kind: 'sudoku-generated',
    boxRows: 3,
    boxColumns: 3,
    train: 10_000,
    validation: 200,
    test: 1_000,
    minimal: false,
    augment: true,
    seed: 0,
  },
  optimizer: {
    learningRate: 1.5e-3,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 100,
    minRatio: 0.1,
    emaDecay: 0.99,
    loss: 'stablemax',
  },
  training: {
    batch: 64,
    microBatch: 'auto',
    recompute: false,
    steps: 8_000,
    seed: 0,
    evaluateEvery: 250,
    evaluatePuzzles: 200,
    checkpointEvery: 250,
    keepCheckpoints: 3,
    stopAtAccuracy: null,
  },
}
