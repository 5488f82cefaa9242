/** How good an answer is, and what can be said of a whole thought. S cells. */
import type { Board } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import { isGiven, openCount } from '../puzzles/cells.ts'
import { sentence } from '../puzzles/check.ts'

export interface Judgement {
  /** Null where it cannot be told. */
  readonly isSolved: boolean | null
  /** Cells to mark as wrong, as far as it can be told which. */
  readonly wrong: readonly number[]
  /** What is wrong, or why it cannot be told, as a sentence; empty for a right answer. */
  readonly reason: string
}

const right: Judgement = { isSolved: true, wrong: [], reason: '' }

const unknown: Judgement = {
  isSolved: null,
  wrong: [],
  reason: 'The answer cannot be checked: no rule is known for these puzzles, nor the solution of this one.',
}

/** @param solution [S] null where there is not exactly one, or where it is not known */
export function judge(
  board: Board,
  question: Int32Array,
  answer: Int32Array,
  solution: Int32Array | null,
): Judgement {
  const { rule } = board
  if (!rule) return solution ? judgeByCells(board, question, differences(answer, solution)) : unknown
  if (rule.isSolved(question, answer)) return right
  if (solution && !rule.hasManyAnswers && !rule.wrongCells)
    return judgeByCells(board, question, differences(answer, solution))
  const problems = rule.problems(question, answer)
  const named = [...new Set(problems.flatMap(({ cells }) => cells))]
  const wrong =
    rule.wrongCells?.(question, answer) ?? named.filter((cell) => !isGiven(board, question[cell]!))
  return { isSolved: false, wrong, reason: sentence(problems[0]?.message ?? `this is not ${rule.solution}`) }
}

const differences = (answer: Int32Array, solution: Int32Array): number[] =>
  [...answer.keys()].filter((cell) => answer[cell] !== solution[cell])

function judgeByCells(board: Board, question: Int32Array, wrong: readonly number[]): Judgement {
  if (wrong.length === 0) return right
  const givens = wrong.filter((cell) => isGiven(board, question[cell]!)).length
  const open = wrong.length - givens
  const cells = `${open} of ${plural(openCount(board, question), 'cell')} ${open === 1 ? 'is' : 'are'} wrong`
  const changed = `it answers ${plural(givens, 'given cell')} with something else`
  const reason = open === 0 ? sentence(changed) : `${cells}${givens === 0 ? '' : `, and ${changed}`}.`
  return { isSolved: false, wrong, reason }
}

export interface Verdict {
  /** The step from which on every answer is right; null where the last one is not, or is not known to be. */
  readonly solvedFrom: number | null
  /** The first step after which early halting would have ended; null where it would not, or is not known. */
  readonly haltsAfter: number | null
  /** Whether the answer at that step is right; null where it cannot be told. */
  readonly isRightAtHalt: boolean | null
}

/** @param steps in their order, the first is step 1 */
export function judgeThought(
  steps: readonly { readonly haltProbability: number }[],
  judgements: readonly Judgement[],
): Verdict {
  let from = judgements.length
  while (from > 0 && judgements[from - 1]!.isSolved) from--
  const halt = steps.findIndex(({ haltProbability }) => haltProbability > 0.5)
  const atHalt = judgements[halt]
  return {
    solvedFrom: from < judgements.length ? from + 1 : null,
    haltsAfter: halt < 0 ? null : halt + 1,
    isRightAtHalt: atHalt ? atHalt.isSolved : false,
  }
}
