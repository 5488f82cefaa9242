/** The family of Sudokus: grids of 4×4 to 16×16 in which every digit stands once in every row, column and box. */
import { z } from 'zod'
import type { GridFamily } from '../family.ts'
import { type SudokuKind, sudokuBoard } from './board.ts'
import { generatePuzzle } from './generate.ts'
import { blanks } from './marks.ts'
import { isKnownBox } from './shape.ts'
import { findSudokus, isSudokuComment, otherBox, parseSudoku, sudokuCertainty, sudokuGrids } from './text.ts'

const side = z.int().min(1)

/** A drawn grid keeps its spaces: they may be blanks. */
const oneLine = (text: string): string =>
  typeof text !== 'string' || /[\r\n]/.test(text.trim()) ? text : text.trim()

export const sudokuGrid: GridFamily<SudokuKind> = {
  name: 'sudoku',
  title: 'Sudoku',
  plural: 'Sudokus',
  kind: z.strictObject({
    puzzle: z.literal('sudoku'),
    shape: z.strictObject({ boxRows: side, boxColumns: side }).refine(isKnownBox, 'no such box'),
  }),
  board: sudokuBoard,
  writing: {
    marks: `digits (and A to G beyond 9), and ${[...blanks].join(' ')} for a blank`,
    wanted: 'a well-formed Sudoku with one solution',
    wantedFirst: 'a Sudoku of 16, 36, 81 or 256 characters',
    recognises: sudokuCertainty,
    read(text, like) {
      const { shape, tokens } = parseSudoku(oneLine(text), (like as SudokuKind | undefined)?.shape)
      return { kind: { puzzle: 'sudoku', shape } as SudokuKind, tokens }
    },
    isComment: isSudokuComment,
    find: findSudokus,
    grids: sudokuGrids,
    alternatives(kind) {
      const shape = otherBox((kind as SudokuKind).shape)
      return shape ? [{ puzzle: 'sudoku', shape } as SudokuKind] : []
    },
  },
  copies: 'with rows, columns or digits exchanged',
  // Those of the recipes that come with the project are minimal.
  generate: ({ shape }, random) => generatePuzzle(shape, random, { minimal: true }),
}
