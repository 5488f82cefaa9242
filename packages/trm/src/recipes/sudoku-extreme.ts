import type { RecipeInput } from './fields.ts'

/**
 * Sudoku-Extreme on a laptop: a denoising recursion with shared weights for all digits, after arXiv 2609.01449.
 *
 * Why these settings: a carried latent and an answer part-way between noise and truth, so that each of the many steps
 * has something to learn; sixteen updates a step, where the published network has 3 · (6 + 1), and gradient through all
 * of them and no further (docs/experiments.md); no truth above t = 0.7 and most of a stay well below, because what is
 * nearly told teaches nothing; long stays, because hard puzzles take long at test; puzzles that need no guess, two fifths
 * of the file, only now and then; gradients of two halves of the batch side by side, because small products use one
 * thread best.
 * Nothing is augmented: renamed digits and moved or turned lines give the same renamed and moved computation.
 */
export const sudokuExtreme: RecipeInput = {
  name: 'sudoku-extreme',
  description: 'Hard 9×9 Sudokus by a denoising recursion of 21,730 parameters; two hours of two cores.',
  model: {
    kind: 'denoiser',
    width: 32,
    heads: 1,
    expansion: 4,
    blocks: 1,
    mixer: 'fields',
    norm: 'before',
    hiddenWidth: 64,
    groupWidth: 64,
    answerInput: 'noisy',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 1,
    latentUpdates: 16,
    supervisionSteps: 16,
    exploration: 0,
  },
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
  noise: {
    path: 'rotation',
    order: 'rising',
    from: 0.01,
    to: 0.7,
    power: 2,
    deviation: 1,
    shortestStay: 6,
    longestStay: 32,
    longestStayAtEnd: 96,
    growsFrom: 0.3,
  },
  optimizer: {
    learningRate: 2e-3,
    weightDecay: 0.05,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 100,
    minimumRatio: 0.01,
    averageDecay: 0.99,
    loss: 'softmax',
  },
  training: {
    batch: 16,
    microBatch: 8,
    workers: 2,
    gradientSteps: 1,
    steps: 24_000,
    seed: 0,
    evaluateEvery: 4_000,
    evaluatePuzzles: 128,
    evaluateSteps: 100,
    checkpointEvery: 250,
    keepCheckpoints: 2,
  },
}
