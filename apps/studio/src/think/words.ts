/** What the page says about a thought. */
import { plural } from '@tiny-recursive-models/trm/format'
import type { Judgement, Verdict } from '../grid/judge.ts'

/** About the step that is shown. */
export function describeStep(step: number, judgement: Judgement | undefined, changed: number): string {
  if (step === 0) return 'Nothing is answered yet: play, or go one step forward.'
  if (judgement === undefined) return 'It cannot be told yet how good this answer is.'
  // What cannot be told is told once, at the end.
  const reason = judgement.isSolved === null ? '' : ` ${judgement.reason}`
  if (step === 1) return judgement.isSolved ? 'Its first answer is correct.' : `Its first answer.${reason}`
  const moved = changed === 0 ? 'Nothing changed' : `${plural(changed, 'cell')} changed`
  return judgement.isSolved ? `${moved}. The answer is correct.` : `${moved}.${reason}`
}

export interface VerdictWords {
  /** Null where it cannot be told. */
  readonly isSolved: boolean | null
  readonly headline: string
  readonly detail: string
}

/**
 * About a thought that has ended.
 *
 * @param early whether it was let to halt
 * @param halting null where the model's rule for halting cannot be read off its probability
 */
export function describeVerdict(
  count: number,
  last: Judgement,
  { solvedFrom, haltsAfter, isRightAtHalt }: Verdict,
  early: boolean,
  canTellHalting: boolean,
): VerdictWords {
  const { isSolved } = last
  const headline = isSolved
    ? `Solved after step ${solvedFrom}`
    : `${isSolved === null ? 'Answered' : 'Not solved'} after ${plural(count, 'step')}`
  const parts: string[] = isSolved ? [] : [last.reason]
  if (canTellHalting) parts.push(haltingSentence(count, haltsAfter, isRightAtHalt, early))
  return { isSolved, headline, detail: parts.filter((part) => part !== '').join(' ') }
}

function haltingSentence(
  count: number,
  haltsAfter: number | null,
  isRight: boolean | null,
  early: boolean,
): string {
  if (haltsAfter === null)
    return early
      ? `The model never predicted that its answer was correct, so it took all ${count} steps.`
      : 'Early halting would not have stopped it sooner.'
  if (early && isRight) return 'It halted there by itself.'
  if (early)
    return `It halted by itself after step ${haltsAfter}${isRight === null ? '' : ', overconfident'}.`
  if (isRight === null) return `Early halting would have stopped it after step ${haltsAfter}.`
  return `Early halting would have stopped it after step ${haltsAfter}, ${isRight ? 'with the correct answer' : 'with a wrong answer'}.`
}
