/** Puzzles of any family from files, in whatever layout: tables, lists, drawn grids or JSON. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { OfficialSplit } from '../data/official-folder.ts'
import { type PuzzleSet, puzzleAt } from '../data/puzzle-set.ts'
import { plural } from '../format/index.ts'
import type { Board, GridFamily, PuzzleKind, WrittenPuzzle } from './family.ts'
import { boardOfData, families, familyOf, gridFamilies } from './index.ts'
import { openFolder } from './reading/arrays.ts'
import { type CheckFileOptions, checkFile, checkPieces, type PuzzleCheckEvent } from './reading/check-file.ts'
import { longestDocument, parsed, type RawRow, rowsOfValue } from './reading/json.ts'
import { plainPuzzleText } from './reading/plain-text.ts'
import {
  badLine,
  type LineProblem,
  type PuzzleRow,
  puzzleRows,
  type ReadRowsOptions,
  type RowPiece,
  readPuzzleRows,
} from './reading/puzzle-rows.ts'
import { rawRow, slotPieces, slotsOfText } from './reading/slots.ts'

/** The family whose puzzles a file holds most certainly; the last family where there are none. */
export async function familyOfFile(bytes: Uint8Array, name: string): Promise<GridFamily> {
  try {
    for await (const { family } of slotPieces(bytes, { name }, gridFamilies)) return family
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  return gridFamilies.at(-1)!
}

interface AnyFamily {
  /** By default that of `like`, or told from the file. */
  readonly family?: GridFamily
}

const familiesFor = (
  family: GridFamily | undefined,
  like: PuzzleKind | undefined,
): GridFamily | readonly GridFamily[] => family ?? (like && familyOf(like)) ?? gridFamilies

/**
 * Refuses a JSON document that a family without boards knows, unless most of what it holds is surely boards.
 * @throws InputError that says what it is and what to do with it
 */
function refuseForeign(bytes: Uint8Array, name: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, 64)).trimStart()
  if (!/^[[{]/.test(start) || bytes.length > longestDocument) return
  const text = new TextDecoder().decode(bytes)
  const value = parsed(text)
  if (typeof value !== 'object' || value === null) return
  const document = families.map((family) => family.document?.(value)).find((found) => found !== undefined)
  if (!document) return
  const isBoard = ({ question }: RawRow) =>
    gridFamilies.some(({ writing }) => !writing.needsKind && writing.recognises(question) >= 1)
  const rows = rowsOfValue(value, 1)
  if (2 * rows.filter(isBoard).length > rows.length) return
  throw new InputError({ who: name, expected: 'puzzles that are boards', ...document })
}

/** Checks every puzzle of a file; see `checkFile`. */
export async function* checkPuzzleFile(
  bytes: Uint8Array,
  { family, ...options }: CheckFileOptions & AnyFamily,
): AsyncGenerator<PuzzleCheckEvent, void, undefined> {
  if (!family && !options.like) refuseForeign(bytes, options.name)
  yield* checkFile(bytes, options, familiesFor(family, options.like))
}

/** Reads a file of puzzles piece by piece; see `puzzleRows`. */
export async function* readPuzzlePieces(
  bytes: Uint8Array,
  { family, ...options }: ReadRowsOptions & AnyFamily,
): AsyncGenerator<RowPiece, void, undefined> {
  yield* puzzleRows(bytes, options, familiesFor(family, options.like))
}

/** Reads a whole file of puzzles; see `readPuzzleRows`. */
export async function readPuzzleFile(
  bytes: Uint8Array,
  { family, ...options }: ReadRowsOptions & AnyFamily & { readonly onProblem?: 'throw' | 'collect' },
): Promise<{ rows: PuzzleRow[]; problems: LineProblem[] }> {
  return readPuzzleRows(bytes, options, familiesFor(family, options.like))
}

/**
 * The first written puzzle of a text, of any family and in any layout that a file may have. It is not checked for
 * mistakes. Throws an InputError.
 *
 * @param like what puzzle is expected: of several that the text could be it is the one
 */
export function readPuzzleText(written: string, like?: PuzzleKind): WrittenPuzzle {
  if (typeof written !== 'string') return gridFamilies.at(-1)!.writing.read(written, like)
  const text = plainPuzzleText(written)
  const families = [familiesFor(undefined, like)].flat()
  const found = text.length > longestText ? undefined : slotsOfText(text, 'puzzle', families)
  const family = found?.family ?? likeliest(text, families)
  const slot = found?.slots[0]
  const raw = found && slot && rawRow(slot, found)
  const question = raw === undefined || typeof raw === 'string' ? text : raw.question
  const { read, questionOf } = family.writing
  const puzzle = like && familyOf(like) === family ? readLike(family, question, like) : read(question)
  return { kind: puzzle.kind, tokens: questionOf?.(puzzle.tokens) ?? puzzle.tokens }
}

/** Characters of a text that is more than one puzzle, and still looked through for the first. */
const longestText = 100_000

/** A puzzle of that kind, or of another size where it is one: that its size is wrong is for the caller to say. */
function readLike({ writing }: GridFamily, text: string, like: PuzzleKind): WrittenPuzzle {
  try {
    return writing.read(text, like)
  } catch (error) {
    if (!(error instanceof InputError) || writing.recognises(text) < 1) throw error
    return writing.read(text)
  }
}

/** The family whose complaint about a text is to be shown. */
function likeliest(text: string, families: readonly GridFamily[]): GridFamily {
  const weights = families.map(({ writing }) => writing.recognises(text))
  const most = Math.max(...weights)
  return most === 0 ? families.at(-1)! : families[weights.indexOf(most)]!
}

/** Puzzle number `row` of a file, counted from 1; no other is looked at. */
export async function readPuzzleAt(
  bytes: Uint8Array,
  {
    name,
    row,
    family,
    like,
  }: { readonly name: string; readonly row: number; readonly like?: PuzzleKind } & AnyFamily,
): Promise<PuzzleRow> {
  let count = 0
  const isAsked = (index: number) => {
    count = index + 1
    return index === row - 1
  }
  const options = { name, ...(like && { like }) }
  for await (const piece of puzzleRows(bytes, options, familiesFor(family, like), isAsked)) {
    if (piece.problems[0]) throw badLine(name, piece.problems[0], piece.family.writing.wanted)
    if (piece.rows[0]) return piece.rows[0]
  }
  throw new InputError({
    who: name,
    expected: `a file of at least ${plural(row, 'puzzle')}`,
    got: String(count),
    hint: 'Choose another row with `row`.',
  })
}

type ReadFile = (path: string) => Promise<Uint8Array>

/**
 * A part of a folder of the published builders, with the board of its puzzles; undefined if the path is not such a
 * folder. Throws an InputError for puzzles of an unknown family.
 */
export async function readPuzzleFolder(
  path: string,
  readFile: ReadFile,
  part: OfficialSplit = 'test',
): Promise<{ readonly board: Board; readonly puzzles: PuzzleSet } | undefined> {
  const puzzles = await openFolder(path, readFile, part)
  if (puzzles === undefined) return undefined
  const board = boardOfData({ kind: 'official-folder' }, puzzles)
  if (board) return { board, puzzles }
  throw new InputError({
    who: `${path}/${part}`,
    expected: 'puzzles of a known family, with its sizes and symbols',
    got: `${puzzles.cells} cells and ${puzzles.symbols} symbols`,
    hint: 'A model that was trained on the folder can still be evaluated with it.',
  })
}

/** Checks a part of a folder of the published builders; its lines are the numbers of the puzzles, from 1. */
export async function* checkPuzzleFolder(
  path: string,
  readFile: ReadFile,
  part: OfficialSplit = 'test',
  options: Omit<CheckFileOptions, 'name'> = {},
): AsyncGenerator<PuzzleCheckEvent, void, undefined> {
  const folder = await readPuzzleFolder(path, readFile, part)
  if (folder === undefined) {
    throw new InputError({
      who: path,
      expected: `a folder with ${part}/dataset.json`,
      got: 'none',
      hint: 'Use a folder written by the published builders.',
    })
  }
  const { board, puzzles } = folder
  const family = familyOf(board.kind)!
  async function* pieces(): AsyncGenerator<RowPiece & { readonly family: GridFamily }, void, undefined> {
    for (let index = 0; index < puzzles.count; index++) {
      const { inputs: question, labels: answer } = puzzleAt(puzzles, index)
      const line = index + 1
      const problem = board.mistakes(question)[0] ?? board.rule?.problems(question, answer)[0]
      if (problem) yield { rows: [], problems: [{ line, reason: problem.message }], family }
      else
        yield {
          rows: [{ kind: board.kind, line, index, source: '', question, answer }],
          problems: [],
          family,
        }
    }
  }
  yield* checkPieces(pieces(), { name: `${path}/${part}`, ...options }, family)
}
