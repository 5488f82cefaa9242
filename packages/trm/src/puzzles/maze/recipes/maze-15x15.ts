import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedMazeInput } from '../sources.ts'
import { maze9x9 } from './maze-9x9.ts'

/**
 * Larger mazes, to be begun with the weights of smaller ones: `trm train maze-15x15 --from runs/maze-9x9-0`. The network
 * knows no positions, so that weights of one size think about every other: `trm eval RUN --data FILE --size 30`.
 */
export const maze15x15: RecipeDraft<GeneratedMazeInput> = {
  ...maze9x9,
  description: '15×15 mazes, best begun from a run of maze-9x9; half an hour of two cores.',
  data: { ...maze9x9.data, size: 15, minPath: 10 },
  noise: { ...maze9x9.noise, shortestStay: 4, longestStay: 24, longestStayAtEnd: 48 },
  optimizer: { ...maze9x9.optimizer, learningRate: 3e-3 },
  training: { ...maze9x9.training, batch: 16, microBatch: 8, steps: 2_500, evaluateSteps: 40 },
}
