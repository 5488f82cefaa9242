/** New puzzles to think about: the same seed gives the same one on the command line and in the page. */
import { RandomStream } from '@tiny-recursive-models/tensor'
import type { SolvedPuzzle } from '../data/puzzle-set.ts'
import type { PuzzleKind, SourceData } from './family.ts'
import { familyOf, sourceOf } from './index.ts'

/** Whether such puzzles can be generated; see `newPuzzle`. */
export function canMakePuzzles(kind: PuzzleKind, data: SourceData | null): boolean {
  return makerOf(kind, data) !== undefined
}

/**
 * A new puzzle of a kind, which depends only on the arguments: made as the recipe's data says, or otherwise by the
 * family. Undefined if neither can.
 *
 * @param data of the recipe that a model was trained by; null while it is not known
 */
export function newPuzzle(kind: PuzzleKind, data: SourceData | null, seed: number): SolvedPuzzle | undefined {
  return makerOf(kind, data)?.(new RandomStream(seed, 'new puzzle'))
}

function makerOf(
  kind: PuzzleKind,
  data: SourceData | null,
): ((random: RandomStream) => SolvedPuzzle) | undefined {
  const source = data === null ? undefined : sourceOf(data)
  if (data !== null && source?.generate) return (random) => source.generate!(data, random)
  const family = familyOf(kind)
  return family?.generate && ((random) => family.generate!(kind, random))
}
