import { InputError } from '@tiny-recursive-models/tensor'
import { PuzzleChecksum } from '../checksum.ts'
import { solutionProblem } from './check.ts'
import { sudokuFingerprint } from './fingerprint.ts'
import { type LineProblem, onlySolution, type ReadSudokuOptions, type SudokuRow, sudokuRows } from './read.ts'
import { type BoxShape, sudokuLayout } from './shape.ts'
import { countSolutions } from './solve.ts'

export interface SudokuFileReport {
  readonly name: string
  readonly rows: number
  /** Rows that are well-formed and have exactly one solution, the given answer where there is one. */
  readonly valid: number
  /** The first problems by line, at most `maximumProblems` of them. */
  readonly problems: readonly LineProblem[]
  readonly problemCount: number
  /** Valid rows whose question stands in an earlier row. */
  readonly duplicateCount: number
  /**
   * Valid rows that are an earlier one with exchanged rows, columns or digits: the same puzzle to a solver and to
   * augmented training. Told by `sudokuFingerprint`, which in rare cases takes two different puzzles for one.
   */
  readonly copyCount: number
  /** The first of both by line, at most `maximumProblems` of them. */
  readonly repeats: readonly SudokuRepeat[]
  /** Undefined where no row is well-formed. */
  readonly shape: BoxShape | undefined
  /** Valid rows of each source; the empty name where the file gives none. */
  readonly sources: Readonly<Record<string, number>>
  /** Of the valid rows; equal to `puzzleSetChecksum` of the set made from them. */
  readonly checksum: string | undefined
}

export interface SudokuRepeat {
  readonly line: number
  readonly kind: 'duplicate' | 'copy'
  /** The first line with that puzzle. */
  readonly of: number
}

export type CheckEvent =
  | { readonly kind: 'progress'; readonly rows: number; readonly problemCount: number }
  | { readonly kind: 'done'; readonly report: SudokuFileReport }

export interface CheckSudokuOptions extends ReadSudokuOptions {
  /** Rows from one progress event to the next; 1000 by default. */
  readonly progressEvery?: number
  /** Problems that the report lists; 1000 by default. All are counted. */
  readonly maximumProblems?: number
  /** Branches that a solver may try for a row; `maximumBranches` by default. */
  readonly branches?: number
}

/**
 * Checks every row of a file, that it has exactly one solution included, looks for repeated puzzles, and ends with a
 * report. On one core of the machine this was written on: 50 s for the 130,125 rows of the published-format file,
 * 1 ms a row for the hardest.
 */
export async function* checkSudokuFile(
  bytes: Uint8Array,
  options: CheckSudokuOptions,
): AsyncGenerator<CheckEvent, void, undefined> {
  const { name, progressEvery = 1000, maximumProblems = 1000, branches } = options
  if (!Number.isInteger(progressEvery) || progressEvery < 1) {
    throw new InputError({
      who: 'checkSudokuFile',
      expected: 'progressEvery to be a whole number from 1',
      got: String(progressEvery),
      hint: 'Leave it out for one event every 1000 rows.',
    })
  }
  const problems: LineProblem[] = []
  const sources = new Map<string, number>()
  const known = new KnownPuzzles()
  const repeats: SudokuRepeat[] = []
  const counts = { duplicate: 0, copy: 0 }
  let checksum: PuzzleChecksum | undefined
  let shape: BoxShape | undefined
  let rows = 0
  let valid = 0
  let problemCount = 0
  for await (const piece of sudokuRows(bytes, options)) {
    const found = [...piece.problems]
    rows += piece.problems.length
    for (const row of piece.rows) {
      shape ??= row.shape
      const answer = verifiedAnswer(row, branches)
      if (typeof answer === 'string') found.push({ line: row.line, reason: answer })
      else {
        valid += 1
        sources.set(row.source, (sources.get(row.source) ?? 0) + 1)
        checksum ??= new PuzzleChecksum({ ...sudokuLayout(row.shape), identifiers: 1 })
        checksum.add(row.question, answer, 0)
        const repeat = known.add(row, answer)
        if (repeat !== undefined) {
          counts[repeat.kind] += 1
          if (repeats.length < maximumProblems) repeats.push(repeat)
        }
      }
      rows += 1
      if (rows % progressEvery === 0)
        yield { kind: 'progress', rows, problemCount: problemCount + found.length }
    }
    problemCount += found.length
    found.sort((a, b) => a.line - b.line)
    problems.push(...found.slice(0, maximumProblems - problems.length))
  }
  yield {
    kind: 'done',
    report: {
      name,
      rows,
      valid,
      problems,
      problemCount,
      duplicateCount: counts.duplicate,
      copyCount: counts.copy,
      repeats,
      shape,
      sources: Object.fromEntries(sources),
      checksum: checksum?.digest(),
    },
  }
}

/** The answer that is the only one, or what is wrong. The reader has checked a given answer against the givens. */
function verifiedAnswer(row: SudokuRow, branches?: number): Int32Array | string {
  if (row.answer === undefined) return onlySolution(row, branches)
  const problem = solutionProblem(countSolutions(row.shape, row.question, 2, branches), branches)
  return problem === undefined ? row.answer : problem.message
}

/** The puzzles of a file so far; about 100 bytes a puzzle. */
class KnownPuzzles {
  readonly #lines = new Map<string, number>()
  readonly #questions = new Set<string>()

  /** Takes in a row; what it repeats, if anything. */
  add({ shape, line, question }: SudokuRow, answer: Int32Array): SudokuRepeat | undefined {
    const fingerprint = sudokuFingerprint(shape, question, answer)
    const checksum = new PuzzleChecksum({ cells: 0, symbols: 0, identifiers: 0 })
    checksum.add(question, [], 0)
    const exact = checksum.digest()
    const isDuplicate = this.#questions.has(exact)
    this.#questions.add(exact)
    const of = this.#lines.get(fingerprint)
    if (of !== undefined) return { line, kind: isDuplicate ? 'duplicate' : 'copy', of }
    this.#lines.set(fingerprint, line)
    return undefined
  }
}
