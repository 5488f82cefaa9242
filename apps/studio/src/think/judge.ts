/** How good an answer is, and what can be said of a whole thought. S = N² cells. */
import {
  checkAnswer,
  checkMazeAnswer,
  explore,
  isShortestPath,
  mazeTokens,
  type PuzzleKind,
} from '@tiny-recursive-models/trm'
import { sentence } from '../puzzles/check.ts'
import { isGiven, openCount } from '../puzzles/kind.ts'

export interface Judgement {
  readonly isSolved: boolean
  /** Cells to mark as wrong, as far as it can be told which. */
  readonly wrong: readonly number[]
  /** What is wrong, as a sentence; empty for a right answer. */
  readonly reason: string
}

/** @param solution [S] null where there is not exactly one */
export function judge(
  kind: PuzzleKind,
  question: Int32Array,
  answer: Int32Array,
  solution: Int32Array | null,
): Judgement {
  return kind.puzzle === 'maze'
    ? judgeMaze(question, answer, kind.size)
    : judgeSudoku(kind, question, answer, solution)
}

function judgeSudoku(
  kind: PuzzleKind & { puzzle: 'sudoku' },
  question: Int32Array,
  answer: Int32Array,
  solution: Int32Array | null,
): Judgement {
  const problems = checkAnswer(kind.shape, question, answer)
  if (problems.length === 0) return { isSolved: true, wrong: [], reason: '' }
  if (solution) {
    const wrong = [...answer.keys()].filter((cell) => answer[cell] !== solution[cell])
    const reason = `${wrong.length} of ${openCount(kind, question)} cells ${wrong.length === 1 ? 'is' : 'are'} wrong.`
    return { isSolved: false, wrong, reason }
  }
  const wrong = [...new Set(problems.flatMap(({ cells }) => cells))].filter(
    (cell) => !isGiven(kind, question[cell]!),
  )
  return { isSolved: false, wrong, reason: sentence(problems[0]!.message) }
}

/** Shortest paths are many: wrong are path cells on none of them, and givens that were changed. */
function judgeMaze(question: Int32Array, answer: Int32Array, size: number): Judgement {
  if (isShortestPath(question, answer)) return { isSolved: true, wrong: [], reason: '' }
  const reason = sentence(checkMazeAnswer(question, answer)[0]?.message ?? 'this is no shortest path')
  const isOnShortest = cellsOnShortestPaths(question, size)
  const { open, path } = mazeTokens
  const wrong = [...answer.keys()].filter((cell) => {
    const [given, token] = [question[cell]!, answer[cell]!]
    if (token === given) return false
    return !(given === open && token === path && isOnShortest[cell])
  })
  return { isSolved: false, wrong, reason }
}

/** [S] 1 where some shortest path from start to goal passes; for a maze whose goal can be reached. */
export function cellsOnShortestPaths(question: Int32Array, size: number): Uint8Array {
  const { wall, start, goal } = mazeTokens
  const isOpen = Uint8Array.from(question, (token) => Number(token !== wall))
  const [from, to] = [question.indexOf(start), question.indexOf(goal)]
  const ahead = explore(size, from, isOpen).steps
  const back = explore(size, to, isOpen).steps
  const shortest = ahead[to]!
  return Uint8Array.from(question, (_, cell) =>
    Number(ahead[cell]! >= 0 && ahead[cell]! + back[cell]! === shortest),
  )
}

export interface Verdict {
  /** The step from which on every answer is right; null where the last one is not. */
  readonly solvedFrom: number | null
  /** The first step after which early halting would have ended; null where it would not, or is not known. */
  readonly haltsAfter: number | null
  /** Whether the answer at that step is right. */
  readonly isRightAtHalt: boolean
}

/** @param steps in their order, the first is step 1 */
export function judgeThought(
  steps: readonly { readonly haltProbability: number }[],
  judgements: readonly Judgement[],
): Verdict {
  let from = judgements.length
  while (from > 0 && judgements[from - 1]!.isSolved) from--
  const halt = steps.findIndex(({ haltProbability }) => haltProbability > 0.5)
  return {
    solvedFrom: from < judgements.length ? from + 1 : null,
    haltsAfter: halt < 0 ? null : halt + 1,
    isRightAtHalt: judgements[halt]?.isSolved ?? false,
  }
}
