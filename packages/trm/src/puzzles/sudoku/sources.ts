/** Where Sudokus of a recipe come from. */
import { z } from 'zod'
import {
  dataKind,
  dataSeed,
  fileFields,
  flag,
  generatedCounts,
  section,
  wholeNumber,
} from '../../data/fields.ts'
import type { Violation } from '../family.ts'
import { generatedSource } from '../generated-sets.ts'
import { fileSource } from '../reading/file-source.ts'
import { sudokuBoard } from './board.ts'
import { generatePuzzle } from './generate.ts'
import { sudokuGrid } from './grid-family.ts'
import { type BoxShape, knownBoxes } from './shape.ts'

const box = {
  boxRows: wholeNumber(2, 4).meta({ description: 'rows of a box; a grid has boxRows · boxColumns symbols' }),
  boxColumns: wholeNumber(2, 4).meta({ description: 'columns of a box' }),
}
const augment = flag().meta({
  description: 'every draw under a random symmetry: digits, bands, rows, stacks, columns, transposition',
})

const generatedFields = z.strictObject(
  {
    kind: dataKind('sudoku-generated'),
    ...box,
    ...generatedCounts,
    minimal: flag().meta({
      description: 'clues are removed until no further one can go without a second solution',
    }),
    augment,
    seed: dataSeed(),
  },
  section,
)

export type GeneratedSudokuInput = z.input<typeof generatedFields>

const boardOf = ({ boxRows, boxColumns }: BoxShape) =>
  sudokuBoard({ puzzle: 'sudoku', shape: { boxRows, boxColumns } })

/** The box that the fields ask for must be one of those that are known. */
function violation({ boxRows, boxColumns }: BoxShape): Violation | null {
  const asked = `${boxRows}×${boxColumns}`
  if (knownBoxes.includes(asked)) return null
  return {
    key: 'data.boxRows',
    expected: `boxRows × boxColumns of ${knownBoxes.join(', ')}`,
    got: asked,
    hint: 'A 6×6 grid has boxes of two rows by three columns.',
  }
}

/** Taking clues out of a larger grid, one search a clue, has no end that anyone would wait for. */
function tooLarge({ boxRows, boxColumns }: BoxShape): Violation | null {
  const size = boxRows * boxColumns
  if (size <= 9) return null
  return {
    key: 'data.boxRows',
    expected: 'boxes of at most 9 cells for generated puzzles',
    got: `${boxRows}×${boxColumns}`,
    hint: `Take ${size}×${size} Sudokus from a file (kind sudoku-file).`,
  }
}

export const generatedSudokus = generatedSource({
  kind: 'sudoku-generated',
  fields: generatedFields,
  violation: (data) => violation(data) ?? tooLarge(data),
  board: boardOf,
  generate: (data, random) => generatePuzzle(data, random, data),
  hint: ({ minimal }) => `Ask for fewer${minimal ? ', or set minimal to false' : ''}, or use a larger grid.`,
})

const sudokuFileFields = z.strictObject(
  { kind: dataKind('sudoku-file'), ...box, ...fileFields, augment, seed: dataSeed() },
  section,
)

export type SudokuFileInput = z.input<typeof sudokuFileFields>

export const sudokuFiles = {
  ...fileSource<z.infer<typeof sudokuFileFields>>(sudokuGrid, {
    kind: 'sudoku-file',
    fields: sudokuFileFields,
    violation,
    board: boardOf,
    sizeFields: ({ boxRows, boxColumns }) => `data.boxRows ${boxRows}, data.boxColumns ${boxColumns}`,
  }),
  fields: sudokuFileFields,
}
