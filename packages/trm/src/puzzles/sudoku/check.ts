import { nameCell } from '../../data/cells.ts'
import { type BoxShape, blankToken, digitOffset, sudokuLayout, type UnitKind } from './shape.ts'
import { countSolutions, maxBranches } from './solve.ts'

/** Everything that can be wrong with a Sudoku; `cells` are for a page to mark, `message` is for people. */
export type SudokuProblem = { readonly message: string; readonly cells: readonly number[] } & (
  | { readonly kind: 'wrong-length' }
  /** A token that is neither blank nor a digit. */
  | { readonly kind: 'wrong-token' }
  /** The same digit twice in a unit: `cells` are the later one and the earlier one. */
  | { readonly kind: 'contradiction'; readonly unit: UnitKind; readonly digit: number }
  | { readonly kind: 'no-solution' }
  | { readonly kind: 'several-solutions' }
  /** The search gave up: there may be one solution, none or several. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'answer-blank' }
  /** The answer changes a given. */
  | { readonly kind: 'answer-differs' }
)

/**
 * What is wrong with the tokens of a question, or of an answer as far as it is filled: the length, the tokens,
 * and every contradiction between two cells, each named once. Cheap: no search.
 *
 * @param tokens [S] blank 1, digit d as d + 1
 */
export function findContradictions(shape: BoxShape, tokens: ArrayLike<number>): SudokuProblem[] {
  const { size, cells, boxOf } = sudokuLayout(shape)
  if (tokens.length !== cells) {
    return [
      { kind: 'wrong-length', cells: [], message: `${cells} cells are needed, ${tokens.length} are here` },
    ]
  }
  const problems: SudokuProblem[] = []
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
  const problems = findContradictions(shape, question)
  if (problems.length > 0) return problems
  const problem = solutionProblem(countSolutions(shape, question))
  return problem === undefined ? [] : [problem]
}

/** What a number of solutions, as `countSolutions` gives it, says against a puzzle; undefined for exactly one. */
export function solutionProblem(
  solutions: number | null,
  branches: number = maxBranches,
): SudokuProblem | undefined {
  if (solutions === 1) return undefined
  if (solutions === null) {
    const message = `the number of solutions could not be decided within ${branches} steps`
    return { kind: 'undecided', cells: [], message }
  }
  return solutions === 0
    ? { kind: 'no-solution', cells: [], message: 'the puzzle has no solution' }
    : { kind: 'several-solutions', cells: [], message: 'the puzzle has more than one solution' }
}

/**
 * What is wrong with an answer: blanks, contradictions, and givens that it changes. Cheap: no search.
 *
 * @param question [S] the givens
 * @param answer [S]
 */
export function checkAnswer(shape: BoxShape, question: Int32Array, answer: Int32Array): SudokuProblem[] {
  const { size } = sudokuLayout(shape)
  const problems = findContradictions(shape, answer)
  if (problems.some((problem) => problem.kind === 'wrong-length')) return problems
  answer.forEach((token, cell) => {
    const given = question[cell]!
    if (token === blankToken) {
      const message = `${nameCell(cell, size)}: the answer is blank`
      problems.push({ kind: 'answer-blank', cells: [cell], message })
    } else if (given > blankToken && given !== token) {
      const message = `${nameCell(cell, size)}: the answer is ${token - digitOffset}, the given is ${given - digitOffset}`
      problems.push({ kind: 'answer-differs', cells: [cell], message })
    }
  })
  return problems
}
