/** Sudoku of one box shape as a board. N = size, S = N² cells. */
import type { Board, PuzzleKind } from '../family.ts'
import { withOneSolution } from '../one-solution.ts'
import { textBoard } from '../text-board.ts'
import { applySymmetry, drawSymmetry, invertSymmetry } from './augment.ts'
import { findContradictions } from './check.ts'
import { sudokuFingerprint } from './fingerprint.ts'
import { type BoxShape, blankToken, markOf, sudokuLayout, sudokuNames } from './shape.ts'
import { countSolutions, maxBranches, solveSudoku } from './solve.ts'
import { sudokuStructure } from './structure.ts'
import { parseSudoku } from './text.ts'

export interface SudokuKind extends PuzzleKind {
  readonly puzzle: 'sudoku'
  readonly shape: BoxShape
}

export function sudokuBoard({ shape }: SudokuKind): Board {
  const { size, symbols, boxOf, boxRows, boxColumns } = sudokuLayout(shape)
  const board = textBoard({
    kind: { puzzle: 'sudoku', shape: { boxRows, boxColumns } } as SudokuKind,
    title: `${size}×${size} Sudoku`,
    rows: size,
    columns: size,
    symbols: Array.from({ length: symbols - 1 }, (_, index) => markOf(index + blankToken)),
    structure: sudokuStructure(shape),
  })
  const words = {
    /** Beyond 9 they are marked with letters. */
    names: sudokuNames(size),
    /** Padding has the mark of a blank, so that any answer in one line is a Sudoku that can be read again. */
    marks: board.marks.map((mark, token) => (token < blankToken ? markOf(blankToken) : mark)),
    editing: {
      ...board.editing,
      help: 'Choose a cell, then a digit; or use the keyboard: arrows, digits and Backspace.',
    },
  }
  const rules = {
    mistakes: (tokens: Int32Array) => findContradictions(shape, tokens),
    count: (question: Int32Array) => countSolutions(shape, question),
    steps: maxBranches,
    solve: (question: Int32Array) => solveSudoku(shape, question)!,
  }
  return {
    ...withOneSolution({ ...board, ...words }, rules),
    regionOf: boxOf,
    parse: (text) => parseSudoku(text, shape).tokens,
    symmetry: (random) => {
      const symmetry = drawSymmetry(shape, random)
      return {
        apply: (tokens) => applySymmetry(symmetry, tokens),
        invert: (tokens) => invertSymmetry(symmetry, tokens),
      }
    },
    fingerprint: (question, answer) => sudokuFingerprint(shape, question, answer),
  }
}
