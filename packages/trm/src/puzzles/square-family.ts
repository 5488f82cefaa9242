/**
 * Families of square grids with one character a cell and one solution, which may be turned and mirrored, are generated
 * and need no picture and no reader of their own. N = side, S = N² cells.
 */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { dataKind, dataSeed, flag, generatedCounts, section } from '../data/fields.ts'
import type { SolvedPuzzle } from '../data/puzzle-set.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { Board, GridFamily, Problem, PuzzleKind } from './family.ts'
import { type GeneratedData, generatedSource } from './generated-sets.ts'
import { leaveOutClues, withOneSolution } from './one-solution.ts'
import { drawTurn, squareFingerprint } from './square.ts'
import { textBoard } from './text-board.ts'
import { textWriting } from './text-writing.ts'

/** The `data` section of a recipe of such a family. */
export const squareFields = <const Kind extends string, Size extends z.ZodType<number>>(
  kind: Kind,
  size: Size,
) =>
  z.strictObject(
    {
      kind: dataKind(kind),
      size: size.meta({ description: 'N: grids are N × N' }),
      ...generatedCounts,
      augment: flag().meta({ description: 'every draw is turned or mirrored' }),
      seed: dataSeed(),
    },
    section,
  )

/** N of the grid. */
export interface SquareKind<Name extends string = string> extends PuzzleKind {
  readonly puzzle: Name
  readonly size: number
}

export interface SquareData extends GeneratedData {
  readonly size: number
}

interface SquareFamily<Name extends string, Fields extends z.ZodType<SquareData>> {
  readonly name: Name
  /** For people, of one and of many. */
  readonly title: string
  readonly plural: string
  /** The N that there are. */
  readonly sizes: readonly number[]
  /** The characters of tokens 1, 2, …: the blank, and what may stand in its place. */
  readonly symbols: readonly string[]
  /** For people: `0 and 1, and . for a blank`. */
  readonly marks: string
  /** What a text must hold to be taken for one of these, where others are written with the same characters. */
  readonly certain: RegExp
  /** Cells that constrain each other; all symbols but the blank may be renamed into each other. */
  readonly groups: (size: number) => PuzzleStructure['groups']
  /** What is wrong with the cells that are filled, in a question or an answer [S]. */
  readonly mistakes: (tokens: Int32Array, size: number) => readonly Problem[]
  /** Solutions [S] of a question [S], at most `limit` of them; with a stream, in random order. */
  readonly solutions: (
    question: Int32Array,
    size: number,
    limit: number,
    random?: RandomStream,
  ) => readonly Int32Array[]
  /** The `data` of its recipes, by `squareFields`. */
  readonly kind: z.output<Fields>['kind']
  readonly fields: Fields
}

/** The parts of a `PuzzleFamily`, without recipes. */
export function squareFamily<const Name extends string, Fields extends z.ZodType<SquareData>>({
  name,
  title,
  plural,
  sizes,
  symbols,
  groups,
  mistakes,
  solutions,
  ...said
}: SquareFamily<Name, Fields>) {
  const blank = 1
  const answers = symbols.slice(1).map((_, index) => index + blank + 1)

  function board({ size }: Pick<SquareKind, 'size'>): Board {
    const characters = textBoard({
      kind: { puzzle: name, size },
      title: `${size}×${size} ${title}`,
      rows: size,
      columns: size,
      symbols,
      structure: { groups: groups(size), exchangeable: answers, open: [blank], answers },
    })
    const rules = withOneSolution(characters, {
      mistakes: (tokens) => mistakes(tokens, size),
      count: (question) => solutions(question, size, 2).length,
      solve: (question) => solutions(question, size, 1)[0]!,
    })
    return { ...rules, symmetry: drawTurn, fingerprint: squareFingerprint }
  }

  /** No clue can be left out. */
  function generate({ size }: Pick<SquareKind, 'size'>, random: RandomStream): SolvedPuzzle {
    const answer = solutions(new Int32Array(size ** 2).fill(blank), size, 1, random)[0]!
    const { question } = leaveOutClues(answer, blank, random, (question, cell) =>
      answers.some(
        (other) => other !== answer[cell] && solutions(question.with(cell, other), size, 1).length > 0,
      ),
    )
    return { question, answer }
  }

  const grid: GridFamily<SquareKind<Name>> = {
    name,
    title,
    plural,
    kind: z.strictObject({ puzzle: z.literal(name), size: z.literal(sizes) }),
    board,
    writing: textWriting({
      marks: said.marks,
      wanted: `a well-formed ${title} with one solution`,
      wantedFirst: `a ${title} of ${orList(sizes.map((size) => size ** 2))} characters`,
      symbols: symbols.join(''),
      sizes,
      board: (size) => board({ size }),
      certain: said.certain,
    }),
    copies: 'turned or mirrored',
    generate,
  }
  const generated = generatedSource({
    kind: said.kind,
    fields: said.fields,
    board,
    generate,
    hint: () => 'Ask for fewer, or use a larger grid.',
  })
  return { name, grid, sources: [generated] } as const
}

const orList = (items: readonly number[]): string =>
  items
    .map((item, index) => (index === 0 ? item : `${index < items.length - 1 ? ',' : ' or'} ${item}`))
    .join('')
