import type { RandomStream } from '@tiny-recursive-models/tensor'
import type { PuzzleFacts } from '../data/puzzle-set.ts'
import type { DataDescription } from './load.ts'
import { symmetries, turnMaze } from './maze/symmetry.ts'
import { applySymmetry, drawSymmetry, invertSymmetry } from './sudoku/augment.ts'
import { puzzleKindOf } from './validity.ts'

/** A way to write a puzzle differently that keeps what is right, and the way back. */
export interface PuzzleSymmetry {
  /** @param tokens [S] */
  readonly apply: (tokens: Int32Array) => Int32Array
  readonly invert: (tokens: Int32Array) => Int32Array
}

export type DrawSymmetry = (random: RandomStream) => PuzzleSymmetry

/** Random symmetries of the family of a recipe's puzzles; undefined where none are known. */
export function symmetryOf(
  data: DataDescription,
  facts: Pick<PuzzleFacts, 'cells' | 'symbols'>,
): DrawSymmetry | undefined {
  const kind = puzzleKindOf(data, facts)
  switch (kind?.puzzle) {
    case 'sudoku':
      return (random) => {
        const symmetry = drawSymmetry(kind.shape, random)
        return {
          apply: (tokens) => applySymmetry(symmetry, tokens),
          invert: (tokens) => invertSymmetry(symmetry, tokens),
        }
      }
    case 'maze':
      return (random) => {
        const turn = random.integer(symmetries)
        return {
          apply: (tokens) => turnMaze(tokens, turn),
          invert: (tokens) => turnMaze(tokens, inverseTurn(turn)),
        }
      }
    case undefined:
      return undefined
  }
}

/** The turn that undoes another: mirrored first and transposed afterwards, the two mirrors change places. */
const inverseTurn = (turn: number): number => (turn & 4 ? 4 | ((turn & 1) << 1) | ((turn & 2) >> 1) : turn)
