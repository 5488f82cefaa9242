/** Puzzles of files as the data of a recipe. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { EasyPuzzles } from '../../data/example-stream.ts'
import type { PuzzleSet } from '../../data/puzzle-set.ts'
import type { Board, GridFamily, PuzzleSource, SourceData } from '../family.ts'
import { storedParts } from '../sets.ts'
import { type FileSample, readFileSet, readSample } from './sample-file.ts'

/** The fields that every recipe of puzzle files has. */
export interface FileData extends SourceData {
  /** Null: the user has still to name one. */
  readonly train: string | null
  readonly test: string | null
  /** A seeded sample of the training file; null = all that validation leaves. */
  readonly trainCount: number | null
  readonly validation: number
  readonly easyBelow: number | null
  readonly easyShare: number
  readonly augment: boolean
  readonly seed: number
}

interface Files<Data extends FileData> extends Pick<PuzzleSource<Data>, 'kind' | 'fields' | 'violation'> {
  readonly board: (data: Data) => Board
  /** Fields that tell the size: `data.boxRows 3, data.boxColumns 3`. */
  readonly sizeFields: (data: Data) => string
}

/** A source of puzzles that are read from files: a seeded sample to train on, puzzles held out, and a test file. */
export function fileSource<Data extends FileData>(
  family: GridFamily,
  { board: boardOf, sizeFields, ...source }: Files<Data>,
): PuzzleSource<Data> {
  return {
    ...source,
    kindOf: (data) => boardOf(data).kind,
    async load(data, readFile) {
      const board = boardOf(data)
      const wanted = { family, board, sizeFields: sizeFields(data) }
      if (data.train === null) {
        throw new InputError({
          who: 'data.train',
          expected: `a file of ${family.plural} (CSV or one per line, plain or .gz, or …inputs.npy)`,
          got: 'null',
          hint: 'Set `data.train=FILE`, and `data.test=FILE` for the final test.',
        })
      }
      const sample = await readSample(data.train, wanted, data, readFile)
      const test = await readFileSet(data.test, wanted, readFile)
      refuseSharedPuzzles(sample.train, test)
      const easy = easyOf(data)
      return storedParts({ ...sample, test, ...indicesOf(sample) }, board, {
        augment: data.augment,
        ...(easy && { easy }),
      })
    },
  }
}

const indicesOf = ({ trainRows, validationRows }: FileSample) => ({
  trainIndices: trainRows,
  validationIndices: validationRows,
})

const easyOf = ({ easyBelow, easyShare }: FileData): EasyPuzzles | undefined =>
  easyBelow === null ? undefined : { below: easyBelow, share: easyShare }

/** Throws where a puzzle of `test` is also trained on: its score would say nothing. */
export function refuseSharedPuzzles(train: PuzzleSet, test: PuzzleSet): void {
  const questionAt = (set: PuzzleSet, index: number) =>
    set.inputs.subarray(index * set.cells, (index + 1) * set.cells).join('')
  const known = new Set(Array.from({ length: train.count }, (_, index) => questionAt(train, index)))
  let shared = 0
  for (let index = 0; index < test.count; index++) if (known.has(questionAt(test, index))) shared += 1
  if (shared > 0) {
    throw new InputError({
      who: `data.test (${test.name})`,
      expected: 'puzzles that are not in data.train',
      got: `${shared} that are`,
      hint: 'Use another test file: the score on this one would be meaningless.',
    })
  }
}
