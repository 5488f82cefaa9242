/** Puzzle sets from files with one puzzle a row, of which a run may take only a sample. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { decompressedLines } from './bytes.ts'
import { headerColumns } from './columns.ts'
import { badLine, type Pair, puzzleRows, type RowFacts, type RowFormat } from './puzzle-rows.ts'
import type { PuzzleSet } from './puzzle-set.ts'
import { splitPuzzleSet } from './split.ts'

/** What the loader has to know of the files of one kind. */
export interface FileKind<Puzzle extends Pair> {
  readonly format: () => RowFormat<Puzzle>
  /** Cells of a puzzle. */
  readonly cells: number
  /** What was asked for, for messages: `a 9×9 Sudoku (data.boxRows 3, data.boxColumns 3)`. */
  readonly wanted: string
  /** What to do where a file has puzzles of another size. */
  readonly otherSize: string
  readonly toSet: (rows: readonly (Puzzle & RowFacts)[], name: string) => PuzzleSet
}

export interface FileSample {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  /** Which rows of the file were taken, counted from 0 without the header; train null = all others. */
  readonly trainRows: readonly number[] | null
  readonly validationRows: readonly number[]
}

export interface FileSampleOptions {
  readonly name: string
  /** Null = all rows that validation leaves. */
  readonly train: number | null
  readonly validation: number
  readonly seed: number
}

/**
 * A random part of a file for training and another for validation; as in `splitPuzzleSet`, validation comes first
 * and stays the same when more training puzzles are asked for. Only the rows that are taken are parsed: of the
 * 3.8 million of the published Sudoku file that saves a minute.
 */
export async function samplePuzzleFile<Puzzle extends Pair>(
  bytes: Uint8Array,
  kind: FileKind<Puzzle>,
  options: FileSampleOptions,
): Promise<FileSample> {
  const { name, validation, seed } = options
  const lines = await readLines(bytes, name)
  const places = rowPlaces(lines, kind.format())
  const train = trainCountOf(places.length, options)
  const order = new RandomStream(seed, 'split').permutation(places.length)
  const validationRows = order.slice(0, validation)
  const trainRows = order.slice(validation, validation + train)
  const wanted = new Set([...validationRows, ...trainRows].map((row) => places[row]!))
  // Lines that are not taken become empty, so that messages name the lines of the file.
  const kept = lines.map((line, place) => (wanted.has(place) || place < places[0]! ? line : ''))
  const rows = new Map<number, Puzzle & RowFacts>()
  for await (const row of goodRows(new TextEncoder().encode(kept.join('\n')), name, kind))
    rows.set(row.line, row)
  const take = (indices: Uint32Array, part: string) =>
    kind.toSet(
      Array.from(indices, (row) => rows.get(places[row]! + 1)!),
      `${name} ${part}`,
    )
  return {
    train: take(trainRows, 'train'),
    validation: take(validationRows, 'validation'),
    trainRows: options.train === null ? null : [...trainRows],
    validationRows: [...validationRows],
  }
}

/** The same of a set that is there as a whole. */
export function sampleSet(set: PuzzleSet, options: FileSampleOptions): FileSample {
  const { validation, seed } = options
  const split = splitPuzzleSet(set, { train: trainCountOf(set.count, options), validation, seed })
  return {
    train: split.train,
    validation: split.validation,
    trainRows: options.train === null ? null : [...split.trainIndices],
    validationRows: [...split.validationIndices],
  }
}

/** Puzzles to train on, where there are so many in all. */
function trainCountOf(count: number, { name, train, validation }: FileSampleOptions): number {
  const taken = train ?? count - validation
  if (taken >= 1 && taken + validation <= count) return taken
  throw new InputError({
    who: name,
    expected: `at least ${Math.max(1, train ?? 1) + validation} puzzles (data.trainCount and data.validation together)`,
    got: String(count),
    hint: 'Lower data.trainCount or data.validation, or take a larger file.',
  })
}

/** All puzzles of a file. */
export async function readFileSet<Puzzle extends Pair>(
  bytes: Uint8Array,
  kind: FileKind<Puzzle>,
  name: string,
): Promise<PuzzleSet> {
  const rows: (Puzzle & RowFacts)[] = []
  for await (const row of goodRows(bytes, name, kind)) rows.push(row)
  return kind.toSet(rows, name)
}

async function readLines(bytes: Uint8Array, name: string): Promise<string[]> {
  const lines: string[] = []
  for await (const piece of decompressedLines(bytes, { name })) for (const line of piece) lines.push(line)
  return lines
}

/** Which lines (from 0) hold a puzzle: not the header, not the empty ones, no comments. */
function rowPlaces(lines: readonly string[], { clean, split }: Pick<RowFormat<Pair>, 'clean' | 'split'>) {
  const places: number[] = []
  lines.forEach((line, place) => {
    if (clean(line) !== '') places.push(place)
  })
  const first = lines[places[0] ?? 0]?.replace(/^\ufeff/, '') ?? ''
  const fields = split(clean(first))
  return fields && headerColumns(fields) ? places.slice(1) : places
}

async function* goodRows<Puzzle extends Pair>(
  bytes: Uint8Array,
  name: string,
  { format, cells, wanted, otherSize }: FileKind<Puzzle>,
): AsyncGenerator<Puzzle & RowFacts, void, undefined> {
  const reader = format()
  for await (const { rows, problems } of puzzleRows(bytes, { name }, reader)) {
    const problem = problems[0]
    if (problem) {
      const hint = 'Correct or remove the line; `trm data check FILE` lists all such lines.'
      throw badLine(name, problem, reader.wanted, hint)
    }
    for (const row of rows) {
      const got = row.question.length
      if (got !== cells) throw badLine(name, { line: row.line, reason: `${got} cells` }, wanted, otherSize)
      yield row
    }
  }
}
