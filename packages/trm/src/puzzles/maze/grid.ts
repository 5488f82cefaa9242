/**
 * Square mazes as text and as tokens. The published characters are `# SGo`: wall, open cell, start, goal, path.
 * N = size, S = N² cells, numbered row by row.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { nameCell, refuseLongText } from '../../data/cells.ts'
import { mazeRows } from './drawn.ts'
import { characters, isNumberMaze, isWholeMaze, letters, lettersNamed, lettersOf } from './letters.ts'
import { maxMazeSide, minMazeSide } from './tokens.ts'

export { characters } from './letters.ts'
export { maxMazeSide, mazeTokens, minMazeSide } from './tokens.ts'

/** PAD, which never stands in a maze, and the five of `mazeTokens`. */
export const mazeSymbols = 6

/** In messages about all of a text. */
const textName = 'maze text'

export const mazeNames = ['padding', 'wall', 'open', 'start', 'goal', 'path'] as const

const published = /^(?=.*[#SG])[# SGo]+$/
const onlyLetters = new RegExp(`^(?=.*[#█SsGg])[${letters}]+$`)

/**
 * How surely a text is a maze: 2 where it has one start and one goal, or a wall or an end in the published letters,
 * below 1 where it has letters of mazes but no square of them.
 */
export function mazeCertainty(text: string): number {
  if (text.length < minMazeSide ** 2 || text.length > 10_000) return 0
  const lines = linesOf(text)
  if (lines.length === 1) {
    const isSquare = mazeSizeOf(text.length) !== undefined
    if (isSquare && (published.test(text) || isWholeMaze(text) || isNumberMaze(text))) return 2
    return text.length >= 9 && onlyLetters.test(text) ? 0.5 : 0
  }
  const rows = mazeRows(lines)?.join('')
  if (rows !== undefined && (isWholeMaze(rows) || isNumberMaze(rows))) return 2
  const isNear = lines.every((line) => onlyLetters.test(`#${line}`)) && onlyLetters.test(lines.join(''))
  return isNear ? (rows === undefined ? 0.5 : 1) : 0
}

/** A maze that was read. tokens: [size²]. */
export interface MazeText {
  readonly size: number
  /** [S] */
  readonly tokens: Int32Array
}

/** N of a maze of so many cells; undefined where there is none. */
export function mazeSizeOf(cells: number): number | undefined {
  const size = Math.round(Math.sqrt(cells))
  return size * size === cells && size >= minMazeSide && size <= maxMazeSide ? size : undefined
}

/** Lines without the empty ones around them. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  let first = 0
  while (first < lines.length && lines[first] === '') first += 1
  let end = lines.length
  while (end > first && lines[end - 1] === '') end -= 1
  return lines.slice(first, end)
}

/**
 * Reads one maze, question or answer: all cells in one line, as published, or one line per row, also in a frame,
 * indented, or without trailing spaces that an editor removed. Walls may be `# * █ X`, the start `S s`, the goal `G g E
 * e`, as long as there is one of each kind. Throws an InputError.
 *
 * @param size N; by default it follows from the text
 */
export function parseMaze(text: string, size?: number): MazeText {
  if (typeof text !== 'string') throw noText(text)
  refuseLongText(textName, text)
  const lines = linesOf(text)
  const rows = lines.length === 1 ? lines : (mazeRows(lines) ?? lines)
  if (rows.length > maxMazeSide) throw wrongRows(rows.length, size)
  const cells = rows.reduce((sum, row) => sum + row.length, 0)
  const found = mazeSizeOf(rows.length === 1 ? cells : rows.length ** 2)
  if (found === undefined || (size !== undefined && found !== size)) {
    throw rows.length === 1 ? wrongCells(cells, size) : wrongRows(rows.length, size)
  }
  const short = rows.length === 1 ? -1 : rows.findIndex((row) => row.length !== found)
  if (short >= 0) {
    throw new InputError({
      who: `row ${short + 1}`,
      expected: `${found} cells, as many as there are rows`,
      got: String(rows[short]!.length),
      hint: 'Mazes are square; write . for an open cell if spaces at the end of a line were lost.',
    })
  }
  const all = rows.join('')
  if (/^\d+$/.test(all)) throw numbered(all, found)
  const known = lettersOf(all)
  const tokens = Int32Array.from(all, (mark, cell) => known.get(mark) ?? refuseMark(mark, cell, found))
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

function refuseMark(mark: string, cell: number, size: number): never {
  throw new InputError({
    who: nameCell(cell, size),
    expected: lettersNamed,
    got: JSON.stringify(mark),
    hint: 'Correct this cell; use one letter for each meaning.',
  })
}

/** Numbers may mean anything: 0 is a wall here and an open cell there. */
function numbered(text: string, size: number): InputError {
  const digits = [...new Set(text)].sort().join(' ')
  return new InputError({
    who: textName,
    expected: `a maze of ${lettersNamed}`,
    got: `a ${size}×${size} grid of the digits ${digits}, whose meaning is not known`,
    hint: 'Write the maze with these letters.',
  })
}

function noText(value: unknown): InputError {
  return new InputError({
    who: textName,
    expected: 'text',
    got: Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value,
    hint: 'Join the cells of a matrix: rows.map((row) => row.join("")).join("\\n").',
  })
}

const sizes = `${minMazeSide} to ${maxMazeSide}`

function wrongCells(cells: number, size: number | undefined): InputError {
  return new InputError({
    who: textName,
    expected:
      size === undefined
        ? `N² cells of a square maze, N from ${sizes}`
        : `${size * size} cells (${size}×${size})`,
    got: String(cells),
    hint: 'Write one character per cell, all on one line or one line per row.',
  })
}

function wrongRows(rows: number, size: number | undefined): InputError {
  return new InputError({
    who: textName,
    expected: `${size ?? sizes} rows`,
    got: rows > maxMazeSide ? `more than ${maxMazeSide}` : String(rows),
    hint: 'Write one line per row, or all cells on one line.',
  })
}
