/** Checks the puzzles of a file and ends with a report. */
import { InputError } from '@tiny-recursive-models/tensor'
import { PuzzleChecksum, tokensDigest } from '../../data/checksum.ts'
import type { GridFamily, PuzzleKind } from '../family.ts'
import { cachedBoard } from './boards.ts'
import {
  type LineProblem,
  type PuzzleRow,
  puzzleRows,
  type ReadRowsOptions,
  type RowPiece,
} from './puzzle-rows.ts'

/** What a check found in a file. */
export interface PuzzleFileReport {
  readonly name: string
  /** Name of the family. */
  readonly puzzles: string
  /** `9×9 Sudoku`; undefined where no row is well-formed. */
  readonly title: string | undefined
  readonly kind: PuzzleKind | undefined
  readonly rows: number
  /** Rows that are well-formed and whose answer is right: for a Sudoku, the only one. */
  readonly valid: number
  /** The first problems by line, at most `maxProblems` of them. */
  readonly problems: readonly LineProblem[]
  readonly problemCount: number
  /** Valid rows whose question is already in an earlier row. */
  readonly duplicateCount: number
  /** Valid rows that are an earlier one under a symmetry: the same puzzle to augmented training. */
  readonly copyCount: number
  /** The first of both by line, at most `maxProblems` of them. */
  readonly repeats: readonly RepeatedRow[]
  /** Valid rows of each source; the empty name where the file gives none. */
  readonly sources: Readonly<Record<string, number>>
  /** Of the valid rows; equal to `puzzleSetChecksum` of the set made from them. */
  readonly checksum: string | undefined
}

/** A row that is there already, as it is or as a copy under a symmetry. */
export interface RepeatedRow {
  readonly line: number
  readonly kind: 'duplicate' | 'copy'
  /** The first line with that puzzle. */
  readonly of: number
}

/** The events of a file check: progress, and at the end the report. */
export type PuzzleCheckEvent =
  | { readonly kind: 'progress'; readonly rows: number; readonly problemCount: number }
  | { readonly kind: 'done'; readonly report: PuzzleFileReport }

/** How a file of puzzles is checked. */
export interface CheckFileOptions extends ReadRowsOptions {
  /** Rows from one progress event to the next; 1000 by default. */
  readonly progressEvery?: number
  /** Problems that the report lists; 1000 by default. All are counted. */
  readonly maxProblems?: number
}

/**
 * Checks every row of a file, that its answer is the right one included, looks for repeated puzzles, and ends with a
 * report. On one core of the machine this was written on: 50 s for the 130,125 Sudokus of the published-format file,
 * 1 ms a row for the hardest; 0.5 ms a row for 30×30 mazes.
 */
export async function* checkFile(
  bytes: Uint8Array,
  options: CheckFileOptions,
  families: GridFamily | readonly GridFamily[],
): AsyncGenerator<PuzzleCheckEvent, void, undefined> {
  yield* checkPieces(puzzleRows(bytes, options, families), options, [families].flat().at(-1)!)
}

/**
 * The same of rows that were read.
 *
 * @param fallback the family that the report names where there are no rows
 */
export async function* checkPieces(
  pieces: AsyncIterable<RowPiece & { readonly family: GridFamily }>,
  options: CheckFileOptions,
  fallback: GridFamily,
): AsyncGenerator<PuzzleCheckEvent, void, undefined> {
  const { name, progressEvery = 1000, maxProblems = 1000 } = options
  if (!Number.isInteger(progressEvery) || progressEvery < 1) {
    throw new InputError({
      who: name,
      expected: 'progressEvery to be a whole number from 1',
      got: String(progressEvery),
      hint: 'Leave it out for one event per 1000 rows.',
    })
  }
  const problems: LineProblem[] = []
  const sources = new Map<string, number>()
  const known = new KnownPuzzles()
  const repeats: RepeatedRow[] = []
  const counts = { duplicate: 0, copy: 0 }
  let kind: PuzzleKind | undefined
  let checksum: PuzzleChecksum | undefined
  let rows = 0
  let valid = 0
  let problemCount = 0
  let family = fallback
  for await (const piece of pieces) {
    family = piece.family
    const found = [...piece.problems]
    rows += piece.problems.length
    for (const row of piece.rows) {
      kind ??= row.kind
      const board = cachedBoard(family, row.kind)
      const answer = rightAnswer(row, family)
      if (typeof answer === 'string') found.push({ line: row.line, reason: answer })
      else {
        valid += 1
        sources.set(row.source, (sources.get(row.source) ?? 0) + 1)
        const sizes = { cells: row.question.length, symbols: board.names.length }
        checksum ??= new PuzzleChecksum({ ...sizes, identifiers: 1 })
        checksum.add(row.question, answer, 0)
        const repeat = known.add(row, board.fingerprint(row.question, answer))
        if (repeat !== undefined) {
          counts[repeat.kind] += 1
          if (repeats.length < maxProblems) repeats.push(repeat)
        }
      }
      rows += 1
      if (rows % progressEvery === 0)
        yield { kind: 'progress', rows, problemCount: problemCount + found.length }
    }
    problemCount += found.length
    found.sort((a, b) => a.line - b.line)
    problems.push(...found.slice(0, maxProblems - problems.length))
  }
  yield {
    kind: 'done',
    report: {
      name,
      puzzles: family.name,
      title: kind && cachedBoard(family, kind).title,
      kind,
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

/** The right answer [S] of a row, or what is wrong with the row. The reader has checked a given one by the rule. */
function rightAnswer({ kind, question, answer }: PuzzleRow, family: GridFamily): Int32Array | string {
  const board = cachedBoard(family, kind)
  if (answer === undefined) return board.rule?.solve(question) ?? 'no answer, and no rule to derive it'
  const problem = board.check(question)[0]
  if (problem) return problem.message
  const other = board.rule?.labelProblem?.(question, answer)
  return other ? `answer: ${other.message}` : answer
}

/** The puzzles of a file so far; about 100 bytes a puzzle. */
class KnownPuzzles {
  readonly #lines = new Map<string, number>()
  readonly #questions = new Set<string>()

  /** Takes in a row; what it repeats, if anything. */
  add({ line, question }: PuzzleRow, fingerprint: string): RepeatedRow | undefined {
    const exact = tokensDigest(question)
    const isDuplicate = this.#questions.has(exact)
    this.#questions.add(exact)
    const of = this.#lines.get(fingerprint)
    if (of !== undefined) return { line, kind: isDuplicate ? 'duplicate' : 'copy', of }
    this.#lines.set(fingerprint, line)
    return undefined
  }
}
