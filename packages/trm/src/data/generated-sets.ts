import { InputError } from '@tiny-recursive-models/tensor'
import type { PuzzleSet } from './puzzle-set.ts'

/** Puzzles in each set of a run. */
export interface SetCounts {
  readonly train: number
  readonly validation: number
  readonly test: number
}

export interface GeneratedSets {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  readonly test: PuzzleSet
}

interface Generation<Puzzle> {
  /** The function that was called, for error messages. */
  readonly who: string
  /** Of the puzzles: `generated 6×6`. */
  readonly name: string
  /** So many puzzles, no two of them alike. */
  readonly generate: (total: number) => Iterable<Puzzle>
  readonly toSet: (puzzles: readonly Puzzle[], name: string) => PuzzleSet
}

/**
 * Three sets out of one sequence of puzzles. The test set is drawn first and the training set last, so that a run
 * with more training puzzles is measured on the same test.
 */
export function generateSets<Puzzle>(counts: SetCounts, generation: Generation<Puzzle>): GeneratedSets {
  const { who, name, generate, toSet } = generation
  for (const part of ['train', 'validation', 'test'] as const) {
    if (!Number.isSafeInteger(counts[part]) || counts[part] < 0) {
      throw new InputError({
        who,
        expected: `a whole number of ${part} puzzles from 0`,
        got: String(counts[part]),
        hint: 'Give a count such as 1000.',
      })
    }
  }
  const trainStart = counts.test + counts.validation
  const puzzles = [...generate(trainStart + counts.train)]
  return {
    test: toSet(puzzles.slice(0, counts.test), `${name} test`),
    validation: toSet(puzzles.slice(counts.test, trainStart), `${name} validation`),
    train: toSet(puzzles.slice(trainStart), `${name} train`),
  }
}
