/** A question for the board of a model: how it is read, and what is refused. S = cells. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { Board, Problem, PuzzleKind, WrittenPuzzle } from './family.ts'
import { boardOf, familyOf, gridFamilies } from './index.ts'

/**
 * One written puzzle, not checked: of several that the text could be, one like those of the board.
 * @throws InputError if it is none
 */
export function readWritten(text: string, board: Board): WrittenPuzzle {
  const family = familyOf(board.kind)!
  const other = gridFamilies.find(({ writing }) => writing.recognises(text))
  const { needsKind, recognises } = family.writing
  const isOther = other !== undefined && !needsKind && !recognises(text)
  return isOther ? other.writing.read(text) : family.writing.read(text, likeOf(text, board))
}

/** A puzzle of the board's size is read as one of that board. */
const likeOf = (text: string, { rows, columns, kind }: Board): PuzzleKind | undefined =>
  familyOf(kind)?.writing.needsKind || text.replace(/\s/g, '').length === rows * columns ? kind : undefined

/**
 * Refuses a puzzle of another kind or size than those of the board, and one that has problems which are no warnings.
 *
 * @param find looks for problems: `board.mistakes`, or `board.check`, which searches for solutions
 * @param who names the puzzle in errors
 * @returns what is unusual about it, but no reason not to try
 * @throws InputError
 */
export function checkPuzzle(
  board: Board,
  { kind, tokens }: WrittenPuzzle,
  find: (question: Int32Array) => readonly Problem[],
  who: string,
): readonly Problem[] {
  if (kind.puzzle !== board.kind.puzzle || tokens.length !== board.rows * board.columns) {
    throw new InputError({
      who,
      expected: `a ${board.title}, as the model was trained on`,
      got: `a ${boardOf(kind).title}`,
      hint: 'Use a puzzle of that size, or a model for this one.',
    })
  }
  const problems = find(tokens)
  const problem = problems.find(({ isWarning }) => !isWarning)
  if (problem) {
    throw new InputError({
      who,
      expected: `a ${board.title} that can be solved`,
      got: problem.message,
      hint: `Correct the puzzle: ${familyOf(board.kind)!.writing.marks}.`,
    })
  }
  return problems
}
