/** Which puzzles an imported model is for, and how many cells they have. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { DataRecipe } from '../../recipes/index.ts'

export const puzzleFamilies = ['sudoku', 'maze', 'arc'] as const

export type PuzzleFamily = (typeof puzzleFamilies)[number]

export interface PuzzleFinding {
  readonly kind: PuzzleFamily | null
  readonly cells: number
  /** Whether another choice would fit the file as well. */
  readonly isAssumed: boolean
}

interface Known {
  readonly kind: PuzzleFamily
  readonly symbols: number
  readonly cells: number
}

/** Published sizes, and the smaller Sudokus of this library; of equal symbols the most cells first. */
const known: readonly Known[] = [
  { kind: 'sudoku', symbols: 11, cells: 81 },
  { kind: 'arc', symbols: 12, cells: 900 },
  { kind: 'maze', symbols: 6, cells: 900 },
  { kind: 'sudoku', symbols: 8, cells: 36 },
  { kind: 'sudoku', symbols: 6, cells: 16 },
]

export interface PuzzleHints {
  readonly who: string
  /** V */
  readonly symbols: number
  /** Tokens that the net works on, cells and prefix together, where a weight tells it. */
  readonly tokens: number | null
  /** Tokens in front of the cells, where settings tell it. */
  readonly prefixTokens: number | null
  /** What was asked for. */
  readonly kind: PuzzleFamily | null
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
    expected: `a model of known puzzles: ${known.map((one) => `${one.symbols} symbols and ${one.cells} cells (${one.kind})`).join(', ')}`,
    got: `${symbols} symbols${tokens === null ? '' : `, ${tokens} tokens`}${named === null ? '' : `, ${named}`}`,
    hint: 'Say how many cells a puzzle has: --cells.',
  })
}

function kindOfPaths(paths: readonly string[]): PuzzleFamily | null {
  const found = puzzleFamilies.filter((kind) => paths.some((path) => path.toLowerCase().includes(kind)))
  return found.length === 1 ? found[0]! : null
}

/** Rows and columns of a box by the cells of a grid. */
const boxes = new Map([
  [16, { boxRows: 2, boxColumns: 2 }],
  [36, { boxRows: 2, boxColumns: 3 }],
  [81, { boxRows: 3, boxColumns: 3 }],
])

/** The `data` of a recipe for such puzzles; no files are named, since nobody knows where they are. */
export function dataRecipe({ kind, cells }: PuzzleFinding, seed: number): DataRecipe {
  const box = kind === 'sudoku' ? boxes.get(cells) : undefined
  const files = { train: null, test: null, trainCount: null, validation: 0, seed }
  const easy = { easyBelow: null, easyShare: 1 }
  const size = Math.sqrt(cells)
  if (kind === 'maze' && Number.isInteger(size)) return { kind: 'maze-file', size, ...files, augment: false }
  if (box === undefined) return { kind: 'official-folder', path: null, validation: 0, seed }
  return { kind: 'sudoku-file', ...box, ...files, ...easy, augment: true }
}
