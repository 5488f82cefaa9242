import type { RecipeInput } from './fields.ts'
import { sudokuExtreme } from './sudoku-extreme.ts'

/**
 * Mazes of any size by a denoising recursion over neighbours: it knows no positions, so that what it learns on 15×15
 * can be measured on 30×30 too. Settings as in `sudoku-extreme`, which this shares its idea with.
 */
export const maze15x15: RecipeInput = {
  ...sudokuExtreme,
  name: 'maze-15x15',
  description: '15×15 mazes by a denoising recursion over neighbouring cells; half an hour of two cores.',
  model: { ...sudokuExtreme.model, mixer: 'neighbours', groupWidth: 64, hiddenWidth: 64 },
  data: {
    kind: 'maze-generated',
    size: 15,
    minimumDensity: 0.2,
    maximumDensity: 0.4,
    minimumPath: 12,
    train: 10_000,
    validation: 200,
    test: 1_000,
    augment: true,
    seed: 0,
  },
  training: { ...sudokuExtreme.training, steps: 4_000, evaluateEvery: 1_000, evaluateSteps: 50 },
}
