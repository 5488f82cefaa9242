/**
 * Square grids that are drawn over several lines, among headings and remarks, with or without a frame. A family says
 * how a line may be taken (its readings); of these the one is right that gives whole grids.
 */
import type { DrawnGrid } from '../family.ts'

/** What a line is under one reading. */
export interface RowCells {
  /** One text a cell; none: a part of the frame. */
  readonly cells: readonly string[]
  /** How many of them are no symbol of the family. */
  readonly strange: number
  /** All marks could be a frame too: a row only where the number of cells fits. */
  readonly isFrameLike: boolean
}

/** Takes a line as a row or a part of the frame; undefined where it is neither. */
export type RowReading = (line: string) => RowCells | undefined

/** A grid, and how it was drawn. */
export interface ReadGrid extends DrawnGrid {
  /** Rows of cells, N of N where it is whole. */
  readonly rows: readonly (readonly string[])[]
  /** Rows above the first line inside the frame; undefined where there is none. */
  readonly band: number | undefined
}

/** Strange marks that a row inside a grid may hold and still be one, with mistakes to be named. */
const maxStrange = 2

/** Characters of a line that may be a row: cells with a frame around each, far indented. */
const longestRow = 1000

/** A part of the frame. */
export const frame: RowCells = { cells: [], strange: 0, isFrameLike: true }

/** Colours and other commands to a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins such a command.
const terminalCommand = /\x1b\[[\d;]*[A-Za-z]/g

export const withoutCommands = (line: string): string =>
  line.includes('\x1b') ? line.replace(terminalCommand, '') : line

/** The grids of the reading that leaves the most lines in whole ones; the first of equals. */
export function findGrids(
  lines: readonly string[],
  readings: readonly RowReading[],
  isSize: (count: number) => boolean,
): readonly ReadGrid[] {
  let best: readonly ReadGrid[] = []
  let bestScore = 0
  for (const reading of readings) {
    const { grids, remarks } = gridsOf(lines, reading, isSize)
    const score = grids.reduce((sum, { isWhole, rows }) => sum + (isWhole ? rows.length : 0), 0)
    const isBetter = score > bestScore || (score === bestScore && best.length === 0)
    if (isBetter) [best, bestScore] = [grids, score]
    if (score > 0 && remarks === 0 && grids.every(({ isWhole }) => isWhole)) break
  }
  return best
}

function gridsOf(
  lines: readonly string[],
  reading: RowReading,
  isSize: (count: number) => boolean,
): {
  readonly grids: readonly ReadGrid[] /** Lines that are neither row nor frame. */
  readonly remarks: number
} {
  const grids: ReadGrid[] = []
  let remarks = 0
  let rows: (readonly string[])[] = []
  let first = 0
  let last = 0
  let size = 0
  let band: number | undefined
  let isBroken = false
  const end = (): void => {
    const isWhole = !isBroken && size > 0 && rows.length === size
    // One row alone is a remark.
    if (isWhole || (size > 0 && rows.length > 1)) grids.push({ first, last, isWhole, rows, band })
    else remarks += rows.length
    ;[rows, size, band, isBroken] = [[], 0, undefined, false]
  }
  for (const [place, line] of lines.entries()) {
    if (line.trim() === '') {
      if (isBroken) end()
      continue
    }
    const row = line.length > longestRow ? undefined : reading(line)
    const count = row?.cells.length ?? 0
    if (row === undefined || (row.strange > 0 && (count !== size || row.strange > maxStrange))) {
      end()
      remarks += 1
      continue
    }
    if (count === 0 || (row.isFrameLike && count !== size && (size > 0 || !isSize(count)))) {
      if (rows.length > 0) band ??= rows.length
      continue
    }
    if (rows.length === 0) first = place
    if (size === 0 && isSize(count)) size = count
    if (count !== size) isBroken = true
    if (row.strange > 0) isBroken = true
    rows.push(row.cells)
    last = place
    if (rows.length === size) end()
  }
  end()
  return { grids, remarks }
}
