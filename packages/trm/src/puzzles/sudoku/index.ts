import type { PuzzleFamily } from '../family.ts'
import { sudokuGrid } from './grid-family.ts'
import { sudokuRecipes } from './recipes/index.ts'
import { boxShapeOfCells, sudokuNames } from './shape.ts'
import { generatedSudokus, sudokuFiles } from './sources.ts'

export type { GivenProblem, SolutionProblem } from '../one-solution.ts'
export { checkAnswer, checkQuestion, type SudokuMistake, type SudokuProblem } from './check.ts'
export { type GenerateOptions, generatePuzzle, type Sudoku } from './generate.ts'
export { type BoxShape, boxShapes } from './shape.ts'
export { countSolutions, solveSudoku } from './solve.ts'
export { formatSudokuGrid, formatSudokuLine, parseSudoku, type SudokuText } from './text.ts'

/** Sudokus of 4×4 to 16×16 cells. */
export const sudoku = {
  name: 'sudoku',
  grid: sudokuGrid,
  sources: [generatedSudokus, sudokuFiles],
  recipes: sudokuRecipes,
  paper: {
    benchmark: 'Sudoku-Extreme',
    base: 'paper-sudoku',
    accuracies: {
      'trm-mlp': 0.874,
      'trm-att': 0.747,
      hrm: 0.55,
      direct: 0,
      'single-state': 0.719,
      'multi-scale': 0.776,
      'no-ema': 0.799,
      'separate-nets': 0.824,
      'four-layers': 0.795,
      'one-step-gradient': 0.565,
      'continue-loss': 0.861,
      'two-by-two': 0.737,
    },
  },
  published: {
    sizes: [
      { symbols: 11, cells: 81 },
      { symbols: 8, cells: 36 },
      { symbols: 6, cells: 16 },
    ],
    latentUpdates: 6,
    dataOf(cells) {
      const shape = boxShapeOfCells(cells)
      return shape && { kind: 'sudoku-file', ...shape, augment: true }
    },
    names: (symbols) => sudokuNames(symbols - 2),
  },
} as const satisfies PuzzleFamily
