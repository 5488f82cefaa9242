import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
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

/** Puzzles that were symmetric copies of earlier ones, in a row, before the generator gives up. */
const mostCopiesInARow = 3000

/**
 * Puzzles of which no two are symmetric copies of each other or of an excluded one. Puzzle number k is a function
 * of (shape, seed, k, minimal, exclude) alone.
 *
 * @param count how many are wanted; throws where so many different ones cannot be found
 * @param seed any safe integer
 */
export function* generatePuzzles(
  shape: BoxShape,
  count: number,
  seed: number,
  { minimal, exclude = new Set() }: GenerateManyOptions,
): Generator<Sudoku, void, undefined> {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InputError({
      who: 'generatePuzzles',
      expected: 'a whole number of puzzles from 0',
      got: String(count),
      hint: 'Give a count such as 1000.',
    })
  }
  let copies = 0
  for (let attempt = 0, made = 0; made < count; attempt++) {
    const puzzle = generatePuzzle(shape, new RandomStream(seed, 'sudoku', attempt), { minimal })
    const fingerprint = sudokuFingerprint(shape, puzzle.question, puzzle.answer)
    if (exclude.has(fingerprint)) {
      copies += 1
      if (copies >= mostCopiesInARow) throw tooMany(shape, count, made, minimal)
      continue
    }
    exclude.add(fingerprint)
    copies = 0
    made += 1
    yield puzzle
  }
}

function tooMany(shape: BoxShape, count: number, made: number, minimal: boolean): InputError {
  const { size } = sudokuLayout(shape)
  return new InputError({
    who: 'generatePuzzles',
    expected: `${count} essentially different ${minimal ? 'minimal ' : ''}${size}×${size} puzzles`,
    got: `${made} before ${mostCopiesInARow} copies of known ones in a row`,
    hint: `Ask for fewer${minimal ? ', or set minimal to false' : ''}, or take a larger grid.`,
  })
}
