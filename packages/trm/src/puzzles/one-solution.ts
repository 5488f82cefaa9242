/** Puzzles that have exactly one solution: what is wrong with a question and an answer, and making new ones. S = cells. */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import { nameCell } from '../data/cells.ts'
import type { Board, Problem } from './family.ts'

/** A question without mistakes that does not have one solution. */
export interface SolutionProblem extends Problem {
  /** `undecided`: the search gave up, so that there may be one solution, none or several. */
  readonly kind: 'no-solution' | 'several-solutions' | 'undecided'
}

/** A cell of an answer that is blank, or changes a given. */
export interface GivenProblem extends Problem {
  readonly kind: 'answer-blank' | 'answer-differs'
}

/** Counts the solutions of a question [S] up to 2; null where it gives up. */
type CountSolutions = (question: Int32Array) => number | null

/**
 * The mistakes of a question, and where it has none, whether it has exactly one solution.
 *
 * @param question [S]
 * @param steps after which `count` gives up
 */
export function questionProblems<Mistake extends Problem>(
  question: Int32Array,
  mistakes: readonly Mistake[],
  count: CountSolutions,
  steps: number,
): (Mistake | SolutionProblem)[] {
  if (mistakes.length > 0) return [...mistakes]
  const solutions = count(question)
  if (solutions === 1) return []
  if (solutions === 0) return [{ kind: 'no-solution', cells: [], message: 'the puzzle has no solution' }]
  const several = 'the puzzle has more than one solution'
  return solutions === null
    ? [{ ...undecided, message: `the number of solutions could not be decided within ${steps} steps` }]
    : [{ kind: 'several-solutions', cells: [], isWarning: true, message: several }]
}

const undecided = { kind: 'undecided', cells: [], isWarning: true } as const

interface Symbols {
  readonly columns: number
  /** Symbols are the tokens beyond it. */
  readonly blank: number
  /** [V] as `Board.names`. */
  readonly names: readonly string[]
}

/**
 * What an answer lacks besides the rules: cells that are blank, and givens that it changes.
 *
 * @param question [S]
 * @param answer [S]
 */
export function givenProblems(
  question: Int32Array,
  answer: Int32Array,
  { columns, blank, names }: Symbols,
): GivenProblem[] {
  const problems: GivenProblem[] = []
  answer.forEach((token, cell) => {
    const given = question[cell]!
    const where = nameCell(cell, columns)
    if (token === blank)
      problems.push({ kind: 'answer-blank', cells: [cell], message: `${where}: the answer is blank` })
    else if (given > blank && given !== token) {
      const message = `${where}: the answer is ${names[token] ?? token}, the given is ${names[given]}`
      problems.push({ kind: 'answer-differs', cells: [cell], message })
    }
  })
  return problems
}

interface OneSolution {
  /** What is wrong with the cells that are filled, in a question or an answer [S]. */
  readonly mistakes: (tokens: Int32Array) => readonly Problem[]
  readonly count: CountSolutions
  /** By default `count` never gives up. */
  readonly steps?: number
  /** The solution [S] of a question that has one. */
  readonly solve: (question: Int32Array) => Int32Array
}

/** The board with the checks and the rule of puzzles that have one solution. */
export function withOneSolution(
  board: Omit<Board, 'mistakes' | 'check' | 'rule'>,
  { mistakes, count, steps = Number.POSITIVE_INFINITY, solve }: OneSolution,
): Board {
  const symbols = { ...board, blank: board.structure.open[0]! }
  const check = (question: Int32Array) => questionProblems(question, mistakes(question), count, steps)
  const problems = (question: Int32Array, answer: Int32Array) => [
    ...mistakes(answer),
    ...givenProblems(question, answer, symbols),
  ]
  return {
    ...board,
    mistakes,
    check,
    rule: {
      solution: 'a valid solution',
      hasManyAnswers: false,
      problems,
      isSolved: (question, answer) => problems(question, answer).length === 0,
      solve: (question) => check(question)[0]?.message ?? solve(question),
    },
  }
}

/**
 * A question with this one solution, of which no clue can be left out, and the cells that were cleared, in their order.
 * One pass is enough: a clue that is needed among more clues is needed among fewer.
 *
 * @param answer [S]
 * @param isNeeded whether the question, which has the clue of that cell, would have other solutions without it
 */
export function leaveOutClues(
  answer: Int32Array,
  blank: number,
  random: RandomStream,
  isNeeded: (question: Int32Array, cell: number) => boolean,
): { question: Int32Array; cleared: number[] } {
  const question = answer.slice()
  const cleared = [...random.permutation(answer.length)].filter((cell) => {
    if (isNeeded(question, cell)) return false
    question[cell] = blank
    return true
  })
  return { question, cleared }
}
