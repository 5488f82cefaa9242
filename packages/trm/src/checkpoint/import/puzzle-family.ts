/** Which puzzles an imported model is for, and how many cells they have. */
import { InputError } from '@tiny-recursive-models/tensor'
import { families } from '../../puzzles/index.ts'

/** Names of the families whose models can be imported. */
export const puzzleFamilies: readonly string[] = families.flatMap(({ name, published }) =>
  published ? [name] : [],
)

export interface PuzzleFinding {
  /** Name of the family. */
  readonly kind: string | null
  readonly cells: number
  /** Whether another choice would fit the file as well. */
  readonly isAssumed: boolean
}

/** Published sizes, and the smaller ones of this library; of equal symbols the most cells first. */
const known = families
  .flatMap(({ name, published }) => (published?.sizes ?? []).map((sizes) => ({ kind: name, ...sizes })))
  .sort((one, other) => other.cells - one.cells)

export interface PuzzleHints {
  readonly who: string
  /** V */
  readonly symbols: number
  /** Tokens that the net works on, cells and prefix together, where a weight tells it. */
  readonly tokens: number | null
  /** Tokens in front of the cells, where settings tell it. */
  readonly prefixTokens: number | null
  /** What was asked for. */
  readonly kind: string | null
  readonly cells: number | null
  /** Paths of the training data, which are named after their puzzles. */
  readonly paths: readonly string[]
}

export function findPuzzles(hints: PuzzleHints): PuzzleFinding {
  const { symbols, tokens, prefixTokens } = hints
  const named = hints.kind ?? kindOfPaths(hints.paths)
  const told = hints.cells ?? (tokens !== null && prefixTokens !== null ? tokens - prefixTokens : null)
  const fitting = known.filter(
    (one) =>
      one.symbols === symbols &&
      (named === null || one.kind === named) &&
      (told === null || one.cells === told) &&
      (tokens === null || one.cells <= tokens),
  )
  const likeliest = fitting[0]
  if (likeliest) {
    const { kind, cells } = likeliest
    // With the tokens known, fewer cells would mean a prefix of hundreds of tokens.
    return { kind, cells, isAssumed: named === null && tokens === null && fitting.length > 1 }
  }
  if (told !== null && told > 0 && (tokens === null || told <= tokens))
    return { kind: named, cells: told, isAssumed: false }
  throw new InputError({
    who: hints.who,
    expected: `a model for known puzzles: ${known.map((one) => `${one.symbols} symbols and ${one.cells} cells (${one.kind})`).join(', ')}`,
    got: `${symbols} symbols${tokens === null ? '' : `, ${tokens} tokens`}${named === null ? '' : `, ${named}`}`,
    hint: 'Give the number of cells per puzzle with `cells`.',
  })
}

function kindOfPaths(paths: readonly string[]): string | null {
  const found = puzzleFamilies.filter((kind) => paths.some((path) => path.toLowerCase().includes(kind)))
  return found.length === 1 ? found[0]! : null
}

/** The `data` of a recipe for such puzzles; no files are named, since nobody knows where they are. */
export function dataRecipe({ kind, cells }: PuzzleFinding, seed: number): Readonly<Record<string, unknown>> {
  const data = families.find(({ name }) => name === kind)?.published?.dataOf(cells)
  if (data === undefined) return { kind: 'official-folder', path: null, validation: 0, seed }
  return { ...data, train: null, test: null, trainCount: null, validation: 0, seed }
}
