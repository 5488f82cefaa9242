import { InputError } from '@tiny-recursive-models/tensor'
import {
  type FileKind,
  type FileSample,
  type FileSampleOptions,
  readFileSet,
  refuseSharedPuzzles,
  samplePuzzleFile,
} from '../load-file.ts'
import type { PuzzleSet } from '../puzzle-set.ts'
import { splitPuzzleSet } from '../split.ts'
import type { GenerateMazeSetsOptions } from './build.ts'
import { decodeMazeArrays } from './npy.ts'
import { type MazeRow, mazeFormat, mazeSet } from './read.ts'

/** Files of size × size mazes. */
function mazeFiles(size: number): FileKind<Pick<MazeRow, 'size' | 'question' | 'answer'>> {
  return {
    format: mazeFormat,
    cells: size * size,
    wanted: `a ${size}×${size} maze (data.size ${size})`,
    otherSize: 'Set data.size to the size of the mazes of this file, or take another file.',
    toSet: (rows, name) => mazeSet(rows, { name, size }),
  }
}

/** A random part of a file of mazes for training and another for validation; see `samplePuzzleFile`. */
export function sampleMazeFile(
  bytes: Uint8Array,
  options: FileSampleOptions & { readonly size: number },
): Promise<FileSample> {
  return samplePuzzleFile(bytes, mazeFiles(options.size), options)
}

/** All mazes of a file. */
export function readMazeSet(bytes: Uint8Array, name: string, size: number): Promise<PuzzleSet> {
  return readFileSet(bytes, mazeFiles(size), name)
}

/** The `data` of a recipe for generated mazes. */
export interface GeneratedMazeData extends GenerateMazeSetsOptions {
  readonly kind: 'maze-generated'
  readonly augment: boolean
}

/** The `data` of a recipe for mazes of a file. */
export interface MazeFileData {
  readonly kind: 'maze-file'
  readonly size: number
  readonly train: string | null
  readonly test: string | null
  readonly trainCount: number | null
  readonly validation: number
  readonly augment: boolean
  readonly seed: number
}

type ReadFile = (path: string) => Promise<Uint8Array>

/** Training, validation and test mazes of files: CSV or lines, or .npy arrays. */
export async function readMazeParts(data: MazeFileData, readFile: ReadFile) {
  const { train: path, test: testPath, size } = data
  if (path === null) {
    throw new InputError({
      who: 'data.train',
      expected: 'a file of mazes (CSV or lines, plain or .gz, or …inputs.npy)',
      got: 'null',
      hint: 'Write --set data.train=FILE, and --set data.test=FILE for the final score.',
    })
  }
  const { train, validation, trainRows, validationRows } = await sample(path, data, readFile)
  const test =
    testPath === null
      ? mazeSet([], { name: 'no test file', size })
      : isArrayFile(testPath)
        ? await readArrays(testPath, size, readFile)
        : await readMazeSet(await readFile(testPath), testPath, size)
  refuseSharedPuzzles(train, test)
  return { train, validation, test, trainIndices: trainRows, validationIndices: validationRows }
}

async function sample(path: string, data: MazeFileData, readFile: ReadFile): Promise<FileSample> {
  const { size, trainCount, validation, seed } = data
  if (!isArrayFile(path)) {
    const options = { name: path, size, train: trainCount, validation, seed }
    return sampleMazeFile(await readFile(path), options)
  }
  const set = await readArrays(path, size, readFile)
  const split = splitPuzzleSet(set, { train: trainCount ?? set.count - validation, validation, seed })
  return {
    ...split,
    trainRows: trainCount === null ? null : [...split.trainIndices],
    validationRows: [...split.validationIndices],
  }
}

const isArrayFile = (path: string): boolean => /inputs\.npy(\.gz)?$/.test(path)

/** The mazes of `…inputs.npy` and of the `…labels.npy` beside it. */
async function readArrays(path: string, size: number, readFile: ReadFile): Promise<PuzzleSet> {
  const labelPath = path.replace(/inputs(\.npy(\.gz)?)$/, 'labels$1')
  const set = await decodeMazeArrays(
    { inputs: await readFile(path), labels: await readFile(labelPath) },
    path,
  )
  if (set.cells === size * size) return set
  const { wanted, otherSize } = mazeFiles(size)
  throw new InputError({ who: path, expected: wanted, got: `${set.cells} cells`, hint: otherSize })
}
