import type { Augmentation } from './example-stream.ts'
import type { PuzzleSet } from './puzzle-set.ts'

/** The three sets of a run. None shares a puzzle with another; the test set is for the last figure only. */
export interface DataSets {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  readonly test: PuzzleSet
  readonly augment: Augmentation
  /** Checksum of the training set, so that a resumed run goes on with the same puzzles. */
  readonly checksum: string
  /** What was taken, for the run folder: counts, seed, indices. */
  readonly record: Readonly<Record<string, unknown>>
}
