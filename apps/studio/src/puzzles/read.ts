/** Questions from text and from files. */
import {
  InputError,
  mazeRows,
  type PuzzleKind,
  parseMaze,
  parseSudoku,
  sudokuRows,
} from '@tiny-recursive-models/trm'

export interface FoundPuzzle {
  readonly kind: PuzzleKind
  /** [S] */
  readonly question: Int32Array
}

/** A page shows one puzzle at a time: so many are enough, also where a file has millions. */
const mostRows = 10_000

/** Letters and marks that only a maze has. */
const looksLikeMaze = (text: string): boolean => /[SG#]/.test(text)

/** One puzzle, in any form that the library reads. */
export function readText(text: string): FoundPuzzle {
  if (looksLikeMaze(text)) {
    const { size, tokens } = parseMaze(text)
    return { kind: { puzzle: 'maze', size }, question: asQuestion(tokens) }
  }
  const { shape, tokens } = parseSudoku(text)
  return { kind: { puzzle: 'sudoku', shape }, question: tokens }
}

/** A pasted solution of a maze is a question with its path drawn in. */
function asQuestion(tokens: Int32Array): Int32Array {
  return tokens.map((token) => (token === 5 ? 2 : token))
}

/** The puzzles of a file: a CSV as published, one puzzle a line, or one drawn grid; plain or gzip. */
export async function readFile(bytes: Uint8Array, name: string): Promise<FoundPuzzle[]> {
  const drawn = readDrawn(bytes)
  if (drawn) return [drawn]
  const begin = await firstText(bytes, name)
  return looksLikeMaze(begin.replace(/^.*question.*$/im, '').replace(/^#.*$/gm, ''))
    ? collect(mazeRows(bytes, { name }), name, ({ size }) => ({ puzzle: 'maze', size }))
    : collect(sudokuRows(bytes, { name }), name, ({ shape }) => ({ puzzle: 'sudoku', shape }))
}

/** A grid over several lines; undefined for other files. */
function readDrawn(bytes: Uint8Array): FoundPuzzle | undefined {
  if (bytes.length > 2000) return undefined
  const text = new TextDecoder().decode(bytes)
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '')
  if (lines.length < 4 || lines.some((line) => line.includes(',') || line.trim().length > 31))
    return undefined
  // Sixteen marks a line are 4×4 puzzles, one a line.
  if (lines.every((line) => line.length === 16)) return undefined
  try {
    return readText(text)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** The first kilobyte of a file as text, unpacked where it is packed. */
async function firstText(bytes: Uint8Array, name: string): Promise<string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes.subarray(0, 1000))
  try {
    const unpacked = new Blob([bytes as Uint8Array<ArrayBuffer>])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'))
    const reader = unpacked.getReader()
    const { value } = await reader.read()
    await reader.cancel()
    return new TextDecoder().decode(value?.subarray(0, 1000))
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause)
    const hint = 'The file may be damaged: take another copy.'
    throw new InputError({ who: name, expected: 'a gzip file', got, hint }, { cause })
  }
}

async function collect<Row extends { question: Int32Array }>(
  pieces: AsyncGenerator<{ rows: readonly Row[]; problems: readonly { line: number; reason: string }[] }>,
  name: string,
  kindOf: (row: Row) => PuzzleKind,
): Promise<FoundPuzzle[]> {
  const found: FoundPuzzle[] = []
  let problem: { line: number; reason: string } | undefined
  for await (const { rows, problems } of pieces) {
    problem ??= problems[0]
    for (const row of rows)
      if (found.length < mostRows) found.push({ kind: kindOf(row), question: row.question })
    if (found.length === mostRows) break
  }
  if (found.length > 0) return found
  throw new InputError({
    who: problem ? `${name}, line ${problem.line}` : name,
    expected: 'at least one puzzle',
    got: problem?.reason ?? 'none',
    hint: 'Open a CSV with a column "question", or a file with one puzzle a line.',
  })
}
