import type { PuzzleFamily } from '../family.ts'
import { linesOf, runsOf } from '../square.ts'
import { type SquareKind, squareFamily } from '../square-family.ts'
import { fields, takuzu6x6 } from './recipe.ts'
import { mistakes, solutions } from './rules.ts'

/** N of the grid. */
export type TakuzuKind = SquareKind<'takuzu'>

export type { TakuzuInput } from './recipe.ts'

/** Takuzu: two symbols, as many of each in every line, never three in a row. */
export const takuzu = {
  ...squareFamily({
    name: 'takuzu',
    title: 'Takuzu',
    plural: 'Takuzus',
    sizes: [4, 6, 8],
    symbols: ['.', '0', '1'],
    marks: '0 and 1, and . for a blank',
    // A Sudoku may have a 1, and 0 for its blanks, but not blanks of two kinds.
    certain: /^(?=.*0)(?=.*1).*\./s,
    groups: (size) => ({ line: linesOf(size), three: runsOf(size, 3) }),
    mistakes,
    solutions,
    kind: 'takuzu-generated',
    fields,
  }),
  recipes: { 'takuzu-6x6': takuzu6x6 },
} as const satisfies PuzzleFamily
