import type { RecipeInput } from './fields.ts'
import { sudokuExtremeMlp } from './sudoku-extreme-mlp.ts'

/** The published Sudoku-Extreme run of TRM-Att (74.7 % exact): self-attention and rotary positions. */
export const sudokuExtremeAtt: RecipeInput = {
  ...sudokuExtremeMlp,
  name: 'sudoku-extreme-att',
  description: 'Sudoku-Extreme as published, TRM-Att: 1,000 puzzles of the training file, width 512.',
  model: { ...sudokuExtremeMlp.model, mixer: 'attention', positions: 'rotary' },
}
