import type { RecipeDraft } from './draft.ts'
import { mlp } from './published.ts'

/**
 * The base on which `trm bench paper` compares the models of the paper: what two cores can train dozens of times.
 *
 * A learning rate at which all models learn: at 4e-3, which suits TRM-MLP, HRM and direct prediction with attention
 * do not even learn to copy the givens (docs/results.md). As many recursions and latent updates as HRM was published with.
 */
export const comparison = {
  model: {
    kind: 'trm',
    width: 64,
    heads: 4,
    expansion: 4,
    blocks: 2,
    ...mlp,
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 2,
    latentUpdates: 2,
    supervisionSteps: 4,
    exploration: 0.1,
  },
  optimizer: {
    learningRate: 2e-3,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 30,
    minRatio: 0.1,
    emaDecay: 0.98,
    loss: 'stablemax',
  },
  training: {
    batch: 32,
    microBatch: 'auto',
    recompute: false,
    steps: 300,
    seed: 0,
    evaluateEvery: 100,
    evaluatePuzzles: 200,
    checkpointEvery: 100,
    keepCheckpoints: 1,
    stopAtAccuracy: null,
  },
} as const satisfies Pick<RecipeDraft, 'model' | 'optimizer' | 'training'>
