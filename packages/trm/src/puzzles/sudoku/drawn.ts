/** Sudokus drawn over several lines: what is a row, what is frame. */
import {
  findGrids,
  frame,
  type ReadGrid,
  type RowCells,
  type RowReading,
  withoutCommands,
} from '../reading/drawn.ts'
import { drawnSizes } from './marks.ts'

/** Never a cell: box drawing, bars, brackets and quotes of lists, and what stands between cells. */
const always = /[\s\u2500-\u257f|+=¦:,;()[\]{}'"`]/
/** What rules of a frame are made of, also with the rounded corners `.` and `'`. */
const ruleMarks = /^[\s.:'*+|=\-\u2500-\u257f]+$/
/** A rule of dashes. */
const isDashedRule = (line: string): boolean =>
  ruleMarks.test(line) && (line.includes('---') || line.includes('==='))
/** A rule that no row of blanks can be. */
const isCrossedRule = (line: string): boolean => ruleMarks.test(line) && /[+=\u2500-\u257f]/.test(line)
const blankMarks = '.0_*-?xX·'
const otherBlank = /[.0_*?xX·]/
const frameLike = /^[-*_.]$/

function rowOf(cells: readonly string[]): RowCells {
  const letter = cells.length > 16 ? /^[A-Pa-pXx]$/ : /^[A-Ga-gXx]$/
  const isKnown = (cell: string): boolean =>
    blankMarks.includes(cell) || letter.test(cell) || /^\d{1,2}$/.test(cell)
  return {
    cells,
    strange: cells.filter((cell) => !isKnown(cell)).length,
    isFrameLike: cells.every((cell) => frameLike.test(cell)),
  }
}

/** One character a cell, wherever it stands; dashes and stars are either blanks or frame. */
const characters =
  (areDashesFrame: boolean, areStarsFrame: boolean): RowReading =>
  (line) => {
    if ((areDashesFrame ? isDashedRule : isCrossedRule)(line)) return frame
    const cells: string[] = []
    for (const mark of line) {
      if (always.test(mark)) continue
      if ((areDashesFrame && mark === '-') || (areStarsFrame && mark === '*')) continue
      cells.push(mark)
    }
    return rowOf(cells)
  }

/** Numbers of one or two digits, apart by spaces, bars or commas; at least one of two digits somewhere. */
const numbers: RowReading = (line) => {
  if (isDashedRule(line) || isCrossedRule(line)) return frame
  const words = line.split(/[\s\u2500-\u257f|¦,;()[\]{}'"]+/).filter((word) => word !== '')
  return words.every((word) => /^(?:\d{1,2}|[.0_*?xX·-])$/.test(word)) ? rowOf(words) : undefined
}

/** Fields of a table: an empty one is a blank. */
const fields: RowReading = (line) => {
  const parts = line.split(/[,;\t]/)
  if (parts.length < 4) return undefined
  return rowOf(parts.map((part) => (part.trim() === '' ? '.' : part.trim())))
}

/** Cells at fixed places, where a space is a blank: N cells in groups between bars, close or with a space around each. */
const spaced =
  (size: number): RowReading =>
  (line) => {
    if (isDashedRule(line) || isCrossedRule(line)) return frame
    // Beside another blank a space is none: a short row would pass for a whole one.
    if (otherBlank.test(line)) return undefined
    const isFramed = /[\u2500-\u257f|¦]/.test(line)
    const groups = isFramed ? line.trim().split(/[\u2500-\u257f|¦]/) : [line]
    if (isFramed && groups[0]!.trim() === '' && /^[\u2500-\u257f|¦]/.test(line.trim())) groups.shift()
    if (isFramed && groups.at(-1)!.trim() === '' && /[\u2500-\u257f|¦]$/.test(line.trim())) groups.pop()
    const width = size / groups.length
    if (!Number.isInteger(width)) return undefined
    const cells = groups.flatMap((group) => cellsAt(group, width, isFramed) ?? [])
    return cells.length === size ? rowOf(cells) : undefined
  }

/** The characters at the places of `width` cells; undefined where something stands between them. */
function cellsAt(group: string, width: number, isExact: boolean): string[] | undefined {
  const patterns = [
    { length: width, from: 0, step: 1 },
    { length: 2 * width + 1, from: 1, step: 2 },
    { length: 2 * width - 1, from: 0, step: 2 },
    { length: 3 * width, from: 1, step: 3 },
  ]
  for (const { length, from, step } of patterns) {
    if (isExact ? group.length !== length : group.trimEnd().length > length) continue
    const text = group.padEnd(length)
    const places = Array.from({ length: width }, (_, cell) => from + cell * step)
    const isBetween = (place: number) => (place - from) % step !== 0 || place < from
    const isClean = Array.from(text).every((mark, place) => mark === ' ' || !isBetween(place))
    if (isClean) return places.map((place) => (text[place] === ' ' ? '.' : text[place]!))
  }
  return undefined
}

const readings: readonly RowReading[] = [
  characters(true, false),
  characters(true, true),
  characters(false, false),
  characters(false, true),
  numbers,
  fields,
]
const spacedReadings = [9, 6, 4, 16].map(spaced)

/** The grids among lines, right or with a mistake; comments are taken out before. */
export function drawnSudokus(drawn: readonly string[]): readonly ReadGrid[] {
  const lines = drawn.map(withoutCommands)
  // Without a space between cells none was a blank that an editor dropped at the end of a row.
  const hasSpaces = lines.some((line) => line.length > 1 && line.trim().includes(' '))
  const all = hasSpaces ? [...readings, ...spacedReadings] : readings
  return findGrids(lines, all, (count) => drawnSizes.includes(count))
}
