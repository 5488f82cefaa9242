import { boardOf, newPuzzle, type PuzzleKind, type Recipe, sourceOf } from '@tiny-recursive-models/trm'
import { openCount } from './cells.ts'
import type { FoundPuzzle } from './read.ts'

type Data = Recipe['data']

/** Whether the puzzles of a recipe can be made here; a page cannot read the files of another machine. */
export const isGenerated = (data: Data): boolean => sourceOf(data).generate !== undefined

/**
 * New puzzles, as the recipe makes them.
 *
 * @param data null while it is not known
 */
export function drawPuzzles(kind: PuzzleKind, data: Data | null, seed: number, count: number): FoundPuzzle[] {
  return Array.from({ length: count }, (_, draw) => {
    const puzzle = newPuzzle(kind, data, seed + draw)
    if (!puzzle) throw new Error(`Puzzles of this kind (${boardOf(kind).title}) cannot be generated.`)
    return { kind, ...puzzle }
  })
}

/**
 * The most demanding of `draws` new puzzles. Most others a trained model answers in its first step, which leaves
 * nothing to watch.
 *
 * @param data null while it is not known
 */
export function generateDemanding(
  kind: PuzzleKind,
  data: Data | null,
  seed: number,
  draws: number,
): FoundPuzzle {
  const board = boardOf(kind)
  const demandOf = board.demand ?? ((question: Int32Array) => openCount(board, question))
  const puzzles = drawPuzzles(kind, data, seed, draws)
  const demands = puzzles.map(({ question }) => demandOf(question))
  return puzzles[demands.indexOf(Math.max(...demands))]!
}
