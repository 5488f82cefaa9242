// Letters: S cells.
import type { Attempt } from './desks.ts'
import type { Effort } from './effort.ts'

/** A puzzle to solve; plain data, which can be posted to another thread. */
export interface SolveRequest {
  /** [S] */
  readonly question: Int32Array
  readonly effort: Effort
  /** Row of the puzzle embedding table; by default 0. */
  readonly identifier?: number
  /** Tell of every step. */
  readonly withSteps?: boolean
}

/** What a model held after one supervision step. */
export interface SolutionStep {
  /** Which attempt, from 0, and which of its steps, from 1. */
  readonly attempt: number
  readonly step: number
  /** [S] of the puzzle as asked */
  readonly answer: Int32Array
  /** Of the cell whose symbol is the least certain. */
  readonly leastConfidence: number
  /** The predicted probability that the answer is correct. */
  readonly haltProbability: number
}

/** What a solver found. */
export interface Solution {
  readonly chosen: Attempt
  /** All of them, the chosen one too. */
  readonly attempts: readonly Attempt[]
  /** Of all attempts, in their order; empty unless they were asked for. */
  readonly steps: readonly SolutionStep[]
}

/** Something that solves several puzzles at a time: a batch in this thread or in another, or a queue before several. */
export interface Solver {
  /** Puzzles that are worked on side by side. */
  readonly slots: number
  /** Puzzles that it should be given at a time: a few wait, so that a slot that becomes free has work at once. */
  readonly capacity: number
  /**
   * The same request gets the same answer, whatever else is solved beside it.
   *
   * @param signal gives up, and frees the slot
   * @throws InputError if the question has another size or other symbols than the model
   */
  solve(request: SolveRequest, signal?: AbortSignal): Promise<Solution>
  /** What is under way is given up. */
  close(): Promise<void>
}
