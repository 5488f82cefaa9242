/** The family of Sudokus: grids of 4×4 to 16×16 in which every digit stands once in every row, column and box. */
import { z } from 'zod'
import type { GridFamily } from '../family.ts'
import { type SudokuKind, sudokuBoard } from './board.ts'
import { generatePuzzle } from './generate.ts'
import { isKnownBox } from './shape.ts'
import { blanks, isSudokuText, parseSudoku } from './text.ts'

const side = z.int().min(1)

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
    recognises: isSudokuText,
    read(text, like) {
      const { shape, tokens } = parseSudoku(text.trim(), (like as SudokuKind | undefined)?.shape)
      return { kind: { puzzle: 'sudoku', shape } as SudokuKind, tokens }
    },
    isComment: (line) => line.trimStart().startsWith('#'),
  },
  copies: 'with exchanged rows, columns or digits',
  // Those of the recipes that come with the project are minimal.
  generate: ({ shape }, random) => generatePuzzle(shape, random, { minimal: true }),
}
