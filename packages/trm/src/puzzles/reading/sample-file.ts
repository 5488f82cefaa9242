/** Puzzle sets from files with one puzzle a row, of which a run may take only a sample. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import type { PuzzleSet, SolvedPuzzle } from '../../data/puzzle-set.ts'
import { splitPuzzleSet } from '../../data/split.ts'
import type { Board, GridFamily } from '../family.ts'
import { boardSet } from '../sets.ts'
import { readArrays, readFolder } from './arrays.ts'
import { badLine, countRows, type PuzzleRow, puzzleRows } from './puzzle-rows.ts'

/** Where the files of a recipe are read from. */
export type ReadFile = (path: string) => Promise<Uint8Array>

/** What a file should hold. */
export interface WantedPuzzles {
  readonly family: GridFamily
  readonly board: Board
  /** The fields that ask for this board: `data.boxRows 3, data.boxColumns 3`; undefined: a model does. */
  readonly sizeFields?: string
}

export interface FileSample {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  /** Which rows of the file were taken, counted from 0 without the header; train null = all others. */
  readonly trainRows: readonly number[] | null
  readonly validationRows: readonly number[]
}

export interface FileSampleOptions {
  /** Null = all rows that validation leaves. */
  readonly trainCount: number | null
  readonly validation: number
  readonly seed: number
}

/**
 * A random part of a file for training and another for validation; as in `splitPuzzleSet`, validation comes first
 * and stays the same when more training puzzles are asked for. Only the rows that are taken are parsed: of the
 * 3.8 million of the published Sudoku file that saves a minute.
 */
export async function readSample(
  path: string,
  wanted: WantedPuzzles,
  options: FileSampleOptions,
  readFile: ReadFile,
): Promise<FileSample> {
  const { validation, seed } = options
  const found = await readStored(path, wanted, readFile, 'train')
  if (!(found instanceof Uint8Array)) {
    const whole = found
    const split = splitPuzzleSet(whole, { train: trainCountOf(whole.count, path, options), validation, seed })
    return {
      train: split.train,
      validation: split.validation,
      trainRows: options.trainCount === null ? null : [...split.trainIndices],
      validationRows: [...split.validationIndices],
    }
  }
  const bytes = found
  const count = await countRows(bytes, { name: path }, wanted.family)
  const train = trainCountOf(count, path, options)
  const order = new RandomStream(seed, 'split').permutation(count)
  const validationRows = order.slice(0, validation)
  const trainRows = order.slice(validation, validation + train)
  const taken = new Set([...validationRows, ...trainRows])
  const rows = new Map<number, SolvedPuzzle>()
  for await (const row of goodRows(bytes, path, wanted, (index) => taken.has(index)))
    rows.set(row.index, solved(row, path, wanted))
  const take = (indices: Uint32Array, part: string) =>
    boardSet(
      wanted.board,
      Array.from(indices, (index) => rows.get(index)!),
      `${path} ${part}`,
    )
  return {
    train: take(trainRows, 'train'),
    validation: take(validationRows, 'validation'),
    trainRows: options.trainCount === null ? null : [...trainRows],
    validationRows: [...validationRows],
  }
}

/** Puzzles to train on, where there are so many in all. */
function trainCountOf(count: number, name: string, { trainCount, validation }: FileSampleOptions): number {
  const taken = trainCount ?? count - validation
  if (taken >= 1 && taken + validation <= count) return taken
  throw new InputError({
    who: name,
    expected: `at least ${Math.max(1, trainCount ?? 1) + validation} puzzles (data.trainCount and data.validation together)`,
    got: String(count),
    hint: 'Lower data.trainCount or data.validation, or use a larger file.',
  })
}

/** The bytes of a file of rows, or the puzzles of arrays: of a pair of .npy files, or of a part of a published folder. */
async function readStored(
  path: string,
  { board }: WantedPuzzles,
  readFile: ReadFile,
  part: 'train' | 'test',
): Promise<Uint8Array | PuzzleSet> {
  const arrays = await readArrays(path, { board }, readFile)
  if (arrays) return arrays
  try {
    return await readFile(path)
  } catch (error) {
    const folder = await readFolder(path, board, readFile, part)
    if (folder) return folder
    throw error
  }
}

/** All puzzles of a file, or of the test part of a published folder; none where there is no file. */
export async function readFileSet(
  path: string | null,
  wanted: WantedPuzzles,
  readFile: ReadFile,
): Promise<PuzzleSet> {
  if (path === null) return boardSet(wanted.board, [], 'no test file')
  const found = await readStored(path, wanted, readFile, 'test')
  if (!(found instanceof Uint8Array)) return found
  const rows: SolvedPuzzle[] = []
  for await (const row of goodRows(found, path, wanted)) rows.push(solved(row, path, wanted))
  return boardSet(wanted.board, rows, path)
}

/** A row with its answer: the given one, or that which follows from the rule. */
function solved(row: PuzzleRow, name: string, { family, board }: WantedPuzzles): SolvedPuzzle {
  const answer = row.answer ?? board.rule?.solve(row.question) ?? 'no answer, and no rule to derive it'
  if (typeof answer === 'string')
    throw badLine(name, { line: row.line, reason: answer }, family.writing.wanted)
  return { ...row, answer }
}

async function* goodRows(
  bytes: Uint8Array,
  name: string,
  { family, board, sizeFields }: WantedPuzzles,
  isTaken?: (index: number) => boolean,
): AsyncGenerator<PuzzleRow, void, undefined> {
  const cells = board.rows * board.columns
  for await (const { rows, problems } of puzzleRows(bytes, { name, like: board.kind }, family, isTaken)) {
    const problem = problems[0]
    if (problem) {
      const hint = 'Correct or remove the line; a check of the file lists all such lines.'
      throw badLine(name, problem, family.writing.wanted, hint)
    }
    for (const row of rows) {
      const got = row.question.length
      if (got !== cells) {
        const fields = sizeFields?.replace(/ \S+(,|$)/g, '$1').replace(', ', ' and ')
        const hint = fields ? `Set ${fields} to fit this file, or use another file.` : 'Use another file.'
        const expected = `a ${board.title}${sizeFields ? ` (${sizeFields})` : ''}`
        throw badLine(name, { line: row.line, reason: `${got} cells` }, expected, hint)
      }
      yield row
    }
  }
}
