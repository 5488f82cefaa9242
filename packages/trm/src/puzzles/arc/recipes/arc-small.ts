import type { RecipeDraft } from '../../../settings/draft.ts'
import type { ArcInput } from '../sources.ts'

/**
 * ARC tasks small enough for a CPU: 31 of training and evaluation whose grids are at most 5×5, test on those of
 * training. Set data.path to the folder of the ARC files.
 *
 * What made it learn in so few steps (docs/experiments.md): two supervision steps and one recursion, so that a batch
 * sees twice as many pairs at two thirds of the work (4 and 2 needed three times the processor time to the same
 * loss); a puzzle learning rate of 0.02; few augmentations, because every version has an embedding of its own to
 * learn. Attention at a learning rate of 1.5e-3 and above did not learn at all.
 */
export const arcSmall: RecipeDraft<ArcInput> = {
  description: 'ARC tasks with grids of at most 5×5, a narrow model; under half an hour on a laptop CPU.',
  model: {
    kind: 'trm',
    width: 64,
    heads: 4,
    expansion: 2,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 64,
    recursions: 1,
    latentUpdates: 2,
    supervisionSteps: 2,
    exploration: 0.1,
  },
  data: {
    kind: 'arc',
    path: null,
    subsets: ['training', 'evaluation', 'concept'],
    test: 'training',
    validation: 6,
    augmentations: 7,
    canvas: 5,
    longestSide: 5,
    allowLeak: false,
    seed: 0,
  },
  optimizer: {
    learningRate: 2e-3,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 2e-2,
    puzzleWeightDecay: 0.1,
    warmupSteps: 50,
    minRatio: 0.1,
    emaDecay: 0.99,
    loss: 'stablemax',
  },
  training: {
    batch: 64,
    microBatch: 'auto',
    recompute: false,
    steps: 5_000,
    seed: 0,
    evaluateEvery: 200,
    evaluatePuzzles: 160,
    checkpointEvery: 200,
    keepCheckpoints: 2,
    stopAtAccuracy: null,
  },
}
