/** What is to be seen of every cell of a grid. S = N² cells, V symbols. */
import { mazeTokens, type PuzzleKind, puzzleSize, type Thought } from '@tiny-recursive-models/trm'
import { answerSymbols, isGiven, nameToken } from '../puzzles/kind.ts'

export interface CandidateView {
  readonly token: number
  readonly name: string
  /** 0 to 1 */
  readonly probability: number
}

export interface CellView {
  readonly cell: number
  readonly isGiven: boolean
  /** The symbol to show: the given, or the answer of this step; blank where there is neither. */
  readonly token: number
  readonly name: string
  /** Probability of the answer; null without a thought and for givens. */
  readonly confidence: number | null
  readonly isChanged: boolean
  readonly isWrong: boolean
  readonly isConflict: boolean
  readonly candidates: readonly CandidateView[]
  /** All of this in words. */
  readonly label: string
}

export function cellViews(
  kind: PuzzleKind,
  question: Int32Array,
  thought: Thought | undefined,
  wrongCells: readonly number[],
  conflictCells: readonly number[],
): CellView[] {
  const [wrong, conflicts] = [new Set(wrongCells), new Set(conflictCells)]
  // In the first step every cell is new: to mark them all would say nothing.
  const changed = new Set(thought && thought.step > 1 ? thought.changed : [])
  return Array.from(question, (given, cell) => {
    const isPart = isGiven(kind, given)
    const answer = thought?.answer[cell]
    const token = isPart || answer === undefined ? given : answer
    const view = {
      cell,
      isGiven: isPart,
      token,
      name: nameToken(kind, token),
      confidence: thought && !isPart ? thought.confidence[cell]! : null,
      isChanged: changed.has(cell),
      isWrong: wrong.has(cell),
      isConflict: conflicts.has(cell),
      candidates: thought && !isPart ? candidatesOf(kind, thought, cell) : [],
    }
    return { ...view, label: labelOf(kind, view) }
  })
}

/** The probabilities of one cell, in the order of the symbols. */
export function candidatesOf(kind: PuzzleKind, thought: Thought, cell: number): CandidateView[] {
  const symbols = thought.probabilities.length / thought.answer.length
  return answerSymbols(kind).map((token) => ({
    token,
    name: nameToken(kind, token),
    probability: thought.probabilities[cell * symbols + token]!,
  }))
}

function labelOf(kind: PuzzleKind, view: Omit<CellView, 'label'>): string {
  const size = puzzleSize(kind)
  const place = `Row ${Math.floor(view.cell / size) + 1}, column ${(view.cell % size) + 1}`
  const what =
    view.confidence === null ? `${view.name}${isFixed(kind, view) ? ', given' : ''}` : answerWords(view)
  const marks = [
    ...(view.isChanged ? ['changed in this step'] : []),
    ...(view.isWrong ? ['wrong'] : []),
    ...(view.isConflict ? ['in contradiction with another cell'] : []),
  ]
  return [`${place}: ${what}`, ...marks].join(', ')
}

const isFixed = (kind: PuzzleKind, { isGiven, token }: { isGiven: boolean; token: number }): boolean =>
  isGiven && (kind.puzzle === 'sudoku' || token === mazeTokens.wall)

/** Candidates that are less likely are not worth listening to. */
const leastSpoken = 0.1

function answerWords({ token, name, confidence, candidates }: Omit<CellView, 'label'>): string {
  const others = candidates
    .filter((candidate) => candidate.token !== token && candidate.probability >= leastSpoken)
    .map((candidate) => `${candidate.name} ${percent(candidate.probability)}`)
  const words = `answer ${name}, ${percent(confidence!)} sure`
  return others.length > 0 ? `${words}, else ${others.join(' or ')}` : words
}

export const percent = (share: number): string => `${Math.round(100 * share)} %`
