/** Questions cell by cell: which cells are to be found, and where keys lead. S cells. */
import type { Board } from '@tiny-recursive-models/trm'

/** Whether a symbol is part of the question rather than to be found. */
export const isGiven = ({ structure }: Board, token: number): boolean => !structure.open.includes(token)

/** Cells that are to be found. */
export function openCount(board: Board, question: Int32Array): number {
  return question.reduce((count, token) => count + Number(!isGiven(board, token)), 0)
}

/** For people: "5", "blank", "path". */
export const nameToken = ({ names }: Board, token: number): string => names[token] ?? 'padding'

/** "Row 3, column 5", counted from 1. */
export const placeOf = (cell: number, columns: number): string =>
  `Row ${Math.floor(cell / columns) + 1}, column ${(cell % columns) + 1}`

export interface GridSize {
  readonly rows: number
  readonly columns: number
}

/** The borders inside a grid on which two regions meet: right of a cell, and below it. */
export interface RegionEdges {
  readonly right: boolean
  readonly bottom: boolean
}

export function regionEdges({ rows, columns, regionOf }: Board, cell: number): RegionEdges {
  if (!regionOf) return { right: false, bottom: false }
  return {
    right: (cell + 1) % columns !== 0 && regionOf[cell] !== regionOf[cell + 1],
    bottom: cell + columns < rows * columns && regionOf[cell] !== regionOf[cell + columns],
  }
}

/** The cell that a key leads to from another; undefined for keys that do not move. */
export function moveByKey(
  { rows, columns }: GridSize,
  cell: number,
  key: string,
  isControl = false,
): number | undefined {
  const row = Math.floor(cell / columns)
  const column = cell % columns
  switch (key) {
    case 'ArrowUp':
      return row > 0 ? cell - columns : cell
    case 'ArrowDown':
      return row < rows - 1 ? cell + columns : cell
    case 'ArrowLeft':
      return column > 0 ? cell - 1 : cell
    case 'ArrowRight':
      return column < columns - 1 ? cell + 1 : cell
    case 'Home':
      return isControl ? 0 : cell - column
    case 'End':
      return isControl ? rows * columns - 1 : cell + columns - 1 - column
    default:
      return undefined
  }
}
