/** A recipe's `data` section to the puzzle sets of a run: training, validation and test. */
import { puzzleSetChecksum } from '../data/checksum.ts'
import type { DataSets } from '../data/data-sets.ts'
import type { DataRecord, OnDataProgress, PartRecord, ReadDataFile } from '../data/parts.ts'
import type { AnyPuzzleSet, PuzzleFacts } from '../data/puzzle-set.ts'
import { boardOfData, type DataRecipe, sourceOf } from './index.ts'

/** The puzzles of a recipe, with what a run folder keeps of them. */
export interface LoadedDataSets extends DataSets {
  /** Of all three sets: a run resumes only with the puzzles that it started with. */
  readonly checksum: string
  readonly record: DataRecord
}

/**
 * Reads, generates or splits what the recipe's `data` says; the same data gives the same sets on every machine.
 * @throws InputError if a file is missing or wrong, or has fewer puzzles than the recipe asks for
 */
export async function loadDataSets(
  data: DataRecipe,
  readFile: ReadDataFile,
  onProgress?: OnDataProgress,
): Promise<LoadedDataSets> {
  const parts = await sourceOf(data).load(data, readFile, onProgress)
  const { train, validation, test, augment } = parts
  const checksums = [train.checksum, puzzleSetChecksum(validation), puzzleSetChecksum(test)]
  const checksum = checksums.join('-')
  const part = (set: PuzzleFacts, place: number, indices: readonly number[] | null): PartRecord => ({
    name: set.name,
    count: set.count,
    checksum: checksums[place]!,
    indices,
  })
  const record: DataRecord = {
    kind: data.kind,
    cells: train.cells,
    symbols: train.symbols,
    identifiers: train.identifiers,
    seed: data.seed,
    augment,
    checksum,
    ...parts.facts,
    train: part(train, 0, parts.trainIndices),
    validation: part(validation, 1, parts.validationIndices),
    test: part(test, 2, null),
  }
  const isValid = boardOfData(data, train)?.rule?.isSolved
  return { train, validation, test, checksum, record, ...(isValid && { isValid }) }
}

/**
 * The test set of `loadDataSets`, and its checksum, without generating more than it needs.
 * @throws InputError if a file is missing or wrong, or has fewer puzzles than the recipe asks for
 */
export async function loadTestSet(
  data: DataRecipe,
  readFile: ReadDataFile,
  onProgress?: OnDataProgress,
): Promise<{ readonly test: AnyPuzzleSet; readonly checksum: string }> {
  // Of one sequence of puzzles the test set comes first, whatever is made after it.
  const isGenerated = sourceOf(data).generateMany !== undefined
  const asked = isGenerated ? ({ ...data, validation: 0, train: 1 } as DataRecipe) : data
  const { test, record } = await loadDataSets(asked, readFile, onProgress)
  return { test, checksum: record.test.checksum }
}
