import type { RecipeDraft } from '../../../settings/draft.ts'
import { attention, published } from '../../../settings/published.ts'
import type { MazeFileInput } from '../sources.ts'

/**
 * The published Maze-Hard run of TRM-Att (arXiv 2510.04871, 85.3 % exact), setting for setting: 1,000 mazes of 30×30
 * without augmentation, four latent updates instead of six. 50,000 epochs · 1,000 / 768 ≈ 65,000 steps. Nothing is held
 * out, as published: hold some out by data.validation to choose weights by. Set data.train and data.test to the
 * files of Maze-Hard.
 */
export const mazeHard: RecipeDraft<MazeFileInput> = {
  ...published,
  description: 'Maze-Hard as published, TRM-Att: 1,000 mazes of 30×30, width 512.',
  model: { ...published.model, ...attention, latentUpdates: 4 },
  data: {
    kind: 'maze-file',
    size: 30,
    train: null,
    test: null,
    trainCount: null,
    validation: 0,
    augment: false,
    seed: 0,
  },
}
