import { RandomStream } from '@tiny-recursive-models/tensor'
import { checkCount, distinctPuzzles } from '../../data/distinct.ts'
import { sudokuFingerprint } from './fingerprint.ts'
import { type BoxShape, blankToken, sudokuLayout } from './shape.ts'
import { isClueNeeded, randomSolution } from './solve.ts'

/** A question with exactly one solution, and that solution. */
export interface Sudoku {
  readonly shape: BoxShape
  /** [S] */
  readonly question: Int32Array
  /** [S] */
  readonly answer: Int32Array
}

export interface GenerateOptions {
  /** True: no clue can be left out. False: up to half of the blanks, a random number, are given back. */
  readonly minimal: boolean
}

/** One random puzzle with exactly one solution. */
export function generatePuzzle(shape: BoxShape, random: RandomStream, { minimal }: GenerateOptions): Sudoku {
  const { cells } = sudokuLayout(shape)
  const answer = randomSolution(shape, random)
  const question = answer.slice()
  const removed: number[] = []
  // One pass is enough: a clue that is needed among more clues is needed among fewer.
  for (const cell of random.permutation(cells)) {
    if (isClueNeeded(shape, question, cell)) continue
    question[cell] = blankToken
    removed.push(cell)
  }
  if (!minimal) {
    const returned = random.integer(Math.floor(removed.length / 2) + 1)
    for (const cell of random.shuffle(removed).slice(0, returned)) question[cell] = answer[cell]!
  }
  return { shape, question, answer }
}

export interface GenerateManyOptions extends GenerateOptions {
  /** Fingerprints that must not come again; those of the new puzzles are added. */
  readonly exclude?: Set<string>
}

/**
 * Puzzles of which no two are symmetric copies of each other or of an excluded one. Puzzle number k is a function
 * of (shape, seed, k, minimal, exclude) alone.
 *
 * @param count how many are wanted; throws where so many different ones cannot be found
 * @param seed any safe integer
 */
export function generatePuzzles(
  shape: BoxShape,
  count: number,
  seed: number,
  { minimal, exclude = new Set() }: GenerateManyOptions,
): Generator<Sudoku, void, undefined> {
  checkCount('generatePuzzles', count)
  const { size } = sudokuLayout(shape)
  return distinctPuzzles({
    who: 'generatePuzzles',
    count,
    what: `essentially different ${minimal ? 'minimal ' : ''}${size}×${size} puzzles`,
    hint: `Ask for fewer${minimal ? ', or set minimal to false' : ''}, or take a larger grid.`,
    exclude,
    make: (attempt) => generatePuzzle(shape, new RandomStream(seed, 'sudoku', attempt), { minimal }),
    fingerprint: ({ question, answer }) => sudokuFingerprint(shape, question, answer),
  })
}
