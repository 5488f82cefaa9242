/** pass@k of ARC: the share of test inputs whose output is among the first k of the vote. */
import { type Grid, gridsEqual } from '../../puzzles/arc/grid.ts'
import type { ArcVotes } from './vote.ts'

/** The numbers of attempts that are reported, as published. */
export const passCounts = [1, 2, 5, 10, 100, 1000] as const

/** How many of the best answers may be tried. */
export type PassCount = (typeof passCounts)[number]

/** What a vote is scored on. */
export interface ScoredTask {
  readonly id: string
  /** An output is null where no solution is known. */
  readonly test: readonly { readonly input: Grid; readonly output: Grid | null }[]
}

/** The share for each count, 0 to 1. */
export type PassAt = Readonly<Record<PassCount, number>>

/** How an evaluation on ARC went. */
export interface ArcFigures {
  /**
   * Averaged over the test inputs of a task, then over tasks; a task without predictions is wrong. Null where no
   * task has its solutions.
   */
  readonly passAt: PassAt | null
  /** Tasks that are scored: those whose solutions are all known. */
  readonly tasks: number
  /** Their test inputs. */
  readonly testInputs: number
  /** Votes cast, for other tasks too. */
  readonly predictions: number
}

/** The figures of a vote, over the tasks whose outputs are known. */
export function arcFigures(votes: ArcVotes, tasks: readonly ScoredTask[]): ArcFigures {
  const scored = tasks.filter(({ test }) => test.length > 0 && test.every(({ output }) => output !== null))
  const sums = new Map<PassCount, number>(passCounts.map((count) => [count, 0]))
  let testInputs = 0
  for (const { id, test } of scored) {
    testInputs += test.length
    const places = test.map(({ input, output }) =>
      votes.ranking(id, input).findIndex((vote) => output !== null && gridsEqual(vote.output, output)),
    )
    for (const count of passCounts) {
      const right = places.filter((place) => place >= 0 && place < count).length
      sums.set(count, sums.get(count)! + right / test.length)
    }
  }
  const share = (count: PassCount): number => sums.get(count)! / scored.length
  return {
    passAt:
      scored.length === 0
        ? null
        : { 1: share(1), 2: share(2), 5: share(5), 10: share(10), 100: share(100), 1000: share(1000) },
    tasks: scored.length,
    testInputs,
    predictions: votes.predictions,
  }
}
