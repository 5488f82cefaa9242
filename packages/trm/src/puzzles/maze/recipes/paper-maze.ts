import { comparison } from '../../../settings/comparison.ts'
import type { RecipeDraft } from '../../../settings/draft.ts'
import { attention } from '../../../settings/published.ts'
import type { GeneratedMazeInput } from '../sources.ts'

/** The base on which `trm bench paper` compares the models of the paper on mazes. */
export const paperMaze: RecipeDraft<GeneratedMazeInput> = {
  ...comparison,
  description: '5×5 mazes, a narrow model, trained briefly: a base of the comparison with the paper.',
  model: { ...comparison.model, ...attention },
  data: {
    kind: 'maze-generated',
    size: 5,
    minDensity: 0.3,
    maxDensity: 0.5,
    minPath: 3,
    train: 2_000,
    validation: 200,
    test: 500,
    augment: true,
    seed: 0,
  },
}
