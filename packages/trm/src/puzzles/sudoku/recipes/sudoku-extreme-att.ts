import type { RecipeDraft } from '../../../settings/draft.ts'
import { attention } from '../../../settings/published.ts'
import type { SudokuFileInput } from '../sources.ts'
import { sudokuExtremeMlp } from './sudoku-extreme-mlp.ts'

/** The published Sudoku-Extreme run of TRM-Att (74.7 % exact): self-attention and rotary positions. */
export const sudokuExtremeAtt: RecipeDraft<SudokuFileInput> = {
  ...sudokuExtremeMlp,
  description: 'Sudoku-Extreme as published, TRM-Att: 1,000 puzzles of the training file, width 512.',
  model: { ...sudokuExtremeMlp.model, ...attention },
}
