/** Grids of ARC tasks: colours in rows, as they stand in the published JSON files. */
import { InputError } from '@tiny-recursive-models/tensor'

/** The longest side that a grid may have. */
export const maxSide = 30
/** Colours 0 to 9; 0 is black, the background of most tasks. */
export const colourCount = 10

/**
 * R = rows, C = columns, each 1 to 30. Only what `cropTokens` finds in an answer may have none at all (0 × 0).
 */
export interface Grid {
  readonly rows: number
  readonly columns: number
  /** [R · C] row after row, each 0 to 9 */
  readonly colours: Uint8Array
}

/**
 * The grid of a JSON value: rows of equal length, every cell a whole number from 0 to 9.
 *
 * @param who the grid's place, for error messages, such as `task 00d62c1b, test input 0`
 * @throws InputError if the value is not a grid of at most 30 × 30 colours
 */
export function gridFromJson(value: unknown, who: string): Grid {
  const rows: readonly unknown[] | null = Array.isArray(value) ? value : null
  if (rows === null || rows.length < 1 || rows.length > maxSide) {
    throw refused(who, `1 to ${maxSide} rows`, rows === null ? shown(value) : `${rows.length} rows`)
  }
  const columns = Array.isArray(rows[0]) ? rows[0].length : 0
  const colours = new Uint8Array(rows.length * Math.min(columns, maxSide))
  rows.forEach((row: unknown, rowIndex) => {
    const where = `${who}, row ${rowIndex}`
    if (!Array.isArray(row)) throw refused(where, 'a row of colours', shown(row))
    if (row.length < 1 || row.length > maxSide)
      throw refused(where, `1 to ${maxSide} colours`, `${row.length}`)
    if (row.length !== columns)
      throw refused(where, `${columns} colours, as in the first row`, `${row.length}`)
    row.forEach((colour: unknown, column) => {
      if (typeof colour !== 'number' || !Number.isInteger(colour) || colour < 0 || colour >= colourCount)
        throw refused(`${where}, column ${column}`, `a colour from 0 to ${colourCount - 1}`, shown(colour))
      colours[rowIndex * columns + column] = colour
    })
  })
  return { rows: rows.length, columns, colours }
}

/** The grid as it stands in JSON files. */
export function gridToJson({ rows, columns, colours }: Grid): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(colours.subarray(row * columns, (row + 1) * columns)),
  )
}

/** A text that two grids share exactly when they are equal, such as `2x3:012345`. */
export function gridKey({ rows, columns, colours }: Grid): string {
  return `${rows}x${columns}:${colours.join('')}`
}

/** Whether two grids have the same size and colours. */
export function gridsEqual(left: Grid, right: Grid): boolean {
  if (left.rows !== right.rows || left.columns !== right.columns) return false
  return left.colours.every((colour, cell) => colour === right.colours[cell])
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const written = JSON.stringify(value) ?? typeof value
  return written.length <= 60 ? written : `${written.slice(0, 57)}…`
}

function refused(who: string, expected: string, got: string): InputError {
  return new InputError({
    who,
    expected,
    got,
    hint: 'A grid is a list of equally long rows of colours 0 to 9, at most 30 by 30: check the file.',
  })
}
