/** What is wrong with a question, whether a model may be asked it, and its answer where there is one. */
import {
  checkMazeQuestion,
  checkQuestion,
  labelPath,
  type PuzzleKind,
  solveSudoku,
} from '@tiny-recursive-models/trm'

export interface Problem {
  readonly message: string
  /** Cells to mark. */
  readonly cells: readonly number[]
}

export interface QuestionCheck {
  readonly problems: readonly Problem[]
  /** False where a problem leaves nothing to think about. */
  readonly canThink: boolean
  /** [S] the only solution of a Sudoku, or one shortest path; null where there is none or more than one. */
  readonly solution: Int32Array | null
}

export function checkPuzzle(kind: PuzzleKind, question: Int32Array): QuestionCheck {
  if (kind.puzzle === 'maze') {
    const problems = checkMazeQuestion(question).map(readable)
    const canThink = problems.length === 0
    return { problems, canThink, solution: canThink ? (labelPath(question) ?? null) : null }
  }
  const problems = checkQuestion(kind.shape, question)
  const canThink = problems.every((one) => one.kind === 'several-solutions' || one.kind === 'undecided')
  const solution = problems.length === 0 ? (solveSudoku(kind.shape, question) ?? null) : null
  return { problems: problems.map(readable), canThink, solution }
}

/** The library's messages as sentences. */
export function readable({ message, cells }: Problem): Problem {
  return { message: sentence(message), cells }
}

export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
