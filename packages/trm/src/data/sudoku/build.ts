import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { type PuzzleSet, selectPuzzles } from '../puzzle-set.ts'
import { generatePuzzles, type Sudoku } from './generate.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'

export interface GenerateSetsOptions {
  readonly box: BoxShape
  /** Puzzles in each set. */
  readonly train: number
  readonly validation: number
  readonly test: number
  /** True: no clue can be left out of any puzzle. */
  readonly minimal: boolean
  readonly seed: number
}

export interface SudokuSets {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  readonly test: PuzzleSet
}

/**
 * Three sets of generated puzzles of which no two, in the same set or in different ones, are symmetric copies of
 * each other. The test set is drawn first and the training set last, so that a run with more training puzzles is
 * measured on the same test.
 */
export function generateSudokuSets(options: GenerateSetsOptions): SudokuSets {
  const { box, minimal, seed } = options
  const { size } = sudokuLayout(box)
  for (const part of ['train', 'validation', 'test'] as const) {
    if (!Number.isSafeInteger(options[part]) || options[part] < 0) {
      throw new InputError({
        who: 'generateSudokuSets',
        expected: `a whole number of ${part} puzzles from 0`,
        got: String(options[part]),
        hint: 'Give a count such as 1000.',
      })
    }
  }
  const total = options.test + options.validation + options.train
  const puzzles = [...generatePuzzles(box, total, seed, { minimal })]
  const name = (part: string) => `generated ${size}×${size} ${part}`
  const trainStart = options.test + options.validation
  return {
    test: sudokuSet(puzzles.slice(0, options.test), box, name('test')),
    validation: sudokuSet(puzzles.slice(options.test, trainStart), box, name('validation')),
    train: sudokuSet(puzzles.slice(trainStart), box, name('train')),
  }
}

/** Puzzles of one shape as a set. */
export function sudokuSet(puzzles: readonly Sudoku[], box: BoxShape, name: string): PuzzleSet {
  const { cells, symbols } = sudokuLayout(box)
  const count = puzzles.length
  const inputs = new Int32Array(count * cells)
  const labels = new Int32Array(count * cells)
  puzzles.forEach(({ question, answer }, index) => {
    inputs.set(question, index * cells)
    labels.set(answer, index * cells)
  })
  return {
    name,
    count,
    cells,
    symbols,
    identifiers: 1,
    inputs,
    labels,
    puzzleIdentifiers: new Int32Array(count),
    box,
  }
}

export interface SplitOptions {
  /** Puzzles wanted for training and for validation; together at most those of the set. */
  readonly train: number
  readonly validation: number
  readonly seed: number
}

export interface PuzzleSplit {
  readonly train: PuzzleSet
  readonly validation: PuzzleSet
  /** [train] which puzzles of the whole set were taken */
  readonly trainIndices: Uint32Array
  /** [validation] */
  readonly validationIndices: Uint32Array
}

/**
 * A random part of a set for training and another for validation. Validation is taken first, so that it stays the
 * same when more training puzzles are asked for.
 */
export function splitPuzzleSet(set: PuzzleSet, { train, validation, seed }: SplitOptions): PuzzleSplit {
  const whole = [train, validation].every((count) => Number.isInteger(count) && count >= 0)
  if (!whole || train + validation > set.count) {
    throw new InputError({
      who: `split of puzzle set "${set.name}"`,
      expected: `whole numbers that sum to at most its ${set.count} puzzles`,
      got: `train ${train} and validation ${validation}`,
      hint: 'Ask for fewer puzzles.',
    })
  }
  const order = new RandomStream(seed, 'split').permutation(set.count)
  const validationIndices = order.slice(0, validation)
  const trainIndices = order.slice(validation, validation + train)
  return {
    train: selectPuzzles(set, trainIndices, `${set.name} train`),
    validation: selectPuzzles(set, validationIndices, `${set.name} validation`),
    trainIndices,
    validationIndices,
  }
}
