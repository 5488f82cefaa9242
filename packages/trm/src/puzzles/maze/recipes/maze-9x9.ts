import { denoising } from '../../../settings/denoising.ts'
import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedMazeInput } from '../sources.ts'

/**
 * Small mazes by a denoising recursion over neighbours: the first half of `maze-15x15`, which went better from these
 * weights than from nothing (docs/experiments.md). The gradient reaches sixteen updates back, each from cell to cell: as
 * far as most paths of 9×9 are long.
 *
 * Noise of deviation 3, because a path of many cells shows through less. Nothing is augmented: the label is one shortest
 * path by a rule of directions, which a turned maze with a turned path would break.
 */
export const maze9x9: RecipeDraft<GeneratedMazeInput> = {
  description: '9×9 mazes with a denoising recursion over neighbouring cells; minutes on two cores.',
  model: { ...denoising.model, mixer: 'neighbours', latentUpdates: 8 },
  data: {
    kind: 'maze-generated',
    size: 9,
    minDensity: 0.3,
    maxDensity: 0.45,
    minPath: 3,
    train: 10_000,
    validation: 200,
    test: 200,
    augment: false,
    seed: 0,
  },
  noise: { ...denoising.noise, deviation: 3, shortestStay: 4, longestStay: 16, longestStayAtEnd: 32 },
  optimizer: { ...denoising.optimizer, learningRate: 4e-3 },
  training: {
    ...denoising.training,
    batch: 32,
    microBatch: 16,
    gradientSteps: 2,
    steps: 2_000,
    evaluateEvery: 500,
    evaluateSteps: 32,
  },
}
