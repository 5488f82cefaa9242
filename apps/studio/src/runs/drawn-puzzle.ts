/** A new puzzle for the weights of a run, and whether a thought about it is right. */
import {
  type Board,
  boardOfData,
  canMakePuzzles,
  type Recipe,
  type Thought,
} from '@tiny-recursive-models/trm'
import type { ModelFacts } from '@tiny-recursive-models/trm/browser'
import { type Judgement, judge } from '../grid/judge.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import type { QuestionCheck } from '../puzzles/check.ts'

export interface DrawnPuzzle {
  readonly board: Board
  readonly question: Int32Array
  readonly check: QuestionCheck
}

export type JudgedThought = Thought & Pick<Judgement, 'isSolved'>

/** The most demanding of so many puzzles is drawn: of the others most are answered in the first step. */
const draws = 4

/** @returns the puzzle, or why there is none */
export async function drawPuzzle(
  { recipe, config }: Pick<ModelFacts, 'recipe' | 'config'>,
  data: Recipe['data'],
): Promise<DrawnPuzzle | string> {
  const board = boardOfData(recipe.data, config)
  if (!board) return 'Puzzles of this kind cannot be shown here yet.'
  const { kind } = board
  if (!canMakePuzzles(kind, data))
    return `Puzzles of this kind (${board.title}) cannot be generated: choose “Watch it think” and open a puzzle file there.`
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!
  const puzzle = await askPuzzles('generate', { kind, data, seed, draws })
  return { board, question: puzzle.question, check: await askPuzzles('check', puzzle) }
}

export function judged({ board, question, check }: DrawnPuzzle, thought: Thought): JudgedThought {
  return { ...thought, isSolved: judge(board, question, thought.answer, check.solution).isSolved }
}
