/** Tasks of ARC: a few example pairs that show a rule, and test inputs to which it is to be applied. */
import type { Grid } from './grid.ts'

/** A question and its answer. */
export interface ArcPair {
  readonly input: Grid
  readonly output: Grid
}

/** A question; its answer is null where it is not known. */
export interface ArcTestPair {
  readonly input: Grid
  /** Null where no solution is known, as in a competition's test file. */
  readonly output: Grid | null
}

/** A task: pairs that show the rule, and questions to apply it to. */
export interface ArcTask {
  readonly id: string
  /** The set that the task was published in, such as `evaluation2`. */
  readonly subset: string
  readonly train: readonly ArcPair[]
  readonly test: readonly ArcTestPair[]
}

/** Every pair of a task, training pairs first. */
export function allPairs({ train, test }: ArcTask): readonly ArcTestPair[] {
  return [...train, ...test]
}

/** The longest side of any grid of the task. */
export function largestSide(task: ArcTask): number {
  let side = 0
  for (const { input, output } of allPairs(task))
    for (const grid of [input, output]) if (grid) side = Math.max(side, grid.rows, grid.columns)
  return side
}
