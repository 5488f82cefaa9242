/** Puzzles of any family from files. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressedLines } from '../data/bytes.ts'
import type { GridFamily, WrittenPuzzle } from './family.ts'
import { gridFamilies } from './index.ts'
import { type CheckFileOptions, checkFile, type PuzzleCheckEvent } from './reading/check-file.ts'
import { headerColumns, plainColumns, publishedColumns, splitFields } from './reading/columns.ts'
import {
  badLine,
  type LineProblem,
  type PuzzleRow,
  puzzleRows,
  type ReadRowsOptions,
  type RowPiece,
  readPuzzleRows,
} from './reading/puzzle-rows.ts'

/** Lines that are looked at to tell of what family the puzzles of a file are. */
const lookedAt = 20

/** The family of the first question that only one can have written; the last family where there is none. */
export async function familyOfFile(bytes: Uint8Array, name: string): Promise<GridFamily> {
  let place: number | undefined
  let seen = 0
  for await (const lines of decompressedLines(bytes, { name })) {
    for (const line of lines) {
      if (line.trim() === '') continue
      if (seen++ === lookedAt) return gridFamilies.at(-1)!
      const fields = splitFields(line, true) ?? []
      const header = headerColumns(fields)
      if (header !== undefined) place = header.question
      const columns = plainColumns(fields) ?? publishedColumns(fields)
      const question = fields[place ?? columns?.question ?? 0] ?? ''
      const family = gridFamilies.find(({ writing }) => writing.recognises(question))
      if (family) return family
    }
  }
  return gridFamilies.at(-1)!
}

interface AnyFamily {
  /** By default told from the file. */
  readonly family?: GridFamily
}

/** Checks every puzzle of a file; see `checkFile`. */
export async function* checkPuzzleFile(
  bytes: Uint8Array,
  { family, ...options }: CheckFileOptions & AnyFamily,
): AsyncGenerator<PuzzleCheckEvent, void, undefined> {
  yield* checkFile(bytes, options, family ?? (await familyOfFile(bytes, options.name)))
}

/** Reads a file of puzzles piece by piece; see `puzzleRows`. */
export async function* readPuzzlePieces(
  bytes: Uint8Array,
  { family, ...options }: ReadRowsOptions & AnyFamily,
): AsyncGenerator<RowPiece, void, undefined> {
  yield* puzzleRows(bytes, options, family ?? (await familyOfFile(bytes, options.name)))
}

/** Reads a whole file of puzzles; see `readPuzzleRows`. */
export async function readPuzzleFile(
  bytes: Uint8Array,
  { family, ...options }: ReadRowsOptions & AnyFamily & { readonly onProblem?: 'throw' | 'collect' },
): Promise<{ rows: PuzzleRow[]; problems: LineProblem[] }> {
  return readPuzzleRows(bytes, options, family ?? (await familyOfFile(bytes, options.name)))
}

/** One written puzzle of whatever family: in one line, or one line a row. Throws an InputError. */
export function readPuzzleText(text: string): WrittenPuzzle {
  const family = gridFamilies.find(({ writing }) => writing.recognises(text)) ?? gridFamilies.at(-1)!
  return family.writing.read(text)
}

/** Puzzle number `row` of a file, counted from 1; no other is looked at. */
export async function readPuzzleAt(
  bytes: Uint8Array,
  { name, row, family }: { readonly name: string; readonly row: number } & AnyFamily,
): Promise<PuzzleRow> {
  const found = family ?? (await familyOfFile(bytes, name))
  let count = 0
  for await (const { rows, problems } of puzzleRows(bytes, { name }, found, (index) => {
    count = index + 1
    return index === row - 1
  })) {
    if (problems[0]) throw badLine(name, problems[0], found.writing.wanted)
    if (rows[0]) return rows[0]
  }
  throw new InputError({
    who: name,
    expected: `a file of at least ${row} puzzles`,
    got: String(count),
    hint: 'Choose another one by --row.',
  })
}
