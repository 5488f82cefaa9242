import { puzzleSetChecksum } from './checksum.ts'
import { type Augment, type EasyPuzzles, type ExampleStream, exampleStream } from './example-stream.ts'
import { type AnyPuzzleSet, checkPuzzleSet, type PuzzleFacts, type PuzzleSet } from './puzzle-set.ts'

/** Puzzles to train on: what they are, and the endless stream of examples that a run of some seed sees. */
export interface TrainingPuzzles extends PuzzleFacts {
  readonly checksum: string
  readonly examples: (seed: number) => ExampleStream
  /** The puzzles as they stand, where they are stored. */
  readonly puzzles?: PuzzleSet
}

/**
 * Whether an answer [S] solves a question [S], whatever its label says: the label of a maze, for one, is only one of
 * many shortest paths.
 */
export type IsValid = (question: Int32Array, answer: Int32Array) => boolean

/** The three sets of a run. None shares a puzzle with another; the test set is for the last figure only. */
export interface DataSets {
  readonly train: TrainingPuzzles
  readonly validation: AnyPuzzleSet
  readonly test: AnyPuzzleSet
  /** Where there is a rule that tells. */
  readonly isValid?: IsValid
  /** Checksum of the sets, so that a resumed run goes on with the same puzzles. */
  readonly checksum: string
  /** What was taken, for the run folder: counts, seed, indices. */
  readonly record: Readonly<Record<string, unknown>>
}

/** Stored puzzles to train on. */
export function trainingPuzzles(
  set: PuzzleSet,
  { augment, easy }: { readonly augment?: Augment; readonly easy?: EasyPuzzles } = {},
): TrainingPuzzles {
  checkPuzzleSet(set)
  const { name, count, cells, symbols, identifiers, identifierDigest } = set
  return {
    name,
    count,
    cells,
    symbols,
    identifiers,
    ...(identifierDigest !== undefined && { identifierDigest }),
    checksum: puzzleSetChecksum(set),
    examples: (seed) => exampleStream(set, { seed, ...(augment && { augment }), ...(easy && { easy }) }),
    puzzles: set,
  }
}
