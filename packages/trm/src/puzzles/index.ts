/**
 * The puzzle families, and what follows from a recipe's data and the list of them. Nothing else in the project names a
 * family: to add one, write its folder and its line here (docs/puzzles.md).
 */
import { InputError } from '@tiny-recursive-models/tensor'
import type { z } from 'zod'
import type { Frozen } from '../settings/frozen.ts'
import { arc } from './arc/index.ts'
import type {
  Board,
  GridFamily,
  PuzzleFamily,
  PuzzleKind,
  PuzzleSource,
  SetSizes,
  SourceData,
} from './family.ts'
import { maze } from './maze/index.ts'
import { officialSource } from './official-source.ts'
import { sudoku } from './sudoku/index.ts'
import { table } from './table/index.ts'
import { takuzu } from './takuzu/index.ts'

const list = [sudoku, maze, takuzu, table, arc] as const

/** All puzzle families, in the order in which their recipes are listed. */
export const families: readonly PuzzleFamily[] = list

const [usual, ...others] = families.flatMap(({ grid }) => (grid ? [grid] : []))

/**
 * Families whose puzzles are grids with one symbol per cell, in the order in which they try to recognise a text. If
 * none does, the last, which is the one that most people mean, says what is wrong with it.
 */
export const gridFamilies: readonly GridFamily[] = [...others, usual!]

const officialFolder = officialSource(publishedKind)

/** Ways to come by puzzles, by the `kind` of a recipe's data. */
const sources = [...list.flatMap(({ sources }): readonly FamilySource[] => sources), officialFolder]

type Family = (typeof list)[number]
type FamilySource = Family['sources'][number]
type Source = FamilySource | typeof officialFolder

type RecipesOf<Member> = Member extends { readonly recipes: infer Drafts } ? Drafts : never
type KeyOf<Drafts> = Drafts extends unknown ? keyof Drafts : never

/** Names of the shipped recipes of all families. */
export type RecipeName = KeyOf<RecipesOf<Family>>

/** The `data` of a recipe. */
export type DataRecipe = Frozen<z.output<Source['fields']>>
export type DataInput = z.input<Source['fields']>

/** The fields of `data` by its kind. */
export const dataFields: readonly Source['fields'][] = sources.map(({ fields }) => fields)

export const dataKinds: readonly string[] = sources.map(({ kind }) => kind)

/** The source of a kind of data; undefined for others. */
export const sourceOfKind = (kind: string): PuzzleSource | undefined =>
  (sources as readonly PuzzleSource[]).find((source) => source.kind === kind)

/**
 * The source of a recipe's data.
 * @throws InputError if this version knows no such kind of data
 */
export function sourceOf(data: SourceData): PuzzleSource {
  const source = sourceOfKind(data.kind)
  if (source) return source
  throw new InputError({
    who: 'data.kind',
    expected: dataKinds.join(' or '),
    got: data.kind,
    hint: 'Use the data of a recipe, as returned by parseRecipe.',
  })
}

/** The family of a kind of puzzle; undefined where this version has none of that name. */
export const familyOf = ({ puzzle }: PuzzleKind): GridFamily | undefined =>
  gridFamilies.find(({ name }) => name === puzzle)

const boards = new Map<string, Board>()

/** The board of a kind, made once. Throws if the kind belongs to no known family. */
export function boardOf(kind: PuzzleKind): Board {
  const known = boards.get(JSON.stringify(kind))
  if (known) return known
  const family = familyOf(kind)
  const parsed = family?.kind.safeParse(kind)
  if (!family || !parsed?.success) {
    throw new InputError({
      who: 'puzzle kind',
      expected: `one of ${gridFamilies.map(({ name }) => name).join(', ')}, with its size`,
      got: JSON.stringify(kind),
      hint: 'Use the kind of a recipe’s data (boardOfData) or of a parsed puzzle.',
    })
  }
  // Parsed, the keys have one order.
  const key = JSON.stringify(parsed.data)
  const board = boards.get(key) ?? family.board(parsed.data)
  boards.set(key, board)
  return board
}

/** The board of a recipe's puzzles; undefined for puzzles that are not grids of known symbols. */
export function boardOfData(data: SourceData, sizes: SetSizes): Board | undefined {
  const kind = sourceOf(data).kindOf(data, sizes)
  return kind && boardOf(kind)
}

/** Null, an unknown kind, equals no other. */
export function isSamePuzzleKind(left: PuzzleKind | null, right: PuzzleKind | null): boolean {
  return left !== null && right !== null && boardOf(left) === boardOf(right)
}

/** What puzzles have the sizes of a published data set. */
function publishedKind(sizes: SetSizes): PuzzleKind | undefined {
  for (const { published } of families) {
    const isKnown = published?.sizes.some(
      ({ cells, symbols }) => cells === sizes.cells && symbols === sizes.symbols,
    )
    const data = isKnown ? published?.dataOf(sizes.cells) : undefined
    if (data) return sourceOf(data).kindOf(data, sizes)
  }
  return undefined
}
