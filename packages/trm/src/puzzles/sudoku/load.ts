import type { PartsKind } from '../../data/file-parts.ts'
import {
  type FileSample,
  type FileSampleOptions,
  readFileSet,
  samplePuzzleFile,
} from '../../data/load-file.ts'
import type { PuzzleSet } from '../../data/puzzle-set.ts'
import { sudokuSet } from './build.ts'
import { type SudokuRow, sudokuFormat, toPuzzleSet } from './read.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'

/** Files of Sudokus with that box. */
export function sudokuFiles(box: BoxShape): PartsKind<Pick<SudokuRow, 'shape' | 'question' | 'answer'>> {
  const { size, cells, boxRows, boxColumns } = sudokuLayout(box)
  return {
    files: 'a file of Sudokus (CSV or lines, plain or .gz)',
    format: sudokuFormat,
    cells,
    wanted: `a ${size}×${size} Sudoku (data.boxRows ${boxRows}, data.boxColumns ${boxColumns})`,
    otherSize: 'Set data.boxRows and data.boxColumns to the boxes of this file, or take another file.',
    toSet: (rows, name) => (rows.length > 0 ? toPuzzleSet(rows, { name }) : sudokuSet([], box, name)),
  }
}

/** A random part of a file of Sudokus for training and another for validation; see `samplePuzzleFile`. */
export function sampleSudokuFile(
  bytes: Uint8Array,
  options: FileSampleOptions & { readonly box: BoxShape },
): Promise<FileSample> {
  return samplePuzzleFile(bytes, sudokuFiles(options.box), options)
}

/** All Sudokus of a file. */
export function readSudokuSet(bytes: Uint8Array, name: string, box: BoxShape): Promise<PuzzleSet> {
  return readFileSet(bytes, sudokuFiles(box), name)
}
