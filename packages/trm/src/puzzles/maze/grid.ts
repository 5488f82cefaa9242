/**
 * Square mazes as text and as tokens. The published characters are `# SGo`: wall, open cell, start, goal, path.
 * N = size, S = N² cells, numbered row by row.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { nameCell, refuseLongText } from '../../data/cells.ts'

export const mazeTokens = { wall: 1, open: 2, start: 3, goal: 4, path: 5 } as const

/** PAD, which never stands in a maze, and the five of `mazeTokens`. */
export const mazeSymbols = 6
export const smallestMaze = 2
/** The size of the published mazes. */
export const largestMaze = 30

/** In messages about all of a text. */
const textName = 'maze text'

/** The character of every token; that of PAD never occurs. */
export const characters = '?# SGo'

export const mazeNames = ['padding', 'wall', 'open', 'start', 'goal', 'path'] as const

/** Whether a line of a file is a maze: its length, its marks, and something that no Sudoku has. */
export const isMazeText = (text: string): boolean =>
  mazeSizeOf(text.length) !== undefined && /^(?=.*[#SG])[# SGo]+$/.test(text)

export interface MazeText {
  readonly size: number
  /** [S] */
  readonly tokens: Int32Array
}

/** N of a maze of so many cells; undefined where there is none. */
export function mazeSizeOf(cells: number): number | undefined {
  const size = Math.round(Math.sqrt(cells))
  return size * size === cells && size >= smallestMaze && size <= largestMaze ? size : undefined
}

/**
 * Reads one maze, question or answer: all cells in one line, as published, or one line a row. A `.` may stand for an
 * open cell, for editors that drop the spaces at the end of a line.
 *
 * @param size N; by default it follows from the text
 */
export function parseMaze(text: string, size?: number): MazeText {
  refuseLongText(textName, text)
  const lines = text.split(/\r\n|\n|\r/)
  while (lines.at(-1) === '') lines.pop()
  while (lines[0] === '') lines.shift()
  if (lines.length > largestMaze) throw wrongRows(lines.length, size)
  const cells = lines.reduce((sum, line) => sum + line.length, 0)
  const found = mazeSizeOf(lines.length === 1 ? cells : lines.length ** 2)
  if (found === undefined || (size !== undefined && found !== size)) {
    throw lines.length === 1 ? wrongCells(cells, size) : wrongRows(lines.length, size)
  }
  const short = lines.length === 1 ? -1 : lines.findIndex((line) => line.length !== found)
  if (short >= 0) {
    throw new InputError({
      who: `row ${short + 1}`,
      expected: `${found} cells, as many as there are rows`,
      got: String(lines[short]!.length),
      hint: 'Mazes are square; write . for an open cell where spaces at the end of a line were lost.',
    })
  }
  const tokens = new Int32Array(cells)
  let cell = 0
  for (const line of lines) for (const mark of line) tokens[cell] = tokenOf(mark, cell++, found)
  return { size: found, tokens }
}

/** The maze in one line of S characters, as published. */
export function formatMazeLine(tokens: ArrayLike<number>): string {
  return Array.from(tokens, (token) => characters[token] ?? '?').join('')
}

/** The maze in N lines; `parseMaze` reads it back. */
export function formatMaze(tokens: ArrayLike<number>): string {
  const line = formatMazeLine(tokens)
  const size = mazeSizeOf(tokens.length) ?? line.length
  const rows: string[] = []
  for (let start = 0; start < line.length; start += size) rows.push(line.slice(start, start + size))
  return rows.join('\n')
}

function tokenOf(mark: string, cell: number, size: number): number {
  const token = mark === '.' ? mazeTokens.open : characters.indexOf(mark)
  if (token > 0) return token
  throw new InputError({
    who: nameCell(cell, size),
    expected: '# for a wall, a space or . for an open cell, S, G or o',
    got: JSON.stringify(mark),
    hint: 'Correct this cell.',
  })
}

const sizes = `${smallestMaze} to ${largestMaze}`

function wrongCells(cells: number, size: number | undefined): InputError {
  return new InputError({
    who: textName,
    expected:
      size === undefined
        ? `N² cells of a square maze, N from ${sizes}`
        : `${size * size} cells (${size}×${size})`,
    got: String(cells),
    hint: 'Write one character a cell, all in one line or one line a row.',
  })
}

function wrongRows(rows: number, size: number | undefined): InputError {
  return new InputError({
    who: textName,
    expected: `${size ?? sizes} rows`,
    got: rows > largestMaze ? `more than ${largestMaze}` : String(rows),
    hint: 'Write one line a row, or all cells in one line.',
  })
}
