import {
  type FileKind,
  type FileSample,
  type FileSampleOptions,
  readFileSet,
  samplePuzzleFile,
} from '../load-file.ts'
import type { PuzzleSet } from '../puzzle-set.ts'
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
