/** The puzzle of `trm solve`: written out, the row of a file, or a new one; refused where no model can be asked. */
import { stat } from 'node:fs/promises'
import {
  type Board,
  boardOfData,
  checkPuzzle,
  familyOf,
  gridFamilies,
  InputError,
  newPuzzle,
  type PuzzleKind,
  readPuzzleText,
  readWritten,
  type WrittenPuzzle,
} from '@tiny-recursive-models/trm'
import { type OpenedModel, readDataFile } from '@tiny-recursive-models/trm/node'
import { readPuzzleAt } from '@tiny-recursive-models/trm/puzzles/reading'
import { type PuzzleView, puzzleView } from './puzzle-view.ts'

export interface AskedPuzzle {
  readonly view: PuzzleView
  /** [S] */
  readonly question: Int32Array
  /** [S] the one answer that counts as exact, where the rule does not tell or leaves others; null: there is no other. */
  readonly label: Int32Array | null
  /** What is unusual about it but no reason not to try. */
  readonly warning: string | null
}

/** What stands for a new puzzle in place of a written one. */
export const generated = 'generated'

/** The board of a model; one whose puzzles are no grids of a known family is refused. */
export function boardOfModel({ recipe, model, source }: OpenedModel): Board {
  const { data } = recipe
  const board = boardOfData(data, model.config)
  if (board !== undefined) return board
  throw new InputError({
    who: source,
    expected: `a model for ${gridFamilies.map(({ plural }) => plural).join(', ')}`,
    got: `a model for ${('path' in data && data.path) || 'other puzzles'}`,
    hint: 'trm solve supports only these; trm eval evaluates models of every kind.',
  })
}

/**
 * @param argument a puzzle, a file of puzzles (`-`: what is piped in), or `generated`
 * @param row number of the puzzle in the file, or of the generated puzzle, from 1
 */
export async function readPuzzle(argument: string, row: number, opened: OpenedModel): Promise<AskedPuzzle> {
  const board = boardOfModel(opened)
  const { kind } = board
  if (argument === generated) {
    const made = newPuzzle(kind, opened.recipe.data, row)
    if (made) return asked(board, made.question, made.answer)
    throw new InputError({
      who: generated,
      expected: 'a model whose puzzles can be generated',
      got: `one for puzzles that come from files (${board.title})`,
      hint: 'Write out a puzzle, or use a file of puzzles.',
    })
  }
  const path = await fileOfArgument(argument)
  if (path === null) {
    refuseRow(row)
    return checked(board, readWritten(argument, board), 'puzzle')
  }
  const found = await readPuzzleAt(await readDataFile(path), {
    name: path,
    row,
    family: familyOf(kind)!,
    like: kind,
  })
  return checked(
    board,
    { kind: found.kind, tokens: found.question, answer: found.answer },
    `${path}, puzzle ${row}`,
  )
}

/** A written puzzle is only one. */
function refuseRow(row: number): void {
  if (row === 1) return
  throw new InputError({
    who: '--row',
    expected: `a file of puzzles, or ${generated}`,
    got: `--row ${row} with a single puzzle`,
    hint: 'Leave --row out, or use a file.',
  })
}

/** The file that an argument names; null where it is the puzzle itself. */
async function fileOfArgument(argument: string): Promise<string | null> {
  if (argument === '-') return argument
  const isFile = await stat(argument).then(
    (facts) => !facts.isDirectory(),
    () => false,
  )
  // What is named like a file is one that is missing.
  return isFile || /^[^\s]*[\w)]\.[a-z]{1,8}(\.gz)?$/i.test(argument) ? argument : null
}

/** The kind and size of the puzzle of an argument, to choose a model by; see `readPuzzle`. */
export async function puzzleKindOfArgument(argument: string, row: number): Promise<PuzzleKind> {
  const path = await fileOfArgument(argument)
  if (path === null) return readPuzzleText(argument).kind
  return (await readPuzzleAt(await readDataFile(path), { name: path, row })).kind
}

/** A puzzle of a set: it is known to be sound. */
export function puzzleOfSet(opened: OpenedModel, question: Int32Array, label: Int32Array): AskedPuzzle {
  return asked(boardOfModel(opened), question, label)
}

function asked(board: Board, question: Int32Array, answer: Int32Array | null): AskedPuzzle {
  const isOnlyOne = board.rule !== undefined && !board.rule.hasManyAnswers
  return { view: puzzleView(board), question, label: isOnlyOne ? null : answer, warning: null }
}

interface FoundPuzzle extends WrittenPuzzle {
  readonly answer?: Int32Array | undefined
}

function checked(board: Board, { kind, tokens, answer }: FoundPuzzle, who: string): AskedPuzzle {
  const problems = checkPuzzle(board, { kind, tokens }, board.check, who)
  const solution = answer ?? (problems.length === 0 ? board.rule?.solve(tokens) : undefined)
  const label = solution === undefined || typeof solution === 'string' ? null : solution
  return { ...asked(board, tokens, label), warning: problems[0]?.message ?? null }
}
