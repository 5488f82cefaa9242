import { InputError } from '@tiny-recursive-models/tensor'
import { nameCell, refuseLongText } from '../../data/cells.ts'
import { findContradictions } from './check.ts'
import { drawnSudokus } from './drawn.ts'
import { digitWriting, drawnSizes, knownSizes, marksOfSize, supported, tokenOfMark } from './marks.ts'
import {
  type BoxShape,
  blankToken,
  boxShapeOfCells,
  digitOffset,
  markOf,
  type SudokuLayout,
  sudokuLayout,
} from './shape.ts'

/** In messages about all of a text. */
const textName = 'Sudoku text'
const separators = /[\s|+\u2500-\u257f=¦:,;()[\]{}'"`]/

/** A Sudoku that was read. tokens: [cells]. */
export interface SudokuText {
  readonly shape: BoxShape
  /** [S] blank 1, digit d as d + 1 */
  readonly tokens: Int32Array
}

/**
 * Reads one grid, question or answer: all cells in one line, or drawn over several, with or without a frame. Digits
 * beyond 9 are A to G, hexadecimal (0 to F) or numbers apart by spaces; `. 0 _ * - ? x X` and, in a drawn grid, a
 * space are blanks. Throws an InputError.
 *
 * @param shape the box; by default it follows from the number of cells, for 6×6 from the frame or from the digits
 */
export function parseSudoku(text: string, shape?: BoxShape): SudokuText {
  if (typeof text !== 'string') throw noText(text)
  refuseLongText(textName, text)
  const usual = shape ?? boxShapeOfCells(text.length)
  const plain = usual && tokensOfLine(text, sudokuLayout(usual))
  if (usual && plain) return { shape: shape ?? fittingShape(usual, plain), tokens: plain }
  const lines = text.split(/\r\n|\n|\r/)
  const grids = lines.length > 1 ? drawnSudokus(withoutComments(lines)).filter(({ isWhole }) => isWhole) : []
  if (grids.length > 1) {
    const hint = 'Give the text of a single puzzle.'
    throw new InputError({ who: textName, expected: 'one grid', got: String(grids.length), hint })
  }
  const [grid] = grids
  return grid ? ofMarks(grid.rows.flat(), shape, grid.band) : parseLoosely(lines, shape)
}

/** The usual case, a line of S marks and nothing else: 1.6 µs instead of 10.6 for 9×9. Undefined for other text. */
function tokensOfLine(text: string, { cells, size }: SudokuLayout): Int32Array | undefined {
  if (text.length !== cells) return undefined
  const writing = size > 9 ? digitWriting([...text], size) : 'marks'
  const tokens = new Int32Array(cells)
  for (let cell = 0; cell < cells; cell++) {
    const token = tokenOfMark(text[cell]!, size, writing)
    if (token === undefined) return undefined
    tokens[cell] = token
  }
  return tokens
}

/** Other marks between the cells are passed over, line ends too. */
function parseLoosely(lines: readonly string[], shape: BoxShape | undefined): SudokuText {
  const marksOf = (line: string) => Array.from(line).filter((mark) => !separators.test(mark))
  const withDashes = lines.map(marksOf)
  const isWhole = (rows: string[][]) => isCount(rows.flat().length, shape)
  const withoutDashes = withDashes.map((marks) => marks.filter((mark) => mark !== '-'))
  const rows = isWhole(withDashes) ? withDashes : withoutDashes
  const marks = rows.flat()
  if (!isCount(marks.length, shape)) throw wrongLength(rows, marks.length, shape && sudokuLayout(shape))
  return ofMarks(marks, shape, undefined)
}

const isCount = (count: number, shape: BoxShape | undefined): boolean =>
  shape ? count === sudokuLayout(shape).cells : boxShapeOfCells(count) !== undefined

/** @param band rows above the first line inside a frame */
function ofMarks(
  marks: readonly string[],
  shape: BoxShape | undefined,
  band: number | undefined,
): SudokuText {
  const usual = shape ?? boxShapeOfCells(marks.length)
  if (usual === undefined || !isCount(marks.length, usual)) {
    const size = Math.sqrt(marks.length)
    const expected = shape ? `${sudokuLayout(shape).cells} cells` : `a Sudoku of ${supported}`
    const hint = `Sudokus of ${supported} are read.`
    throw new InputError({ who: textName, expected, got: `one of ${size}×${size}`, hint })
  }
  const { size } = sudokuLayout(usual)
  const writing = digitWriting(marks, size)
  const tokens = Int32Array.from(marks, (mark, cell) => {
    const token = tokenOfMark(mark, size, writing)
    if (token !== undefined) return token
    throw new InputError({
      who: nameCell(cell, size),
      expected: marksOfSize(size),
      got: JSON.stringify(mark),
      hint: 'Correct this cell.',
    })
  })
  return { shape: shape ?? fittingShape(usual, tokens, band), tokens }
}

/** The other box of the same size; undefined where there is none: only 6×6 has two. */
export const otherBox = ({ boxRows, boxColumns }: BoxShape): BoxShape | undefined =>
  boxRows === boxColumns ? undefined : { boxRows: boxColumns, boxColumns: boxRows }

/** The box that the frame shows, or that has no contradiction where the usual one has. */
function fittingShape(usual: BoxShape, tokens: Int32Array, band?: number): BoxShape {
  const { boxRows, boxColumns } = usual
  const other = otherBox(usual)
  if (other === undefined || band === boxRows) return { boxRows, boxColumns }
  if (band === other.boxRows) return other
  const isFree = (shape: BoxShape) => findContradictions(shape, tokens).length === 0
  return !isFree(usual) && isFree(other) ? other : { boxRows, boxColumns }
}

/** The grid as one line of S characters, `.` for a blank. */
export function formatSudokuLine(tokens: ArrayLike<number>): string {
  return Array.from(tokens, markOf).join('')
}

/** The grid with a rule around its boxes, for people; `parseSudoku` reads it back. */
export function formatSudokuGrid(shape: BoxShape, tokens: ArrayLike<number>): string {
  const { size, boxRows, boxColumns } = sudokuLayout(shape)
  const stacks = size / boxColumns
  const rule = Array.from({ length: stacks }, () => '-'.repeat(2 * boxColumns + 1)).join('+')
  const lines: string[] = []
  for (let row = 0; row < size; row++) {
    if (row > 0 && row % boxRows === 0) lines.push(rule)
    const groups = Array.from({ length: stacks }, (_, stack) => {
      const first = row * size + stack * boxColumns
      return ` ${Array.from({ length: boxColumns }, (_, column) => markOf(tokens[first + column]!)).join(' ')} `
    })
    lines.push(groups.join('|').trimEnd())
  }
  return lines.join('\n')
}

/** Whether a line of a file is a remark. */
export const isSudokuComment = (line: string): boolean => /^\s*(?:#|\/\/|%)/.test(line)

const withoutComments = (lines: readonly string[]): string[] =>
  lines.map((line) => (isSudokuComment(line) ? '' : line))

/** The grids that are drawn among lines; remarks are passed over. */
export const sudokuGrids = (lines: readonly string[]) => drawnSudokus(withoutComments(lines))

/**
 * How surely a text is a Sudoku: 2 where it has digits that no family of two symbols has, 1 where it has the form,
 * below 1 where it has the marks alone.
 */
export function sudokuCertainty(text: string): number {
  const trimmed = text.trim()
  if (trimmed.length < 4 || trimmed.length > 10_000) return 0
  if (/[\r\n]/.test(trimmed)) {
    // Not trimmed: the first spaces of a drawn grid may be cells.
    const grid = sudokuGrids(text.split(/\r\n|\n|\r/)).find(({ isWhole }) => isWhole)
    if (grid) return certaintyOfMarks(grid.rows.flat())
  }
  if (boxShapeOfCells(trimmed.length) && onlyMarks.test(trimmed)) return certaintyOfMarks(trimmed)
  const size = Math.sqrt(trimmed.length)
  if (size > 9 && drawnSizes.includes(size) && /^[0-9A-P._*-]+$/.test(trimmed)) return 1
  if (size === 8 && /^[0-8.]+$/.test(trimmed)) return 1
  const marks = Array.from(trimmed).filter((mark) => !separators.test(mark))
  if (marks.length === 0 || !onlyMarks.test(marks.join(''))) return 0
  if (boxShapeOfCells(marks.length)) return certaintyOfMarks(marks)
  return trimmed.length > 10 ? 0.5 : 0
}

const onlyMarks = /^[0-9A-Ga-g._*?xX·-]+$/

/** Of the sizes with digits alone. */
const marksBySize: Readonly<Record<number, RegExp>> = {
  4: /^[0-4._*?xX·-]+$/,
  6: /^[0-6._*?xX·-]+$/,
  9: /^[0-9._*?xX·-]+$/,
}

function certaintyOfMarks(marks: string | readonly string[]): number {
  const size = Math.sqrt(marks.length)
  if (!knownSizes.includes(size)) return 1
  const known = marksBySize[size]
  if (known) {
    const text = typeof marks === 'string' ? marks : marks.join('')
    if (known.test(text)) return /[2-9]/.test(text) ? 2 : 1
    const strange = [...text].filter((mark) => !known.test(mark)).length
    // Of 16 and 36 characters much else has digits that are too large: names, numbers, rows of a larger grid.
    return size < 9 && strange > 1 ? 0.5 : 1
  }
  const list = typeof marks === 'string' ? [...marks] : marks
  const writing = digitWriting(list, size)
  const tokens = list.map((mark) => tokenOfMark(mark, size, writing) ?? 0)
  return !tokens.includes(0) && tokens.some((token) => token > blankToken + digitOffset) ? 2 : 1
}

/** The Sudokus in a line that holds other things too. */
export function findSudokus(line: string): string[] {
  if (line.length > 10_000) return []
  const words = betweenWords.test(line.trim())
    ? line.split(betweenWords).filter((word) => word.length >= 16 && sudokuCertainty(word) >= 1)
    : []
  return words.length <= 1 && sudokuCertainty(line) >= 1 ? [line] : words
}

const betweenWords = /[\s:=&/|,;"'()<>#]+/

/** Names the first row of a wrong length where the text has one line a row. */
function wrongLength(lines: string[][], count: number, layout: SudokuLayout | undefined): InputError {
  const rows = lines.filter((line) => line.length > 0)
  const size = layout?.size ?? knownSizes.find((known) => known === rows.length)
  const short = size === rows.length ? rows.findIndex((row) => row.length !== size) : -1
  const hint = 'Write one character per cell, with . for a blank.'
  if (short >= 0) {
    return new InputError({
      who: `row ${short + 1}`,
      expected: `${size} cells`,
      got: String(rows[short]!.length),
      hint,
    })
  }
  const expected = layout ? `${layout.cells} cells` : '16, 36, 81 or 256 cells'
  const side = Math.sqrt(count)
  const isOtherSize = layout === undefined && side >= 5 && drawnSizes.includes(side)
  const got = isOtherSize ? `${count} (${side}×${side}; supported are ${supported})` : String(count)
  return new InputError({ who: textName, expected, got, hint })
}

function noText(value: unknown): InputError {
  return new InputError({
    who: textName,
    expected: 'text',
    got: Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value,
    hint: 'Join the cells of a matrix: rows.map((row) => row.join(" ")).join("\\n").',
  })
}
