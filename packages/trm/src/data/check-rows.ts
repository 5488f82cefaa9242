/** Checks the rows of a puzzle file, whatever the puzzles are, and ends with a report. */
import { InputError } from '@tiny-recursive-models/tensor'
import { PuzzleChecksum, tokensDigest } from './checksum.ts'
import type { LineProblem, Pair, RowFacts, RowPiece } from './puzzle-rows.ts'
import type { PuzzleSet } from './puzzle-set.ts'

/** What a check found in a file. */
export interface RowsReport {
  readonly name: string
  readonly rows: number
  /** Rows that are well-formed and whose answer is right. */
  readonly valid: number
  /** The first problems by line, at most `maximumProblems` of them. */
  readonly problems: readonly LineProblem[]
  readonly problemCount: number
  /** Valid rows whose question stands in an earlier row. */
  readonly duplicateCount: number
  /** Valid rows that are an earlier one under a symmetry: the same puzzle to augmented training. */
  readonly copyCount: number
  /** The first of both by line, at most `maximumProblems` of them. */
  readonly repeats: readonly RepeatedRow[]
  /** Valid rows of each source; the empty name where the file gives none. */
  readonly sources: Readonly<Record<string, number>>
  /** Of the valid rows; equal to `puzzleSetChecksum` of the set made from them. */
  readonly checksum: string | undefined
}

export interface RepeatedRow {
  readonly line: number
  readonly kind: 'duplicate' | 'copy'
  /** The first line with that puzzle. */
  readonly of: number
}

export type RowsCheckEvent<Report> =
  | { readonly kind: 'progress'; readonly rows: number; readonly problemCount: number }
  | { readonly kind: 'done'; readonly report: Report }

export interface CheckRowsOptions {
  /** The file's name, for the report and error messages. */
  readonly name: string
  /** Rows from one progress event to the next; 1000 by default. */
  readonly progressEvery?: number
  /** Problems that the report lists; 1000 by default. All are counted. */
  readonly maximumProblems?: number
}

/** What a check has to know of a kind of puzzles. */
export interface RowCheck<Row> {
  /** The right answer [S] of a row, or what is wrong with the row. */
  readonly verify: (row: Row) => Int32Array | string
  readonly sizes: (row: Row) => Pick<PuzzleSet, 'cells' | 'symbols'>
  /** A text that symmetric copies share. */
  readonly fingerprint: (row: Row, answer: Int32Array) => string
}

export async function* checkRows<Row extends Pair & RowFacts>(
  pieces: AsyncIterable<RowPiece<Row>>,
  check: RowCheck<Row>,
  options: CheckRowsOptions,
): AsyncGenerator<RowsCheckEvent<RowsReport>, void, undefined> {
  const { name, progressEvery = 1000, maximumProblems = 1000 } = options
  if (!Number.isInteger(progressEvery) || progressEvery < 1) {
    throw new InputError({
      who: name,
      expected: 'progressEvery to be a whole number from 1',
      got: String(progressEvery),
      hint: 'Leave it out for one event every 1000 rows.',
    })
  }
  const problems: LineProblem[] = []
  const sources = new Map<string, number>()
  const known = new KnownPuzzles()
  const repeats: RepeatedRow[] = []
  const counts = { duplicate: 0, copy: 0 }
  let checksum: PuzzleChecksum | undefined
  let rows = 0
  let valid = 0
  let problemCount = 0
  for await (const piece of pieces) {
    const found = [...piece.problems]
    rows += piece.problems.length
    for (const row of piece.rows) {
      const answer = check.verify(row)
      if (typeof answer === 'string') found.push({ line: row.line, reason: answer })
      else {
        valid += 1
        sources.set(row.source, (sources.get(row.source) ?? 0) + 1)
        checksum ??= new PuzzleChecksum({ ...check.sizes(row), identifiers: 1 })
        checksum.add(row.question, answer, 0)
        const repeat = known.add(row, check.fingerprint(row, answer))
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
      sources: Object.fromEntries(sources),
      checksum: checksum?.digest(),
    },
  }
}

/** The puzzles of a file so far; about 100 bytes a puzzle. */
class KnownPuzzles {
  readonly #lines = new Map<string, number>()
  readonly #questions = new Set<string>()

  /** Takes in a row; what it repeats, if anything. */
  add({ line, question }: Pair & RowFacts, fingerprint: string): RepeatedRow | undefined {
    const exact = tokensDigest(question)
    const isDuplicate = this.#questions.has(exact)
    this.#questions.add(exact)
    const of = this.#lines.get(fingerprint)
    if (of !== undefined) return { line, kind: isDuplicate ? 'duplicate' : 'copy', of }
    this.#lines.set(fingerprint, line)
    return undefined
  }
}
