import type { RecipeDraft } from '../../../settings/draft.ts'
import type { SudokuFileInput } from '../sources.ts'
import { sudokuExtremeMlp } from './sudoku-extreme-mlp.ts'

/**
 * The published TRM-MLP, unchanged but for one more input: the interpolant of Looped Flows (arXiv 2609.11801), which
 * reports 97.9 % of Sudoku-Extreme with it. Settings of that report: the same noise for a whole stay of 16 steps, sorted
 * times drawn from [0, 1], deviation 1/√V, clipping at 1, a cosine to a tenth, weight decay 2. It wants a GPU.
 */
export const sudokuExtremeFlow: RecipeDraft<SudokuFileInput> = {
  ...sudokuExtremeMlp,
  description: 'Sudoku-Extreme with a Looped Flow on the published TRM-MLP, width 512; for a GPU.',
  model: { ...sudokuExtremeMlp.model, answerInput: 'noisy', exploration: 0 },
  noise: {
    path: 'interpolant',
    order: 'sorted',
    from: 0,
    to: 1,
    shared: true,
    atTest: 'flow',
    deviation: 1 / 3,
    shortestStay: 16,
    longestStay: 16,
    longestStayAtEnd: 16,
  },
  optimizer: { ...sudokuExtremeMlp.optimizer, weightDecay: 2, gradientClip: 1, minRatio: 0.1 },
}
