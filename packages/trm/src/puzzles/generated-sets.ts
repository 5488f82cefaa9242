/** Generated puzzles as the data of a recipe. */
import { RandomStream } from '@tiny-recursive-models/tensor'
import type { z } from 'zod'
import type { SolvedPuzzle } from '../data/puzzle-set.ts'
import { checkCount, distinctPuzzles } from './distinct.ts'
import type { Board, PuzzleSource, SourceData } from './family.ts'
import { boardSet, storedParts } from './sets.ts'

/** The fields that every recipe of generated puzzles has. */
export interface GeneratedData extends SourceData {
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly augment: boolean
  readonly seed: number
}

/** What a family says of the puzzles that it makes. */
interface Generation<Data extends GeneratedData, Fields>
  extends Pick<PuzzleSource<Data>, 'kind' | 'violation'> {
  readonly fields: Fields & z.ZodType<Data>
  readonly board: (data: Data) => Board
  /** One puzzle: a pure function of the fields and the stream. */
  readonly generate: (data: Data, random: RandomStream) => SolvedPuzzle
  /** What to ask for where there are not so many different ones. */
  readonly hint: (data: Data) => string
}

/**
 * A source of generated puzzles of which no two, in the same set or in different ones, are copies of each other under a
 * symmetry.
 */
export function generatedSource<Data extends GeneratedData, Fields>({
  board: boardOf,
  generate,
  hint,
  ...source
}: Generation<Data, Fields>): PuzzleSource<Data> & { readonly fields: Fields } {
  function generateMany(data: Data, count: number, seed: number): Iterable<SolvedPuzzle> {
    const board = boardOf(data)
    checkCount(source.kind, count)
    return distinctPuzzles({
      who: source.kind,
      count,
      what: `different puzzles (${board.title})`,
      hint: hint(data),
      exclude: new Set(),
      make: (attempt) => generate(data, new RandomStream(seed, board.kind.puzzle, attempt)),
      fingerprint: ({ question, answer }) => board.fingerprint(question, answer),
    })
  }
  return {
    ...source,
    kindOf: (data) => boardOf(data).kind,
    generate,
    generateMany,
    /** The test set is drawn first and the training set last: more training puzzles leave the test as it is. */
    async load(data, _readFile, onProgress) {
      const board = boardOf(data)
      for (const part of ['train', 'validation', 'test'] as const)
        checkCount(`data.${part}`, data[part], 'puzzles')
      const trainStart = data.test + data.validation
      const total = trainStart + data.train
      const puzzles: SolvedPuzzle[] = []
      for (const puzzle of generateMany(data, total, data.seed)) {
        puzzles.push(puzzle)
        onProgress?.(puzzles.length, total)
      }
      const set = (from: number, to: number | undefined, part: string) =>
        boardSet(board, puzzles.slice(from, to), `generated ${board.title} ${part}`)
      const sets = {
        test: set(0, data.test, 'test'),
        validation: set(data.test, trainStart, 'validation'),
        train: set(trainStart, undefined, 'train'),
      }
      return storedParts(sets, board, { augment: data.augment })
    },
  }
}
