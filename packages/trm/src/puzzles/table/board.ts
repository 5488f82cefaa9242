/** Puzzles of a user's own file: what is known of them is their symbols, and which of them are to be found. */
import { z } from 'zod'
import type { Board, GridFamily, PuzzleKind } from '../family.ts'
import { textBoard } from '../text-board.ts'

/** Distinct characters. */
export const characters = (minimum: number, maximum: number) => {
  const error = `${minimum} to ${maximum} different characters`
  return z.string({ error }).refine(
    (text) => {
      const marks = Array.from(text)
      return marks.length >= minimum && marks.length <= maximum && new Set(marks).size === marks.length
    },
    { error },
  )
}

export const maxSymbols = 1_000
export const side = () => z.int({ error: 'a whole number from 1 to 1000' }).min(1).max(1_000)

const kind = z.strictObject({
  puzzle: z.literal('table'),
  rows: side(),
  columns: side(),
  /** The characters of tokens 1, 2, … */
  symbols: characters(1, maxSymbols),
  /** Those of a question that are to be found, and those that may be found. */
  open: characters(0, maxSymbols),
  answers: characters(0, maxSymbols),
})

export type TableKind = z.infer<typeof kind> & PuzzleKind

export function tableBoard({ rows, columns, symbols, open, answers }: TableKind): Board {
  const marks = Array.from(symbols)
  const tokensOf = (text: string) => Array.from(text, (mark) => marks.indexOf(mark) + 1)
  return textBoard({
    kind: { puzzle: 'table', rows, columns, symbols, open, answers },
    title: `${rows}×${columns} puzzle`,
    rows,
    columns,
    symbols: marks,
    structure: { groups: {}, exchangeable: [], open: tokensOf(open), answers: tokensOf(answers) },
  })
}

export const tableGrid: GridFamily<TableKind> = {
  name: 'table',
  title: 'puzzle of a table',
  plural: 'puzzles of a table',
  kind: kind as z.ZodType<TableKind>,
  board: tableBoard,
  writing: {
    marks: 'the symbols of the training file, one character per cell',
    wanted: 'a question with one symbol of the training file per cell',
    wantedFirst: 'a question as long as those of the training file',
    // Any text may be one: only a model or a recipe tells.
    recognises: () => 0,
    read(text, like) {
      const known = kind.safeParse(like)
      if (!known.success) throw new Error('a puzzle of a table can only be read for a model or a recipe')
      return { kind: known.data, tokens: tableBoard(known.data).parse(text) }
    },
    needsKind: true,
    isComment: () => false,
    find: () => [],
    grids: () => [],
  },
  copies: 'repeated',
}
