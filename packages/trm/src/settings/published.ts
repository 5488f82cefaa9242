import type { ModelInput } from './model.ts'
import type { OptimizerInput } from './optimizer.ts'
import type { TrainingInput } from './training.ts'

/**
 * What all published runs of TRM have in common (arXiv 2510.04871), setting for setting. A recipe adds its mixer and
 * its latent updates, and changes what its benchmark was published with.
 */
export const published = {
  model: {
    kind: 'trm',
    width: 512,
    heads: 8,
    expansion: 4,
    blocks: 2,
    prefixTokens: 16,
    puzzleEmbeddingWidth: 512,
    recursions: 3,
    supervisionSteps: 16,
    exploration: 0.1,
  },
  optimizer: {
    learningRate: 1e-4,
    weightDecay: 1.0,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 1e-4,
    puzzleWeightDecay: 1.0,
    warmupSteps: 2_000,
    minRatio: 1,
    emaDecay: 0.999,
    loss: 'stablemax',
  },
  /** 50,000 epochs of 1,000 groups over batches of 768 are about 65,000 steps. */
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
} as const satisfies {
  readonly model: Partial<ModelInput>
  readonly optimizer: OptimizerInput
  readonly training: TrainingInput
}

export const mlp = { mixer: 'mlp', positions: 'none' } as const
export const attention = { mixer: 'attention', positions: 'rotary' } as const
