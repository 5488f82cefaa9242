/** Accuracies in words. */
import { grouped, percent } from '@tiny-recursive-models/trm/format'

/** `, 71.0 % valid`, if that differs from the share of exact answers; otherwise nothing. */
export const validShare = ({
  exactAccuracy,
  validAccuracy,
}: {
  exactAccuracy: number | null
  validAccuracy: number | null
}): string =>
  validAccuracy === null || validAccuracy === exactAccuracy ? '' : `, ${percent(validAccuracy)} valid`

/** Said of a test set in place of accuracies. */
export const noAnswers = 'no known answers, so no accuracy'

interface Scored {
  readonly exactAccuracy: number | null
  readonly exactInterval: readonly [number, number] | null
}

/** `83.2 % exact (95 %: 79.1 % to 86.9 %)`, or that there is nothing to compare with. */
export function exactShare({ exactAccuracy, exactInterval }: Scored): string {
  if (exactAccuracy === null || exactInterval === null) return noAnswers
  const [low, high] = exactInterval
  return `${percent(exactAccuracy)} exact (95 %: ${percent(low)} to ${percent(high)})`
}

/** `, 12 of them with a known answer`, unless all have one. */
export const labelledShare = ({
  puzzles,
  labelled = puzzles,
}: {
  puzzles: number
  labelled?: number
}): string =>
  labelled === 0 || labelled === puzzles ? '' : `, ${grouped(labelled)} of them with a known answer`
