import type { RecipeDraft } from '../../../settings/draft.ts'
import type { ArcInput } from '../sources.ts'
import { arcAgi1 } from './arc-agi-1.ts'

/**
 * The published ARC-AGI-2 run: 1,280 tasks with 4.333 pairs in the mean, 722,099 steps. `evaluation2-current` has the
 * later corrections of six test tasks; results under one do not compare with results under the other.
 */
export const arcAgi2: RecipeDraft<ArcInput> = {
  ...arcAgi1,
  description: 'ARC-AGI-2 as published, TRM-Att: 1,280 tasks with 1,000 augmentations each, width 512.',
  data: {
    kind: 'arc',
    path: null,
    subsets: ['training2', 'evaluation2', 'concept'],
    test: 'evaluation2',
    validation: 20,
    augmentations: 1_000,
    canvas: 30,
    longestSide: null,
    allowLeak: false,
    seed: 0,
  },
  training: { ...arcAgi1.training, steps: 722_000 },
}
