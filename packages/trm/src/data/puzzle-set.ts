import { InputError } from '@tiny-recursive-models/tensor'

/** A label that is not scored: the loss and the accuracies leave the cell out. */
export const ignoredLabel = -100

/** What all puzzles of a set have in common: P = count, S = cells, V = symbols. */
export interface PuzzleFacts {
  readonly name: string
  readonly count: number
  readonly cells: number
  /** Tokens are 0 to V − 1, of which 0 is PAD. */
  readonly symbols: number
  /** Rows of the puzzle-embedding table; 1 where all puzzles share identifier 0. */
  readonly identifiers: number
  /** Of what the identifiers stand for, where that is known; see `identifierDigest`. */
  readonly identifierDigest?: string
}

/** Puzzles as plain arrays. */
export interface PuzzleSet extends PuzzleFacts {
  /** [P, S] */
  readonly inputs: Int32Array
  /** [P, S]; `ignoredLabel` is not scored */
  readonly labels: Int32Array
  /** [P], 0 to identifiers − 1 */
  readonly puzzleIdentifiers: Int32Array
  /**
   * [G + 1] if puzzles are copies of each other: group g owns puzzles groupStarts[g] .. groupStarts[g + 1], and an
   * epoch visits one of each group.
   */
  readonly groupStarts?: Int32Array
  /** [P] where the puzzle came from */
  readonly source?: readonly string[]
  /** [P] guesses that a solver needed, or another measure of difficulty */
  readonly rating?: Float64Array
}

/** A puzzle on its way into a set. */
export interface SolvedPuzzle {
  /** [S] */
  readonly question: Int32Array
  /** [S] */
  readonly answer: Int32Array
  readonly source?: string
  readonly rating?: number
}

/** Puzzles of one size as a set, all under identifier 0. Sources and ratings are kept where any puzzle has one. */
export function packPuzzles(
  puzzles: readonly SolvedPuzzle[],
  { name, cells, symbols }: Pick<PuzzleSet, 'name' | 'cells' | 'symbols'>,
): PuzzleSet {
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
    ...(puzzles.some(({ source = '' }) => source !== '') && {
      source: puzzles.map(({ source = '' }) => source),
    }),
    ...(puzzles.some(({ rating }) => rating !== undefined) && {
      rating: Float64Array.from(puzzles, ({ rating = Number.NaN }) => rating),
    }),
  }
}

/** One puzzle as the model sees it. The arrays may be views of the set: read only. */
export interface Example {
  /** [S] */
  readonly inputs: Int32Array
  /** [S] */
  readonly labels: Int32Array
  readonly identifier: number
}

/** Puzzles that are computed on demand, because there are too many to keep. */
export interface ComputedPuzzleSet extends PuzzleFacts {
  /** Of everything that determines the puzzles; see `puzzleSetChecksum`. */
  readonly checksum: string
  /** Puzzle `index`, 0 to P − 1: a pure function. */
  readonly at: (index: number) => Example
}

/** What an evaluation reads. */
export type AnyPuzzleSet = PuzzleSet | ComputedPuzzleSet

/**
 * Puzzle `index` as it stands in the set, without augmentation.
 * @throws InputError if the set has no puzzle of that number
 */
export function puzzleAt(set: AnyPuzzleSet, index: number): Example {
  const { cells } = set
  if (!Number.isInteger(index) || index < 0 || index >= set.count) {
    throw new InputError({
      who: `puzzle set "${set.name}"`,
      expected: `a puzzle from 0 to ${set.count - 1}`,
      got: String(index),
      hint: 'Puzzles are counted from 0.',
    })
  }
  if ('at' in set) return set.at(index)
  return {
    inputs: set.inputs.subarray(index * cells, (index + 1) * cells),
    labels: set.labels.subarray(index * cells, (index + 1) * cells),
    identifier: set.puzzleIdentifiers[index]!,
  }
}

/**
 * Throws where a number of the set is outside what it says of itself: ONNX Runtime would read beside a table, or a
 * loss would be counted over a symbol that no output stands for. One pass over the numbers.
 */
export function checkPuzzleSet(set: PuzzleSet): void {
  const { name, count, cells, symbols, identifiers, inputs, labels, puzzleIdentifiers } = set
  const who = `puzzle set "${name}"`
  const hint = 'The data is damaged or of another kind: build or download it again.'
  const lengths = [inputs.length, labels.length, puzzleIdentifiers.length]
  if (lengths[0] !== count * cells || lengths[1] !== count * cells || lengths[2] !== count) {
    const expected = `${count} puzzles of ${cells} cells`
    const got = `${lengths[0]} inputs, ${lengths[1]} labels, ${lengths[2]} identifiers`
    throw new InputError({ who, expected, got, hint })
  }
  const refuse = (puzzle: number, cell: number | null, expected: string, got: number) => {
    const place = cell === null ? '' : `, cell ${cell}`
    const source = set.source?.[puzzle] ? ` (${set.source[puzzle]})` : ''
    throw new InputError({
      who: `${who}, puzzle ${puzzle}${source}${place}`,
      expected,
      got: String(got),
      hint,
    })
  }
  for (let place = 0; place < inputs.length; place++) {
    const [token, label] = [inputs[place]!, labels[place]!]
    if (token >= 0 && token < symbols && label < symbols) continue
    const [puzzle, cell] = [Math.floor(place / cells), place % cells]
    if (label >= symbols) refuse(puzzle, cell, `a label below ${symbols} (negative: not scored)`, label)
    refuse(puzzle, cell, `a token from 0 to ${symbols - 1}`, token)
  }
  puzzleIdentifiers.forEach((identifier, puzzle) => {
    if (identifier >= 0 && identifier < identifiers) return
    refuse(puzzle, null, `an identifier from 0 to ${identifiers - 1}`, identifier)
  })
}

/**
 * A new set of the puzzles at `indices`, in that order; puzzles that were computed are kept from now on.
 *
 * @param name name of the new set; by default that of the old one
 * @throws InputError if one of them does not exist
 */
export function selectPuzzles(
  set: AnyPuzzleSet,
  indices: ArrayLike<number>,
  name: string = set.name,
): PuzzleSet {
  const count = indices.length
  const inputs = new Int32Array(count * set.cells)
  const labels = new Int32Array(count * set.cells)
  const puzzleIdentifiers = new Int32Array(count)
  const chosen = Array.from(indices)
  chosen.forEach((index, place) => {
    const puzzle = puzzleAt(set, index)
    inputs.set(puzzle.inputs, place * set.cells)
    labels.set(puzzle.labels, place * set.cells)
    puzzleIdentifiers[place] = puzzle.identifier
  })
  const { cells, symbols, identifiers, identifierDigest } = set
  const { source, rating } = 'at' in set ? {} : (set as Partial<PuzzleSet>)
  // A choice of puzzles has other groups.
  return {
    name,
    count,
    cells,
    symbols,
    identifiers,
    inputs,
    labels,
    puzzleIdentifiers,
    ...(identifierDigest !== undefined && { identifierDigest }),
    ...(source && { source: chosen.map((index) => source[index]!) }),
    ...(rating && { rating: Float64Array.from(chosen, (index) => rating[index]!) }),
  }
}
