import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { type PuzzleSet, selectPuzzles } from './puzzle-set.ts'

export interface SplitOptions {
  /** Puzzles wanted for training and for validation; together at most those of the set. */
  readonly train: number
  readonly validation: number
  readonly seed: number
}

export interface PuzzleSplit {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  /** [train] which puzzles of the whole set were taken */
  readonly trainIndices: Uint32Array
  /** [validation] */
  readonly validationIndices: Uint32Array
}

/**
 * A random part of a set for training and another for validation. Validation is taken first, so that it stays the
 * same when more training puzzles are asked for.
 */
export function splitPuzzleSet(set: PuzzleSet, { train, validation, seed }: SplitOptions): PuzzleSplit {
  const whole = [train, validation].every((count) => Number.isInteger(count) && count >= 0)
  if (!whole || train + validation > set.count) {
    throw new InputError({
      who: `split of puzzle set "${set.name}"`,
      expected: `whole numbers that sum to at most its ${set.count} puzzles`,
      got: `train ${train} and validation ${validation}`,
      hint: 'Ask for fewer puzzles.',
    })
  }
  const order = new RandomStream(seed, 'split').permutation(set.count)
  const validationIndices = order.slice(0, validation)
  const trainIndices = order.slice(validation, validation + train)
  return {
    train: selectPuzzles(set, trainIndices, `${set.name} train`),
    validation: selectPuzzles(set, validationIndices, `${set.name} validation`),
    trainIndices,
    validationIndices,
  }
}
