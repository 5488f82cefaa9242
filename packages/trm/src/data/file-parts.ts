/** The puzzle sets of a run from the files that its recipe names. */
import { InputError } from '@tiny-recursive-models/tensor'
import { type FileKind, type FileSample, readFileSet, samplePuzzleFile, sampleSet } from './load-file.ts'
import type { Pair } from './puzzle-rows.ts'
import type { PuzzleSet } from './puzzle-set.ts'

/** What the `data` of a recipe says of files, whatever the puzzles are. */
export interface FileData {
  /** Null: the user has still to name one. */
  readonly train: string | null
  readonly test: string | null
  /** A seeded sample of the training file; null = all that validation leaves. */
  readonly trainCount: number | null
  readonly validation: number
  readonly seed: number
}

/** Where the files of a recipe are read from. */
export type ReadFile = (path: string) => Promise<Uint8Array>

/** Files with one puzzle a row, beside which there may be files that hold a set as it is. */
export interface PartsKind<Puzzle extends Pair> extends FileKind<Puzzle> {
  /** Kinds of files, for messages: `a file of Sudokus (CSV or lines, plain or .gz)`. */
  readonly files: string
  /** Reads a file that holds a whole set; undefined where the path is not one of those. */
  readonly readWhole?: (path: string, readFile: ReadFile) => Promise<PuzzleSet | undefined>
}

/** Training, validation and test puzzles of files. */
export async function readFileParts<Puzzle extends Pair>(
  data: FileData,
  kind: PartsKind<Puzzle>,
  readFile: ReadFile,
) {
  if (data.train === null) {
    throw new InputError({
      who: 'data.train',
      expected: kind.files,
      got: 'null',
      hint: 'Write --set data.train=FILE, and --set data.test=FILE for the final score.',
    })
  }
  const { train, validation, trainRows, validationRows } = await readSample(data.train, data, kind, readFile)
  const test = data.test === null ? kind.toSet([], 'no test file') : await readTest(data.test, kind, readFile)
  refuseSharedPuzzles(train, test)
  return { train, validation, test, trainIndices: trainRows, validationIndices: validationRows }
}

async function readSample<Puzzle extends Pair>(
  path: string,
  { trainCount, validation, seed }: FileData,
  kind: PartsKind<Puzzle>,
  readFile: ReadFile,
): Promise<FileSample> {
  const options = { name: path, train: trainCount, validation, seed }
  const whole = await kind.readWhole?.(path, readFile)
  return whole === undefined
    ? samplePuzzleFile(await readFile(path), kind, options)
    : sampleSet(whole, options)
}

async function readTest<Puzzle extends Pair>(path: string, kind: PartsKind<Puzzle>, readFile: ReadFile) {
  const whole = await kind.readWhole?.(path, readFile)
  return whole ?? readFileSet(await readFile(path), kind, path)
}

/** Throws where a puzzle of `test` is also trained on: its score would say nothing. */
function refuseSharedPuzzles(train: PuzzleSet, test: PuzzleSet): void {
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
