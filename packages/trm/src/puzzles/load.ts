/** A recipe's `data` section to the puzzle sets of a run: training, validation and test. */
import { puzzleSetChecksum } from '../data/checksum.ts'
import type { DataSets } from '../data/data-sets.ts'
import type { DataRecord, PartRecord, ReadDataFile } from '../data/parts.ts'
import type { PuzzleFacts } from '../data/puzzle-set.ts'
import { boardOfData, type DataRecipe, sourceOf } from './index.ts'

export interface LoadedDataSets extends DataSets {
  /** Of all three sets: a run goes on only with the puzzles that it began with. */
  readonly checksum: string
  readonly record: DataRecord
}

/** Reads, generates or splits what the recipe's `data` says; the same data gives the same sets on every machine. */
export async function loadDataSets(data: DataRecipe, readFile: ReadDataFile): Promise<LoadedDataSets> {
  const parts = await sourceOf(data).load(data, readFile)
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
