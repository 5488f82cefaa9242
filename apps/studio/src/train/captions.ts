/** What has changed, in one or two sentences. */
import { grouped, percent, plural, significant } from '@tiny-recursive-models/trm/format'
import { smooth } from '../charts/curve.ts'
import type { Evaluation, RunView } from '../charts/series.ts'
import { smoothingWindow } from './curves.ts'
import type { WatchedAnswer } from './example.ts'

/** Shares as they are told in a sentence. */
const whole = (share: number): string => percent(share, 0)

/** What the evaluation after that step says, beside the one before it. */
export function describeLearning(evaluations: readonly Evaluation[], step: number): string {
  const place = evaluations.findLastIndex((one) => one.step <= step)
  const now = evaluations[place]
  if (!now) return 'Nothing has been evaluated yet.'
  const { exactAccuracy, cellAccuracy, puzzles } = now
  const before = evaluations[place - 1]
  if (exactAccuracy === 0) return `${whole(cellAccuracy)} of the cells are right, and no whole puzzle yet.`
  const solved = `${plural(Math.round(exactAccuracy * puzzles), 'whole puzzle')} of ${grouped(puzzles)}`
  if (!before) return `${solved}, and ${whole(cellAccuracy)} of the cells are right.`
  if (before.exactAccuracy === 0)
    return `For the first time ${solved}, with ${whole(cellAccuracy)} of the cells right.`
  const cells = changeOf(before.cellAccuracy, cellAccuracy)
  const all = changeOf(before.exactAccuracy, exactAccuracy)
  return `Since step ${grouped(before.step)}: right cells ${cells}, whole puzzles ${all}.`
}

const changeOf = (before: number, now: number): string =>
  whole(before) === whole(now) ? `still ${whole(now)}` : `${whole(before)} → ${whole(now)}`

/** What these weights made of the puzzle, and what those before them. */
export function describeAnswers(
  answers: readonly WatchedAnswer[],
  before: readonly WatchedAnswer[] | undefined,
): string {
  const last = answers.at(-1)
  if (!last) return ''
  const now = solvedFrom(answers)
  if (now === null) {
    const wrong = last.wrong.length
    const earlier = before?.at(-1)?.wrong.length
    const change =
      earlier === undefined || earlier === wrong ? '' : `, ${earlier > wrong ? 'down' : 'up'} from ${earlier}`
    return `In the end ${plural(wrong, 'cell is', 'cells are')} wrong${change}.`
  }
  const earlier = before && solvedFrom(before)
  const solved = now === 1 ? 'Solved at the first step' : `Solved from step ${now} on`
  if (earlier === null) return `${solved}, for the first time.`
  return earlier !== undefined && earlier !== now
    ? `${solved}, before from step ${earlier} on.`
    : `${solved}.`
}

/** The step from which on the answer stays right; null where the last one is not. */
export function solvedFrom(answers: readonly WatchedAnswer[]): number | null {
  let from = answers.length
  while (from > 0 && answers[from - 1]!.isSolved) from--
  return from < answers.length ? from + 1 : null
}

/** Above its lowest value by this share the loss has risen, and does not only wobble. */
const risen = 1.1

/** Why the loss rises although the answers get better; null where it does not. */
export function explainRise({ columns }: RunView): string | null {
  const { loss, answerLoss, step } = columns
  const window = smoothingWindow(loss.length)
  if (loss.length < 4 * window) return null
  const [total, answers] = [smooth(loss, window), smooth(answerLoss, window)]
  const lowest = total.indexOf(Math.min(...total))
  const [then, now] = [answers[lowest]!, answers.at(-1)!]
  if (total.at(-1)! < risen * total[lowest]! || !(now <= then)) return null
  return `The loss rises since step ${grouped(step[lowest]!)} because of halting: more answers come out right, so there is more to tell apart. That of the answers still fell, from ${significant(then)} to ${significant(now)}.`
}
