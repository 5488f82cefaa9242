import type { RecipeInput } from './fields.ts'
import { mazeSmall } from './maze-small.ts'
import { paperSudoku } from './paper-sudoku.ts'

/** The base on which `trm bench paper` compares the models of the paper on mazes; see paper-sudoku. */
export const paperMaze: RecipeInput = {
  ...mazeSmall,
  name: 'paper-maze',
  description: '5×5 mazes, narrow and short: a base of the comparison with the paper (trm bench paper).',
  model: { ...paperSudoku.model, mixer: 'attention', positions: 'rotary' },
  data: {
    kind: 'maze-generated',
    size: 5,
    minimumDensity: 0.3,
    maximumDensity: 0.5,
    minimumPath: 3,
    train: 2_000,
    validation: 200,
    test: 500,
    augment: true,
    seed: 0,
  },
  optimizer: paperSudoku.optimizer,
  training: paperSudoku.training,
}
