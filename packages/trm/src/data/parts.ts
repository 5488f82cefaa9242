/** What a source of puzzles gives: the three sets of a run, and what was taken for them. */
import type { TrainingPuzzles } from './data-sets.ts'
import type { AnyPuzzleSet } from './puzzle-set.ts'

/** Reads a file; `list` gives the names in a folder, which some sources need. */
export type ReadDataFile = ((path: string) => Promise<Uint8Array>) & {
  readonly list?: (folder: string) => Promise<readonly string[]>
}

/** Called with how many puzzles are generated, or tasks augmented, out of how many; not called while a file is read. */
export type OnDataProgress = (done: number, of: number) => void

export interface LoadedParts {
  readonly train: TrainingPuzzles
  readonly validation: AnyPuzzleSet
  readonly test: AnyPuzzleSet
  /** Name of the family by whose symmetries a drawn example is changed; `none`: it is not. */
  readonly augment: string
  /** What else is worth a place in the run folder, by name. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Which rows of the file were taken, counted from 0; null = all that are left. */
  readonly trainIndices: readonly number[] | null
  readonly validationIndices: readonly number[] | null
}

/** Which puzzles were used, as recorded in the run folder. */
export interface DataRecord {
  readonly kind: string
  readonly cells: number
  readonly symbols: number
  readonly identifiers: number
  readonly seed: number
  readonly augment: string
  readonly checksum: string
  readonly train: PartRecord
  readonly validation: PartRecord
  readonly test: PartRecord
  /** What a source adds. */
  readonly [fact: string]: unknown
}

/** Which puzzles a part of a data set is: its checksum, and their places where they were drawn from more. */
export interface PartRecord {
  readonly name: string
  readonly count: number
  readonly checksum: string
  /** Which rows of the file (or groups of the folder) were taken, counted from 0; null = all that are left. */
  readonly indices: readonly number[] | null
}
