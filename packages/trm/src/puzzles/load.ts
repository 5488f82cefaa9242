/** A recipe's `data` section to the puzzle sets of a run: training, validation and test. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { puzzleSetChecksum } from '../data/checksum.ts'
import { type DataSets, type TrainingPuzzles, trainingPuzzles } from '../data/data-sets.ts'
import type { Augmentation, EasyPuzzles } from '../data/example-stream.ts'
import { type FileData, readFileParts } from '../data/file-parts.ts'
import { type OfficialFolder, readOfficialFolder } from '../data/official-folder.ts'
import { type AnyPuzzleSet, type PuzzleFacts, type PuzzleSet, selectPuzzles } from '../data/puzzle-set.ts'
import { type ArcData, type ArcRecord, loadArc } from './arc/load-arc.ts'
import { generateMazeSets } from './maze/build.ts'
import { type GeneratedMazeData, type MazeFileData, mazeFiles } from './maze/load.ts'
import { generateSudokuSets } from './sudoku/build.ts'
import { sudokuFiles } from './sudoku/load.ts'
import type { BoxShape } from './sudoku/shape.ts'
import { validityOf } from './validity.ts'

/** The `data` of a recipe; spelled out here because data lies below recipes and cannot name them. */
export type DataDescription =
  | GeneratedSudokuData
  | SudokuFileData
  | GeneratedMazeData
  | MazeFileData
  | OfficialFolderData
  | ArcData

export interface GeneratedSudokuData {
  readonly kind: 'sudoku-generated'
  readonly boxRows: number
  readonly boxColumns: number
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly minimal: boolean
  readonly augment: boolean
  readonly seed: number
}

export interface SudokuFileData extends FileData {
  readonly kind: 'sudoku-file'
  readonly boxRows: number
  readonly boxColumns: number
  /** Recipes that have been read always tell the next two. */
  readonly easyBelow?: number | null
  readonly easyShare?: number
  readonly augment: boolean
}

export interface OfficialFolderData {
  readonly kind: 'official-folder'
  readonly path: string | null
  readonly validation: number
  readonly seed: number
}

export interface LoadedDataSets extends DataSets {
  /** Of all three sets: a run goes on only with the puzzles that it began with. */
  readonly checksum: string
  readonly record: DataRecord
}

/** What was taken, as it stands in the run folder. */
export type DataRecord = {
  readonly kind: DataDescription['kind']
  readonly cells: number
  readonly symbols: number
  readonly identifiers: number
  readonly seed: number
  /** How a drawn example is changed; `arc`: a random version of its task at a random place. */
  readonly augment: Augmentation | 'arc'
  readonly checksum: string
  /** What else is known of ARC tasks. */
  readonly arc?: ArcRecord
  readonly train: PartRecord
  readonly validation: PartRecord
  readonly test: PartRecord
}

export interface PartRecord {
  readonly name: string
  readonly count: number
  readonly checksum: string
  /** Which rows of the file (or groups of the folder) were taken, counted from 0; null = all that are left. */
  readonly indices: readonly number[] | null
}

/** Reads a file; `list` gives the names in a folder, which ARC needs. */
export type ReadDataFile = ((path: string) => Promise<Uint8Array>) & {
  readonly list?: (folder: string) => Promise<readonly string[]>
}

interface Parts {
  readonly train: TrainingPuzzles
  readonly validation: AnyPuzzleSet
  readonly test: AnyPuzzleSet
  readonly augment: Augmentation | 'arc'
  readonly arc?: ArcRecord
  readonly trainIndices: readonly number[] | null
  readonly validationIndices: readonly number[] | null
}

/** Reads, generates or splits what the recipe's `data` says; the same data gives the same sets on every machine. */
export async function loadDataSets(data: DataDescription, readFile: ReadDataFile): Promise<LoadedDataSets> {
  const parts = await loadParts(data, readFile)
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
    ...(parts.arc && { arc: parts.arc }),
    train: part(train, 0, parts.trainIndices),
    validation: part(validation, 1, parts.validationIndices),
    test: part(test, 2, null),
  }
  const isValid = validityOf(data, train)
  return { train, validation, test, checksum, record, ...(isValid && { isValid }) }
}

async function loadParts(data: DataDescription, readFile: ReadDataFile): Promise<Parts> {
  switch (data.kind) {
    case 'sudoku-generated':
      return storedParts(generateSudokuSets({ ...data, box: boxOf(data) }), data.augment ? 'sudoku' : 'none')
    case 'sudoku-file':
      return storedParts(
        await readFileParts(data, sudokuFiles(boxOf(data)), readFile),
        data.augment ? 'sudoku' : 'none',
        easyOf(data),
      )
    case 'maze-generated':
      return storedParts(generateMazeSets(data), data.augment ? 'maze' : 'none')
    case 'maze-file':
      return storedParts(
        await readFileParts(data, mazeFiles(data.size), readFile),
        data.augment ? 'maze' : 'none',
      )
    case 'official-folder':
      return readFolderParts(data, readFile)
    case 'arc':
      return readArcParts(data, readFile)
  }
}

/** Sets that are kept as arrays, and which rows of a file they are. */
interface StoredSets {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  readonly test: PuzzleSet
  readonly trainIndices?: readonly number[] | null
  readonly validationIndices?: readonly number[]
}

function storedParts(sets: StoredSets, augment: Augmentation, easy?: EasyPuzzles): Parts {
  const { train, validation, test, trainIndices = null, validationIndices = null } = sets
  return {
    train: trainingPuzzles(train, augment, easy),
    validation,
    test,
    augment,
    trainIndices,
    validationIndices,
  }
}

const easyOf = ({ easyBelow = null, easyShare = 1 }: SudokuFileData): EasyPuzzles | undefined =>
  easyBelow === null ? undefined : { below: easyBelow, share: easyShare }

const boxOf = ({ boxRows, boxColumns }: BoxShape): BoxShape => ({ boxRows, boxColumns })

async function readArcParts(data: ArcData, readFile: ReadDataFile): Promise<Parts> {
  const { list } = readFile
  if (list === undefined) {
    throw new InputError({
      who: 'loadDataSets',
      expected: 'a function that reads files and has one that lists folders, for ARC data',
      got: 'one without `list`',
      hint: 'Pass readDataFile of @tiny-recursive-models/trm/node, or add `list`.',
    })
  }
  const sets = await loadArc(data, { read: readFile, list })
  return { ...sets, augment: 'arc', trainIndices: null, validationIndices: null }
}

async function readFolderParts(data: OfficialFolderData, readFile: ReadDataFile): Promise<Parts> {
  const { path, validation, seed } = data
  if (path === null) {
    throw new InputError({
      who: 'data.path',
      expected: 'a data folder of the published code, with train/ and test/ in it',
      got: 'null',
      hint: 'Write --set data.path=FOLDER.',
    })
  }
  const read = (name: string) => readFile(`${path}/${name}`)
  const folder = await readOfficialFolder('train', read, path)
  const { puzzles: test } = await readOfficialFolder('test', read, path)
  const groups = folder.groupIndices.length - 1
  if (validation >= groups) {
    throw new InputError({
      who: 'data.validation',
      expected: `fewer groups than the ${groups} of ${path}/train`,
      got: String(validation),
      hint: 'Lower data.validation.',
    })
  }
  const train = folder.puzzles
  for (const key of ['cells', 'symbols', 'identifiers'] as const) {
    if (test.count > 0 && train[key] !== test[key]) {
      throw new InputError({
        who: `${path}/test`,
        expected: `${train[key]} ${key}, as in ${path}/train`,
        got: String(test[key]),
        hint: 'Both parts must come from one build of the data set.',
      })
    }
  }
  const heldOut = new RandomStream(seed, 'split').permutation(groups).slice(0, validation)
  const held = new Set(heldOut)
  const kept = Array.from({ length: groups }, (_, group) => group).filter((group) => !held.has(group))
  const take = (chosen: Iterable<number>, part: string) =>
    selectPuzzles(train, examplesOf(folder, chosen), `${path} ${part}`)
  const grouped = { ...take(kept, 'train'), groupStarts: groupStartsOf(folder, kept) }
  return {
    train: trainingPuzzles(grouped, 'none'),
    augment: 'none',
    validation: take(heldOut, 'validation'),
    test,
    trainIndices: null,
    validationIndices: [...heldOut],
  }
}

/** [G + 1] where the examples of each group begin when the groups stand one after the other. */
function groupStartsOf(folder: OfficialFolder, groups: readonly number[]): Int32Array {
  let end = 0
  return Int32Array.from([0, ...groups.map((group) => (end += examplesOf(folder, [group]).length))])
}

/** Every example of every puzzle of the groups. */
function examplesOf({ groupIndices, puzzleIndices }: OfficialFolder, groups: Iterable<number>): number[] {
  const examples: number[] = []
  for (const group of groups) {
    const first = puzzleIndices[groupIndices[group]!]!
    const end = puzzleIndices[groupIndices[group + 1]!]!
    for (let example = first; example < end; example++) examples.push(example)
  }
  return examples
}
