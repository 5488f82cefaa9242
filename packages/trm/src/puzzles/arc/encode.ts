/** ARC grids as tokens of a square canvas (reference section 6), and back. */
import { InputError } from '@tiny-recursive-models/tensor'
import { ignoredLabel } from '../../data/puzzle-set.ts'
import { colourCount, type Grid } from './grid.ts'

export const padToken = 0
/** Stands one row below and one column right of a grid, where the canvas has room for it. */
export const borderToken = 1
/** The token of colour 0; colour 9 is 11. */
export const firstColourToken = 2
/** V: PAD, border and ten colours. */
export const arcSymbols = firstColourToken + colourCount
/** The side of the published canvas. */
export const publishedCanvas = 30

/** Where the top left cell of a grid stands on the canvas. */
export interface Offset {
  readonly row: number
  readonly column: number
}

export const noOffset: Offset = Object.freeze({ row: 0, column: 0 })

/**
 * Writes a grid onto a canvas: S = side², row after row.
 *
 * @param target filled from `start` to `start + S`
 * @throws InputError where the grid does not fit
 */
export function writeGrid(
  { rows, columns, colours }: Grid,
  side: number,
  { row: top, column: left }: Offset,
  target: Uint8Array | Int32Array,
  start = 0,
): void {
  const [bottom, right] = [top + rows, left + columns]
  if (top < 0 || left < 0 || bottom > side || right > side) {
    throw new InputError({
      who: 'ARC canvas',
      expected: `a grid that fits on ${side}×${side} cells`,
      got: `${rows}×${columns} at row ${top}, column ${left}`,
      hint: 'Use a larger canvas, or leave out tasks with larger grids.',
    })
  }
  target.fill(padToken, start, start + side * side)
  let cell = 0
  for (let row = top; row < bottom; row++) {
    let place = start + row * side + left
    for (let column = 0; column < columns; column++) target[place++] = colours[cell++]! + firstColourToken
    if (right < side) target[place] = borderToken
  }
  // The corner stays PAD, as published.
  if (bottom < side) target.fill(borderToken, start + bottom * side + left, start + bottom * side + right)
}

/** [S] tokens of a grid. */
export function encodeGrid(grid: Grid, side: number, offset: Offset = noOffset): Int32Array {
  const tokens = new Int32Array(side * side)
  writeGrid(grid, side, offset, tokens)
  return tokens
}

/** [S] labels of a grid: cells beyond the grid and its border are not scored (published: ignore_label_id 0). */
export function encodeLabels(grid: Grid, side: number, offset: Offset = noOffset): Int32Array {
  const labels = encodeGrid(grid, side, offset)
  labels.forEach((token, cell) => {
    if (token === padToken) labels[cell] = ignoredLabel
  })
  return labels
}

/**
 * The grid that an answer shows: of all rectangles from the top left corner that hold colours alone the largest by
 * area, and of equal ones that with fewer rows. 0 × 0 if the first cell is not a colour. (Published: `_crop` of
 * evaluators/arc.py.)
 *
 * @param tokens [S]
 */
export function cropTokens(tokens: ArrayLike<number>, side: number): Grid {
  let [bestRows, bestColumns] = [0, 0]
  let columns = side
  for (let row = 0; row < side; row++) {
    let width = 0
    while (width < columns && isColour(tokens[row * side + width]!)) width += 1
    columns = width
    if ((row + 1) * columns > bestRows * bestColumns) [bestRows, bestColumns] = [row + 1, columns]
    if (columns === 0) break
  }
  const colours = new Uint8Array(bestRows * bestColumns)
  for (let row = 0; row < bestRows; row++)
    for (let column = 0; column < bestColumns; column++)
      colours[row * bestColumns + column] = tokens[row * side + column]! - firstColourToken
  return { rows: bestRows, columns: bestColumns, colours }
}

const isColour = (token: number): boolean =>
  token >= firstColourToken && token < firstColourToken + colourCount
