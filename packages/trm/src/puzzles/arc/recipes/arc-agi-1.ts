import type { RecipeDraft } from '../../../settings/draft.ts'
import { attention, published } from '../../../settings/published.ts'
import type { ArcInput } from '../sources.ts'

/**
 * The published ARC-AGI-1 run of TRM-Att (arXiv 2510.04871), setting for setting: training, evaluation and ConceptARC,
 * test on evaluation, 1,000 augmentations. 100,000 epochs of 960 tasks with 4.146 pairs in the mean, over batches of
 * 768, are 518,226 steps. One departure: the test pairs of 20 tasks outside evaluation are held out, so that weights
 * can be chosen without looking at the test. Set data.path to the folder of the ARC files.
 */
export const arcAgi1: RecipeDraft<ArcInput> = {
  description: 'ARC-AGI-1 as published, TRM-Att: 960 tasks with 1,000 augmentations each, width 512.',
  model: { ...published.model, ...attention, latentUpdates: 4 },
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
  optimizer: { ...published.optimizer, weightDecay: 0.1, puzzleLearningRate: 1e-2, puzzleWeightDecay: 0.1 },
  training: { ...published.training, steps: 518_000, evaluateEvery: 10_000 },
}
