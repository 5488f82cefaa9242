/** What is to be seen of every cell of a grid. S cells, V symbols. */
import type { Board, SymbolLook, Thought } from '@tiny-recursive-models/trm'
import { percent } from '@tiny-recursive-models/trm/format'
import { isGiven, nameToken, placeOf } from '../puzzles/cells.ts'

export interface CandidateView {
  readonly token: number
  readonly name: string
  readonly look: SymbolLook
  /** 0 to 1 */
  readonly probability: number
}

export interface CellView {
  readonly cell: number
  readonly isGiven: boolean
  /** The symbol to show: the given, or the answer of this step; blank where there is neither. */
  readonly token: number
  readonly name: string
  readonly look: SymbolLook
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
  board: Board,
  question: Int32Array,
  thought: Thought | undefined,
  wrongCells: readonly number[],
  conflictCells: readonly number[],
): CellView[] {
  const [wrong, conflicts] = [new Set(wrongCells), new Set(conflictCells)]
  // In the first step every cell is new: to mark them all would say nothing.
  const changed = new Set(thought && thought.changed.length < question.length ? thought.changed : [])
  return Array.from(question, (given, cell) => {
    const isPart = isGiven(board, given)
    const answer = thought?.answer[cell]
    const token = isPart || answer === undefined ? given : answer
    const view = {
      cell,
      isGiven: isPart,
      token,
      name: nameToken(board, token),
      look: lookOf(board, token),
      confidence: thought && !isPart ? thought.confidence[cell]! : null,
      // What is given is shown whatever the model says of it.
      isChanged: changed.has(cell) && (!isPart || wrong.has(cell)),
      isWrong: wrong.has(cell),
      isConflict: conflicts.has(cell),
      candidates: thought && !isPart ? candidatesOf(board, thought, cell) : [],
    }
    return { ...view, label: labelOf(board, view) }
  })
}

const nothing: SymbolLook = { shape: 'empty', text: '' }

export const lookOf = ({ looks }: Board, token: number): SymbolLook => looks[token] ?? nothing

/** Whether cells to be found show how likely a dot is there, in place of a bar and of pencil marks. */
export const hasDots = (board: Board): boolean =>
  board.candidates.some((token) => lookOf(board, token).shape === 'dot')

/** From here on one symbol says enough. */
export const sureCell = 0.85

/** Whether a doubtful cell can show its candidates as pencil marks. */
export const hasPencilMarks = (board: Board): boolean =>
  !hasDots(board) && board.candidates.some((token) => lookOf(board, token).shape === 'text')

/** The probabilities of one cell, in the order of the symbols. */
export function candidatesOf(board: Board, thought: Thought, cell: number): CandidateView[] {
  const symbols = thought.probabilities.length / thought.answer.length
  return board.candidates.map((token) => ({
    token,
    name: nameToken(board, token),
    look: lookOf(board, token),
    probability: thought.probabilities[cell * symbols + token]!,
  }))
}

function labelOf({ columns }: Board, view: Omit<CellView, 'label'>): string {
  const place = placeOf(view.cell, columns)
  const what = view.confidence === null ? `${view.name}${isFixed(view) ? ', given' : ''}` : answerWords(view)
  const marks = [
    ...(view.isChanged ? ['changed in this step'] : []),
    ...(view.isWrong ? ['wrong'] : []),
    ...(view.isConflict ? ['in conflict with another cell'] : []),
  ]
  return [`${place}: ${what}`, ...marks].join(', ')
}

/** That a start or an end is given goes without saying. */
const isFixed = ({ isGiven, look }: Omit<CellView, 'label'>): boolean =>
  isGiven && look.shape !== 'start' && look.shape !== 'end'

/** Candidates that are less likely are not worth listening to. */
const leastSpoken = 0.1

function answerWords({ token, name, confidence, candidates }: Omit<CellView, 'label'>): string {
  const others = candidates
    .filter((candidate) => candidate.token !== token && candidate.probability >= leastSpoken)
    .map((candidate) => `${candidate.name} (${percent(candidate.probability, 0)})`)
  const words = `answer ${name}, confidence ${percent(confidence, 0)}`
  return others.length > 0 ? `${words}, or ${others.join(' or ')}` : words
}
