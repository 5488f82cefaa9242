import type { RandomStream } from '@tiny-recursive-models/tensor'
import { leaveOutClues } from '../one-solution.ts'
import { type BoxShape, blankToken } from './shape.ts'
import { isClueNeeded, randomSolution } from './solve.ts'

/** A question with exactly one solution, and that solution. */
export interface Sudoku {
  readonly shape: BoxShape
  /** [S] */
  readonly question: Int32Array
  /** [S] */
  readonly answer: Int32Array
}

/** How a Sudoku is generated. minimal: no clue can be left out. */
export interface GenerateOptions {
  /** True: no clue can be left out. False: up to half of the blanks, a random number, are given back. */
  readonly minimal: boolean
}

/** One random puzzle with exactly one solution. */
export function generatePuzzle(shape: BoxShape, random: RandomStream, { minimal }: GenerateOptions): Sudoku {
  const answer = randomSolution(shape, random)
  const { question, cleared } = leaveOutClues(answer, blankToken, random, (question, cell) =>
    isClueNeeded(shape, question, cell),
  )
  if (!minimal) {
    const returned = random.integer(Math.floor(cleared.length / 2) + 1)
    for (const cell of random.shuffle(cleared).slice(0, returned)) question[cell] = answer[cell]!
  }
  return { shape, question, answer }
}
