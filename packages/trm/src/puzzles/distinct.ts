import { InputError } from '@tiny-recursive-models/tensor'

/** Puzzles that were copies of earlier ones, in a row, before a generator gives up. */
const maxCopiesInARow = 3000

interface DistinctPuzzles<Puzzle> {
  /** The function that was called, for error messages. */
  readonly who: string
  /** How many are wanted. */
  readonly count: number
  /** What they are: `essentially different minimal 6×6 puzzles`. */
  readonly what: string
  /** What to ask for where there are not so many. */
  readonly hint: string
  /** Fingerprints that must not come again; those of the new puzzles are added. */
  readonly exclude: Set<string>
  /** Puzzle of a number from 0: a pure function. */
  readonly make: (attempt: number) => Puzzle
  /** Equal for copies. */
  readonly fingerprint: (puzzle: Puzzle) => string
}

/** Puzzles of which no two, and none and an excluded one, have the same fingerprint. */
export function* distinctPuzzles<Puzzle>({
  who,
  count,
  what,
  hint,
  exclude,
  make,
  fingerprint,
}: DistinctPuzzles<Puzzle>): Generator<Puzzle, void, undefined> {
  let copies = 0
  for (let attempt = 0, made = 0; made < count; attempt++) {
    const puzzle = make(attempt)
    const print = fingerprint(puzzle)
    if (exclude.has(print)) {
      copies += 1
      if (copies < maxCopiesInARow) continue
      const got = `${made} before ${maxCopiesInARow} duplicates in a row`
      throw new InputError({ who, expected: `${count} ${what}`, got, hint })
    }
    exclude.add(print)
    copies = 0
    made += 1
    yield puzzle
  }
}

/** Throws where `count` is no number of puzzles. */
export function checkCount(who: string, count: number, what = 'puzzles'): void {
  if (Number.isSafeInteger(count) && count >= 0) return
  throw new InputError({
    who,
    expected: `a whole number of ${what} from 0`,
    got: String(count),
    hint: 'Give a count such as 1000.',
  })
}
