import { z } from 'zod'
import type { Board, GridFamily, PuzzleFamily, PuzzleKind } from '../family.ts'
import { generatedSource } from '../generated-sets.ts'
import { drawTurn, squareFingerprint } from '../square.ts'
import { textBoard } from '../text-board.ts'
import { textWriting } from '../text-writing.ts'
import { fields } from './fields.ts'
import { takuzu6x6 } from './recipe.ts'
import { blank, digits, generate, linesOf, mistakes, solutions, threesOf } from './rules.ts'

/** N of the grid. */
export interface TakuzuKind extends PuzzleKind {
  readonly puzzle: 'takuzu'
  readonly size: number
}

export type { TakuzuInput } from './fields.ts'

const sizes = [4, 6, 8] as const

function board({ size }: Pick<TakuzuKind, 'size'>): Board {
  function check(question: Int32Array) {
    const count = solutions(question, size, 2).length
    const message = `the puzzle has ${count === 0 ? 'no solution' : 'more than one solution'}`
    const problems = mistakes(question, size)
    return problems.length > 0 || count === 1 ? problems : [{ message, cells: [], isWarning: count > 1 }]
  }
  function problems(question: Int32Array, answer: Int32Array) {
    const cells = [...answer.keys()].filter(
      (cell) => answer[cell] === blank || ![blank, answer[cell]].includes(question[cell]!),
    )
    const message = `${cells.length} of its cells are blank or change a given`
    return cells.length > 0 ? [{ message, cells }] : mistakes(answer, size)
  }
  return {
    ...textBoard({
      kind: { puzzle: 'takuzu', size },
      title: `${size}×${size} Takuzu`,
      rows: size,
      columns: size,
      symbols: ['.', '0', '1'],
      structure: {
        groups: { line: linesOf(size), three: threesOf(size) },
        exchangeable: digits,
        open: [blank],
        answers: digits,
      },
    }),
    mistakes: (question) => mistakes(question, size),
    check,
    rule: {
      solution: 'a valid solution',
      hasManyAnswers: false,
      problems,
      isSolved: (question, answer) => problems(question, answer).length === 0,
      solve: (question) => check(question)[0]?.message ?? solutions(question, size, 1)[0]!,
    },
    symmetry: drawTurn,
    fingerprint: squareFingerprint,
  }
}

const grid: GridFamily<TakuzuKind> = {
  name: 'takuzu',
  title: 'Takuzu',
  plural: 'Takuzus',
  kind: z.strictObject({ puzzle: z.literal('takuzu'), size: z.literal(sizes) }),
  board,
  writing: textWriting({
    marks: '0 and 1, and . for a blank',
    wanted: 'a well-formed Takuzu with one solution',
    wantedFirst: 'a Takuzu of 16, 36 or 64 characters',
    symbols: '.01',
    sizes,
    board: (size) => board({ size }),
    // A Sudoku may have a 1, and 0 for its blanks, but not blanks of two kinds.
    certain: /^(?=.*0)(?=.*1).*\./s,
  }),
  copies: 'turned or mirrored',
  generate: ({ size }, random) => generate(size, random),
}

const generated = {
  ...generatedSource<z.infer<typeof fields>>({
    kind: 'takuzu-generated',
    fields,
    board,
    generate: ({ size }, random) => generate(size, random),
    hint: () => 'Ask for fewer, or take a larger grid.',
  }),
  fields,
}

/** Takuzu: two symbols, as many of each in every line, never three in a row. */
export const takuzu = {
  name: 'takuzu',
  grid,
  sources: [generated],
  recipes: { 'takuzu-6x6': takuzu6x6 },
} as const satisfies PuzzleFamily
