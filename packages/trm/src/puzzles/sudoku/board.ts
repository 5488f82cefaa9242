/** Sudoku of one box shape as a board. N = size, S = N² cells. */
import type { Board, Problem, PuzzleKind, PuzzleSymmetry, SymbolLook } from '../family.ts'
import { applySymmetry, drawSymmetry, invertSymmetry } from './augment.ts'
import {
  checkAnswer,
  checkQuestion,
  findContradictions,
  type SudokuProblem,
  solutionProblem,
} from './check.ts'
import { sudokuFingerprint } from './fingerprint.ts'
import { type BoxShape, blankToken, digitOffset, markOf, sudokuLayout } from './shape.ts'
import { countSolutions, solveSudoku } from './solve.ts'
import { sudokuStructure } from './structure.ts'
import { parseSudoku } from './text.ts'

export interface SudokuKind extends PuzzleKind {
  readonly puzzle: 'sudoku'
  readonly shape: BoxShape
}

export function sudokuBoard({ shape }: SudokuKind): Board {
  const { size, cells, symbols, boxOf, boxRows, boxColumns } = sudokuLayout(shape)
  const structure = sudokuStructure(shape)
  const digits = structure.exchangeable
  const names = Array.from({ length: symbols }, (_, token) =>
    token === 0 ? 'padding' : token === blankToken ? 'blank' : String(token - digitOffset),
  )
  const marks = Array.from({ length: symbols }, (_, token) => markOf(token))
  return {
    kind: { puzzle: 'sudoku', shape: { boxRows, boxColumns } } as SudokuKind,
    title: `${size}×${size} Sudoku`,
    rows: size,
    columns: size,
    names,
    marks,
    looks: marks.map(
      (text, token): SymbolLook =>
        token > blankToken ? { shape: 'text', text } : { shape: 'empty', text: '' },
    ),
    regionOf: boxOf,
    structure,
    candidates: digits,
    editing: {
      mode: 'write',
      palette: digits,
      keys: Object.fromEntries(digits.map((token) => [markOf(token).toLowerCase(), token])),
      single: [],
      help: 'Choose a cell, then a digit; or type: arrows, digits and Backspace.',
    },
    empty: () => new Int32Array(cells).fill(blankToken),
    parse: (text) => parseSudoku(text, shape).tokens,
    mistakes: (question) => findContradictions(shape, question),
    check: (question) => checkQuestion(shape, question).map(asProblem),
    rule: {
      solution: 'a valid solution',
      hasManyAnswers: false,
      problems: (question, answer) => checkAnswer(shape, question, answer),
      isSolved: (question, answer) => checkAnswer(shape, question, answer).length === 0,
      solve: (question) =>
        solutionProblem(countSolutions(shape, question))?.message ?? solveSudoku(shape, question)!,
    },
    symmetry: (random): PuzzleSymmetry => {
      const symmetry = drawSymmetry(shape, random)
      return {
        apply: (tokens) => applySymmetry(symmetry, tokens),
        invert: (tokens) => invertSymmetry(symmetry, tokens),
      }
    },
    fingerprint: (question, answer) => sudokuFingerprint(shape, question, answer),
  }
}

const asProblem = ({ kind, message, cells }: SudokuProblem): Problem => ({
  message,
  cells,
  isWarning: kind === 'several-solutions' || kind === 'undecided',
})
