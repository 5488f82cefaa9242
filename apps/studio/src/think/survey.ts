/** How a model fares with many puzzles: what is counted of them. */
import type { FoundPuzzle } from '../puzzles/read.ts'

/** What there is to watch: the answer is there at once, or it takes several steps, or it never comes. */
export const outcomes = ['once', 'later', 'never'] as const
export type Outcome = (typeof outcomes)[number]

export interface Surveyed {
  readonly puzzle: FoundPuzzle
  /** Whether the answer is right after every step that was taken; the last one holds from then on. */
  readonly solved: readonly boolean[]
  /** How likely the model thinks its last answer is right. */
  readonly certainty: number
}

/** A model that begins with noise has little to show after its first step: so many are still at once. */
export const stepsAtOnce = 2

/** A puzzle is solved where its last answer is right; since the step that no wrong one follows. */
export function outcomeOf({ solved }: Surveyed): Outcome {
  if (!solved.at(-1)) return 'never'
  return solvedFrom(solved) <= stepsAtOnce ? 'once' : 'later'
}

/** The step from which on every answer is right. */
export const solvedFrom = (solved: readonly boolean[]): number => solved.lastIndexOf(false) + 2

export function countOutcomes(all: readonly Surveyed[]): Readonly<Record<Outcome, number>> {
  const counts = { once: 0, later: 0, never: 0 }
  for (const one of all) counts[outcomeOf(one)] += 1
  return counts
}

/** [steps] how many puzzles are solved after each step. */
export function solvedByStep(all: readonly Surveyed[]): number[] {
  const steps = Math.max(0, ...all.map(({ solved }) => solved.length))
  return Array.from(
    { length: steps },
    (_, step) => all.filter(({ solved }) => solved[Math.min(step, solved.length - 1)]).length,
  )
}

export interface Share {
  readonly right: number
  readonly of: number
}

/** Whether certainty says something: puzzles of which the model is at least so sure, and the others. */
export function byCertainty(
  all: readonly Surveyed[],
  level: number,
): { readonly sure: Share; readonly unsure: Share } {
  const shareOf = (some: readonly Surveyed[]): Share => ({
    right: some.filter(({ solved }) => solved.at(-1)).length,
    of: some.length,
  })
  return {
    sure: shareOf(all.filter(({ certainty }) => certainty >= level)),
    unsure: shareOf(all.filter(({ certainty }) => certainty < level)),
  }
}

/** [S] the symbol that most answers [S] have in each cell; of equals the one that comes first. */
export function voteOf(answers: readonly Int32Array[]): Int32Array {
  return Int32Array.from(answers[0] ?? [], (_, cell) => {
    const counts = new Map<number, number>()
    for (const answer of answers) counts.set(answer[cell]!, (counts.get(answer[cell]!) ?? 0) + 1)
    return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0]
  })
}
