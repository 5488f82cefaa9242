import { comparison } from '../../../settings/comparison.ts'
import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedSudokuInput } from '../sources.ts'

/** The base on which `trm bench paper` compares the models of the paper. */
export const paperSudoku: RecipeDraft<GeneratedSudokuInput> = {
  ...comparison,
  description: '6×6 Sudoku, a narrow model, trained briefly: the base of the comparison with the paper.',
  data: {
    kind: 'sudoku-generated',
    boxRows: 2,
    boxColumns: 3,
    train: 1_000,
    validation: 200,
    test: 500,
    minimal: false,
    augment: true,
    seed: 0,
  },
}
