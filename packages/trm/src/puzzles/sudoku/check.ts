import { nameCell } from '../../data/cells.ts'
import { type GivenProblem, givenProblems, questionProblems, type SolutionProblem } from '../one-solution.ts'
import { type BoxShape, blankToken, digitOffset, sudokuLayout, sudokuNames, type UnitKind } from './shape.ts'
import { countSolutions, maxBranches } from './solve.ts'

/** Something wrong with the cells that are filled. */
export type SudokuMistake = { readonly message: string; readonly cells: readonly number[] } & (
  | { readonly kind: 'wrong-length' }
  /** A token that is neither blank nor a digit. */
  | { readonly kind: 'wrong-token' }
  /** The same digit twice in a unit: `cells` are the later one and the earlier one. */
  | { readonly kind: 'contradiction'; readonly unit: UnitKind; readonly digit: number }
)

/** Everything that can be wrong with a Sudoku; `cells` are for a page to mark, `message` is for people. */
export type SudokuProblem = SudokuMistake | SolutionProblem | GivenProblem

/**
 * What is wrong with the tokens of a question, or of an answer as far as it is filled: the length, the tokens,
 * and every contradiction between two cells, each named once. Cheap: no search.
 *
 * @param tokens [S] blank 1, digit d as d + 1
 */
export function findContradictions(shape: BoxShape, tokens: ArrayLike<number>): SudokuMistake[] {
  const { size, cells, boxOf } = sudokuLayout(shape)
  if (tokens.length !== cells) {
    return [{ kind: 'wrong-length', cells: [], message: `expected ${cells} cells, got ${tokens.length}` }]
  }
  const problems: SudokuMistake[] = []
  const names: readonly UnitKind[] = ['row', 'column', 'box']
  // [3, N, N + 1] the first cell of each unit with each digit, plus one
  const first = new Uint8Array(3 * size * (size + 1))
  for (let cell = 0; cell < cells; cell++) {
    const token = tokens[cell]!
    if (token === blankToken) continue
    const digit = token - digitOffset
    if (!Number.isInteger(digit) || digit < 1 || digit > size) {
      const message = `${nameCell(cell, size)}: neither a digit from 1 to ${size} nor a blank (token ${token})`
      problems.push({ kind: 'wrong-token', cells: [cell], message })
      continue
    }
    const units = [Math.floor(cell / size), cell % size, boxOf[cell]!]
    let blamed = -1
    names.forEach((unit, kind) => {
      const place = (kind * size + units[kind]!) * (size + 1) + digit
      const other = first[place]! - 1
      if (other < 0) first[place] = cell + 1
      else if (other !== blamed) {
        blamed = other
        const message = `${nameCell(cell, size)}: ${digit} is already in ${nameCell(other, size)}, the same ${unit}`
        problems.push({ kind: 'contradiction', unit, digit, cells: [cell, other], message })
      }
    })
  }
  return problems
}

/**
 * What is wrong with a question: its contradictions, and where it has none, whether it has exactly one solution.
 *
 * @param question [S]
 */
export function checkQuestion(shape: BoxShape, question: Int32Array): SudokuProblem[] {
  const count = () => countSolutions(shape, question)
  return questionProblems(question, findContradictions(shape, question), count, maxBranches)
}

/**
 * What is wrong with an answer: blanks, contradictions, and givens that it changes. Cheap: no search.
 *
 * @param question [S] the givens
 * @param answer [S]
 */
export function checkAnswer(shape: BoxShape, question: Int32Array, answer: Int32Array): SudokuProblem[] {
  const { size: columns } = sudokuLayout(shape)
  const problems = findContradictions(shape, answer)
  if (problems.some(({ kind }) => kind === 'wrong-length')) return problems
  const names = sudokuNames(columns)
  return [...problems, ...givenProblems(question, answer, { columns, blank: blankToken, names })]
}
