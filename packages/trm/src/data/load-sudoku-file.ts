/** Puzzle sets from Sudoku files, of which a run may take only a sample. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { decompressedLines } from './bytes.ts'
import type { PuzzleSet } from './puzzle-set.ts'
import { sudokuSet } from './sudoku/build.ts'
import { headerColumns, splitFields } from './sudoku/columns.ts'
import { type SudokuRow, sudokuRows, toPuzzleSet } from './sudoku/read.ts'
import { type BoxShape, sudokuLayout } from './sudoku/shape.ts'

export interface SudokuSample {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  /** Which rows of the file were taken, counted from 0 without the header; train null = all others. */
  readonly trainRows: readonly number[] | null
  readonly validationRows: readonly number[]
}

export interface SampleOptions {
  readonly name: string
  readonly box: BoxShape
  /** Null = all rows that validation leaves. */
  readonly train: number | null
  readonly validation: number
  readonly seed: number
}

/**
 * A random part of a file for training and another for validation; as in `splitPuzzleSet`, validation comes first
 * and stays the same when more training puzzles are asked for. Only the rows that are taken are parsed: of the
 * 3.8 million of the published file that saves a minute.
 */
export async function sampleSudokuFile(bytes: Uint8Array, options: SampleOptions): Promise<SudokuSample> {
  const { name, validation, seed } = options
  const lines = await readLines(bytes, name)
  const places = rowPlaces(lines)
  const train = options.train ?? places.length - validation
  if (train < 1 || train + validation > places.length) {
    throw new InputError({
      who: name,
      expected: `at least ${Math.max(1, options.train ?? 1) + validation} puzzles (data.trainCount and data.validation together)`,
      got: String(places.length),
      hint: 'Lower data.trainCount or data.validation, or take a larger file.',
    })
  }
  const order = new RandomStream(seed, 'split').permutation(places.length)
  const validationRows = order.slice(0, validation)
  const trainRows = order.slice(validation, validation + train)
  const wanted = new Set([...validationRows, ...trainRows].map((row) => places[row]!))
  // Lines that are not taken become empty, so that messages name the lines of the file.
  const kept = lines.map((line, place) => (wanted.has(place) || place < places[0]! ? line : ''))
  const rows = new Map<number, SudokuRow>()
  for await (const row of goodRows(new TextEncoder().encode(kept.join('\n')), name, options.box))
    rows.set(row.line, row)
  const take = (indices: Uint32Array, part: string) =>
    setOf(
      Array.from(indices, (row) => rows.get(places[row]! + 1)!),
      `${name} ${part}`,
      options.box,
    )
  return {
    train: take(trainRows, 'train'),
    validation: take(validationRows, 'validation'),
    trainRows: options.train === null ? null : [...trainRows],
    validationRows: [...validationRows],
  }
}

/** All puzzles of a file. */
export async function readSudokuSet(bytes: Uint8Array, name: string, box: BoxShape): Promise<PuzzleSet> {
  const rows: SudokuRow[] = []
  for await (const row of goodRows(bytes, name, box)) rows.push(row)
  return setOf(rows, name, box)
}

/** Throws where a puzzle of `test` is also trained on: its score would say nothing. */
export function refuseSharedPuzzles(train: PuzzleSet, test: PuzzleSet): void {
  const questionAt = (set: PuzzleSet, index: number) =>
    set.inputs.subarray(index * set.cells, (index + 1) * set.cells).join('')
  const known = new Set(Array.from({ length: train.count }, (_, index) => questionAt(train, index)))
  let shared = 0
  for (let index = 0; index < test.count; index++) if (known.has(questionAt(test, index))) shared += 1
  if (shared > 0) {
    throw new InputError({
      who: `data.test (${test.name})`,
      expected: 'puzzles that are not trained on',
      got: `${shared} that are in data.train too`,
      hint: 'Take another test file; its score would be meaningless.',
    })
  }
}

async function readLines(bytes: Uint8Array, name: string): Promise<string[]> {
  const lines: string[] = []
  for await (const piece of decompressedLines(bytes, { name })) for (const line of piece) lines.push(line)
  return lines
}

/** Which lines (from 0) hold a puzzle: not the header, not the empty ones, no comments. */
function rowPlaces(lines: readonly string[]): number[] {
  const places: number[] = []
  lines.forEach((line, place) => {
    const text = line.trim()
    if (text !== '' && !text.startsWith('#')) places.push(place)
  })
  const first = lines[places[0] ?? 0]?.replace(/^\ufeff/, '') ?? ''
  const fields = splitFields(first.trim())
  return fields && headerColumns(fields) ? places.slice(1) : places
}

async function* goodRows(
  bytes: Uint8Array,
  name: string,
  box: BoxShape,
): AsyncGenerator<SudokuRow, void, undefined> {
  const { size, cells, boxRows, boxColumns } = sudokuLayout(box)
  for await (const { rows, problems } of sudokuRows(bytes, { name })) {
    const problem = problems[0]
    if (problem) {
      throw new InputError({
        who: `${name}, line ${problem.line}`,
        expected: 'a well-formed Sudoku with one solution',
        got: problem.reason,
        hint: 'Correct or remove the line; `trm data check FILE` lists all such lines.',
      })
    }
    for (const row of rows) {
      if (row.question.length !== cells) {
        throw new InputError({
          who: `${name}, line ${row.line}`,
          expected: `a ${size}×${size} Sudoku (data.boxRows ${boxRows}, data.boxColumns ${boxColumns})`,
          got: `${row.question.length} cells`,
          hint: 'Set data.boxRows and data.boxColumns to the boxes of this file, or take another file.',
        })
      }
      yield row
    }
  }
}

function setOf(rows: readonly SudokuRow[], name: string, box: BoxShape): PuzzleSet {
  return rows.length > 0 ? toPuzzleSet(rows, { name }) : sudokuSet([], box, name)
}
