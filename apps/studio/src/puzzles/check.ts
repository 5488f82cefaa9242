/** What is wrong with a question, whether a model may be asked it, and its answer where there is one. */
import type { Board, Problem } from '@tiny-recursive-models/trm'

export interface QuestionCheck {
  readonly problems: readonly Problem[]
  /** False where a problem leaves nothing to think about. */
  readonly canThink: boolean
  /** [S] what the rule finds, or else the answer that came with the question; null where there is none. */
  readonly solution: Int32Array | null
}

/** @param answer [S] what came with the question, which tells where no rule does */
export function checkPuzzle(board: Board, question: Int32Array, answer: Int32Array | null): QuestionCheck {
  const problems = board.check(question)
  const canThink = problems.every(({ isWarning }) => isWarning === true)
  return {
    problems: problems.map((one) => ({ ...one, message: sentence(one.message) })),
    canThink,
    solution: board.rule ? solutionOf(board.rule, question, problems) : answer,
  }
}

/** A question with a problem has no answer, or more than one. */
function solutionOf(
  { solve }: NonNullable<Board['rule']>,
  question: Int32Array,
  problems: readonly Problem[],
): Int32Array | null {
  if (problems.length > 0) return null
  const solution = solve(question)
  return typeof solution === 'string' ? null : solution
}

/** The library's messages as sentences. */
export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
