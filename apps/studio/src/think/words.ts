/** What the page says about a thought. */
import type { Judgement, Verdict } from './judge.ts'

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** About the step that is shown. */
export function describeStep(step: number, judgement: Judgement | undefined, changed: number): string {
  if (step === 0 || judgement === undefined) return 'The question.'
  if (step === 1)
    return judgement.isSolved ? 'Its first answer is right.' : `Its first answer. ${judgement.reason}`
  const moved = changed === 0 ? 'Nothing changed' : `${plural(changed, 'cell')} changed`
  return judgement.isSolved ? `${moved}. The answer is right.` : `${moved}. ${judgement.reason}`
}

export interface VerdictWords {
  readonly isSolved: boolean
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
  const isSolved = solvedFrom !== null
  const headline = isSolved ? `Solved after step ${solvedFrom}` : `Not solved after ${plural(count, 'step')}`
  const parts: string[] = isSolved ? [] : [last.reason]
  if (canTellHalting) parts.push(haltingSentence(count, haltsAfter, isRightAtHalt, early))
  return { isSolved, headline, detail: parts.filter((part) => part !== '').join(' ') }
}

function haltingSentence(count: number, haltsAfter: number | null, isRight: boolean, early: boolean): string {
  if (haltsAfter === null)
    return early
      ? `The model never believed its answer to be right, so it took all ${count} steps.`
      : 'Early halting would not have ended it sooner.'
  if (early)
    return isRight ? 'There it halted by itself.' : `It halted by itself after step ${haltsAfter}, too sure.`
  return `Early halting would have ended it after step ${haltsAfter}, ${isRight ? 'with the right answer' : 'with a wrong answer'}.`
}
