import { InputError } from '@tiny-recursive-models/tensor'
import type { FileData, PartsKind, ReadFile } from '../../data/file-parts.ts'
import {
  type FileSample,
  type FileSampleOptions,
  readFileSet,
  samplePuzzleFile,
} from '../../data/load-file.ts'
import type { PuzzleSet } from '../../data/puzzle-set.ts'
import type { GenerateMazeSetsOptions } from './build.ts'
import { decodeMazeArrays } from './npy.ts'
import { type MazeRow, mazeFormat, mazeSet } from './read.ts'

/** The `data` of a recipe for generated mazes. */
export interface GeneratedMazeData extends GenerateMazeSetsOptions {
  readonly kind: 'maze-generated'
  readonly augment: boolean
}

/** The `data` of a recipe for mazes of a file. */
export interface MazeFileData extends FileData {
  readonly kind: 'maze-file'
  readonly size: number
  readonly augment: boolean
}

/** Files of size × size mazes: rows, or .npy arrays. */
export function mazeFiles(size: number): PartsKind<Pick<MazeRow, 'size' | 'question' | 'answer'>> {
  const wanted = `a ${size}×${size} maze (data.size ${size})`
  const otherSize = 'Set data.size to the size of the mazes of this file, or take another file.'
  return {
    files: 'a file of mazes (CSV or lines, plain or .gz, or …inputs.npy)',
    format: mazeFormat,
    cells: size * size,
    wanted,
    otherSize,
    toSet: (rows, name) => mazeSet(rows, { name, size }),
    readWhole: async (path, readFile) => {
      const set = await readArrays(path, readFile)
      if (set === undefined || set.cells === size * size) return set
      throw new InputError({ who: path, expected: wanted, got: `${set.cells} cells`, hint: otherSize })
    },
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

/** The mazes of `…inputs.npy` and of the `…labels.npy` beside it; undefined for other files. */
async function readArrays(path: string, readFile: ReadFile): Promise<PuzzleSet | undefined> {
  const ending = /inputs(\.npy(?:\.gz)?)$/
  if (!ending.test(path)) return undefined
  const inputs = await readFile(path)
  const labels = await readFile(path.replace(ending, 'labels$1'))
  return decodeMazeArrays({ inputs, labels }, path)
}
