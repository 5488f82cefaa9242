import type { ModelInput } from './model.ts'
import type { NoiseInput } from './noise.ts'
import type { OptimizerInput } from './optimizer.ts'
import type { TrainingInput } from './training.ts'

/**
 * A denoising recursion for two cores, after arXiv 2609.01449: few weights, shared between the places or symbols of a
 * puzzle. A recipe adds its mixer, the depth and the stays (docs/denoising.md).
 *
 * Why these settings: a carried latent and an answer part-way between noise and truth, so that each of the many steps
 * has something to learn; no truth above t = 0.7 and most of a stay well below, because what is nearly told teaches nothing;
 * gradients of two halves of the batch side by side, because small products use one thread best.
 */
export const denoising = {
  model: {
    kind: 'denoiser',
    width: 32,
    heads: 1,
    expansion: 4,
    blocks: 1,
    norm: 'before',
    hiddenWidth: 64,
    groupWidth: 64,
    answerInput: 'noisy',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 1,
    supervisionSteps: 16,
    exploration: 0,
  },
  noise: { path: 'rotation', order: 'rising', from: 0.01, to: 0.7, power: 2, growsFrom: 0.3 },
  optimizer: {
    weightDecay: 0.05,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 100,
    minRatio: 0.01,
    emaDecay: 0.99,
    loss: 'softmax',
  },
  training: { workers: 2, seed: 0, evaluatePuzzles: 128, checkpointEvery: 250, keepCheckpoints: 2 },
} as const satisfies Settings

interface Settings {
  readonly model: Partial<ModelInput>
  readonly noise: Partial<NoiseInput>
  readonly optimizer: Partial<OptimizerInput>
  readonly training: Partial<TrainingInput>
}
