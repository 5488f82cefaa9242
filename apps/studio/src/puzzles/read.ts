/** Questions from text and from files, as the library reads them. */
import {
  type Board,
  boardOf,
  gridFamilies,
  InputError,
  isSamePuzzleKind,
  type PuzzleKind,
  readPuzzleText,
} from '@tiny-recursive-models/trm'
import {
  type LineProblem,
  plainPuzzleText,
  readPuzzlePieces,
} from '@tiny-recursive-models/trm/puzzles/reading'
import { isGiven } from './cells.ts'
import { erased } from './edit.ts'

export interface FoundPuzzle {
  readonly kind: PuzzleKind
  /** [S] */
  readonly question: Int32Array
  /** [S] where it came with the question */
  readonly answer?: Int32Array
}

/** A page shows one puzzle at a time: so many are enough, also where a file has millions. */
const maxRows = 10_000

/**
 * One puzzle, in any form that the library reads.
 *
 * @param board of the model at hand: a text that can be one of its puzzles is taken for one
 */
export function readText(pasted: string, board: Board | null = null): FoundPuzzle {
  const text = plainPuzzleText(pasted)
  const own = board && attempt(() => ({ kind: board.kind, question: asQuestion(board, board.parse(text)) }))
  if (own && !(own instanceof InputError)) return own
  const found = attempt(() => {
    const { kind, tokens } = readPuzzleText(text)
    return { kind, question: asQuestion(boardOf(kind), tokens) }
  })
  if (!(found instanceof InputError)) return found
  // What no family takes for one of its own is most likely meant for the model.
  const isOther = gridFamilies.some(({ writing }) => writing.recognises(text))
  throw own && !isOther ? own : found
}

function attempt<Value>(read: () => Value): Value | InputError {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
}

/** A pasted solution is a question with its answer drawn in: what only answers hold is to be found. */
function asQuestion(board: Board, tokens: Int32Array): Int32Array {
  const { editing, structure } = board
  const drawnIn = structure.answers.filter(
    (token) => isGiven(board, token) && !editing.palette.includes(token),
  )
  return tokens.map((token) => (drawnIn.includes(token) ? erased(board) : token))
}

/**
 * The puzzle as one of another board of its family, where it can be written so: the files of a model and a file that is
 * opened need not hold all the same symbols. Null where it cannot.
 */
export function asPuzzleOf(board: Board, { kind, question, answer }: FoundPuzzle): FoundPuzzle | null {
  const { marks, rows, columns } = boardOf(kind)
  if (isSamePuzzleKind(kind, board.kind)) return { kind, question, ...(answer && { answer }) }
  if (kind.puzzle !== board.kind.puzzle || rows !== board.rows || columns !== board.columns) return null
  const written = (tokens: Int32Array): string => Array.from(tokens, (token) => marks[token] ?? '?').join('')
  const found = attempt(() => ({
    kind: board.kind,
    question: board.parse(written(question)),
    ...(answer && { answer: board.parse(written(answer)) }),
  }))
  return found instanceof InputError ? null : found
}

/** What a file holds, and what of it could not be read. */
export interface FoundPuzzles {
  readonly puzzles: readonly FoundPuzzle[]
  /** Rows that are no puzzles. */
  readonly leftOut: number
  /** The first of them. */
  readonly problems: readonly LineProblem[]
  /** Whether the file has more than is shown. */
  readonly isCut: boolean
}

/** So many rows that are left out are told with their reason. */
const toldProblems = 3

/**
 * The first puzzles of a file; of whatever family, plain or gzip.
 *
 * @param own of the model at hand: rows that only a model tells, such as those of a table, are taken for its puzzles
 * @throws InputError where there is none
 */
export async function readFile(
  bytes: Uint8Array,
  name: string,
  own: PuzzleKind | null = null,
): Promise<FoundPuzzles> {
  const needsOwn = gridFamilies.some((family) => family.name === own?.puzzle && family.writing.needsKind)
  if (!own || !needsOwn) return readRows(bytes, { name })
  try {
    return await readRows(bytes, { name, like: own })
  } catch (refusal) {
    if (!(refusal instanceof InputError)) throw refusal
    // It may be a file of another model; if not, what is wrong with it for this one is what the user wants to know.
    return readRows(bytes, { name }).catch((error: unknown) => {
      throw error instanceof InputError ? refusal : error
    })
  }
}

async function readRows(
  bytes: Uint8Array,
  options: { readonly name: string; readonly like?: PuzzleKind },
): Promise<FoundPuzzles> {
  const { name } = options
  const puzzles: FoundPuzzle[] = []
  const told: LineProblem[] = []
  let leftOut = 0
  let isCut = false
  for await (const { rows, problems } of readPuzzlePieces(bytes, options)) {
    leftOut += problems.length
    told.push(...problems.slice(0, toldProblems - told.length))
    isCut = rows.length > maxRows - puzzles.length
    for (const { kind, question, answer } of rows.slice(0, maxRows - puzzles.length))
      puzzles.push({ kind, question: asQuestion(boardOf(kind), question), ...(answer && { answer }) })
    if (isCut) break
  }
  if (puzzles.length > 0) return { puzzles, leftOut, problems: told, isCut }
  const problem = told[0]
  throw new InputError({
    who: problem ? `${name}, line ${problem.line}` : name,
    expected: 'at least one puzzle',
    got: problem?.reason.replace(/\.$/, '') ?? 'none',
    hint: 'Open a CSV with a column "question", or a file with one puzzle per line.',
  })
}
