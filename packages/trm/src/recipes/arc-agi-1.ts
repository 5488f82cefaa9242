import type { RecipeInput } from './fields.ts'

/**
 * The published ARC-AGI-1 run of TRM-Att (arXiv 2510.04871), setting for setting: training, evaluation and ConceptARC,
 * test on evaluation, 1,000 augmentations. 100,000 epochs of 960 tasks with 4.146 pairs in the mean, over batches of
 * 768, are 518,226 steps. One departure: the test pairs of 20 tasks outside evaluation are held out, so that weights
 * can be chosen without looking at the test. Set data.path to the folder of the ARC files.
 */
export const arcAgi1: RecipeInput = {
  name: 'arc-agi-1',
  description: 'ARC-AGI-1 as published, TRM-Att: 960 tasks with 1,000 augmentations each, width 512.',
  model: {
    kind: 'trm',
    width: 512,
    heads: 8,
    expansion: 4,
    blocks: 2,
    mixer: 'attention',
    positions: 'rotary',
    prefixTokens: 16,
    puzzleEmbeddingWidth: 512,
    recursions: 3,
    latentUpdates: 4,
    supervisionSteps: 16,
    exploration: 0.1,
  },
  data: {
    kind: 'arc',
    path: null,
    subsets: ['training', 'evaluation', 'concept'],
    test: 'evaluation',
    validation: 20,
    augmentations: 1_000,
    canvas: 30,
    longestSide: null,
    allowLeak: false,
    seed: 0,
  },
  optimizer: {
    learningRate: 1e-4,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 1e-2,
    puzzleWeightDecay: 0.1,
    warmupSteps: 2_000,
    minimumRatio: 1,
    averageDecay: 0.999,
    loss: 'stablemax',
  },
  training: {
    batch: 768,
    microBatch: 'auto',
    recompute: false,
    steps: 518_000,
    seed: 0,
    evaluateEvery: 10_000,
    evaluatePuzzles: 1_000,
    checkpointEvery: 500,
    keepCheckpoints: 3,
    stopAtAccuracy: null,
  },
}
