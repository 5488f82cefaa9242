import { puzzleSetChecksum } from './checksum.ts'
import { type Augment, type EasyPuzzles, type ExampleStream, exampleStream } from './example-stream.ts'
import { type AnyPuzzleSet, checkPuzzleSet, type PuzzleFacts, type PuzzleSet } from './puzzle-set.ts'

/** Puzzles to train on: what they are, and the endless stream of examples that a run of some seed sees. */
export interface TrainingPuzzles extends PuzzleFacts {
  readonly checksum: string
  readonly examples: (seed: number) => ExampleStream
  /** The puzzles themselves, if they are stored. */
  readonly puzzles?: PuzzleSet
}

/**
 * Whether an answer [S] solves a question [S], whatever its label says: the label of a maze, for one, is only one of
 * many shortest paths.
 */
export type IsValid = (question: Int32Array, answer: Int32Array) => boolean

/** The three sets of a run. No two of them share a puzzle; the test set is only for the final figure. */
export interface DataSets {
  readonly train: TrainingPuzzles
  readonly validation: AnyPuzzleSet
  readonly test: AnyPuzzleSet
  /** If there is a rule to check answers by. */
  readonly isValid?: IsValid
  /** Checksum of the sets, so that a run resumes with the same puzzles. */
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
