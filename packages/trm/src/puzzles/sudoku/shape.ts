import { InputError } from '@tiny-recursive-models/tensor'

/** The box of a Sudoku: 2×2 for 4×4 grids, 2×3 for 6×6 (two rows by three columns), 3×3 for 9×9. */
export interface BoxShape {
  readonly boxRows: number
  readonly boxColumns: number
}

export const blankToken = 1
/** Digit d is token d + 1; token 0 is PAD and never stands in a Sudoku. */
export const digitOffset = 1

export const boxShapes = {
  '4x4': { boxRows: 2, boxColumns: 2 },
  '6x6': { boxRows: 2, boxColumns: 3 },
  '9x9': { boxRows: 3, boxColumns: 3 },
} as const satisfies Record<string, BoxShape>

export type UnitKind = 'row' | 'column' | 'box'

/** Everything about a grid that follows from its box: N = size, S = N² cells, numbered row by row. */
export interface SudokuLayout extends BoxShape {
  readonly size: number
  readonly cells: number
  /** PAD, blank and the digits. */
  readonly symbols: number
  /** [S] */
  readonly boxOf: Uint8Array
  /** [3·N, N] cells of every row, then of every column, then of every box */
  readonly units: Uint8Array
  /** [S, peersPerCell] the other cells that share a row, column or box, ascending */
  readonly peers: Uint8Array
  readonly peersPerCell: number
}

const layouts = new Map<string, SudokuLayout>()

/** The layout of a box shape, computed once; throws for a shape other than the three of `boxShapes`. */
export function sudokuLayout({ boxRows, boxColumns }: BoxShape): SudokuLayout {
  const key = `${boxRows}x${boxColumns}`
  let layout = layouts.get(key)
  if (layout === undefined) {
    const known = Object.values(boxShapes)
    if (!known.some((shape) => shape.boxRows === boxRows && shape.boxColumns === boxColumns)) {
      throw new InputError({
        who: 'Sudoku box',
        expected: 'boxes of 2×2, 2×3 or 3×3 (rows × columns)',
        got: `${boxRows}×${boxColumns}`,
        hint: 'Use boxShapes["4x4"], boxShapes["6x6"] or boxShapes["9x9"].',
      })
    }
    layout = computeLayout(boxRows, boxColumns)
    layouts.set(key, layout)
  }
  return layout
}

/** The shape whose grids have that many cells (16, 36 or 81), or undefined. */
export function boxShapeOfCells(cells: number): BoxShape | undefined {
  return Object.values(boxShapes).find(({ boxRows, boxColumns }) => (boxRows * boxColumns) ** 2 === cells)
}

function computeLayout(boxRows: number, boxColumns: number): SudokuLayout {
  const size = boxRows * boxColumns
  const cells = size * size
  const boxOf = new Uint8Array(cells)
  const units = new Uint8Array(3 * cells)
  const filled = new Uint8Array(size)
  for (let cell = 0; cell < cells; cell++) {
    const row = Math.floor(cell / size)
    const column = cell % size
    const box = Math.floor(row / boxRows) * boxRows + Math.floor(column / boxColumns)
    boxOf[cell] = box
    units[row * size + column] = cell
    units[cells + column * size + row] = cell
    units[2 * cells + box * size + filled[box]!] = cell
    filled[box]! += 1
  }
  const peersPerCell = 2 * (size - 1) + (boxRows - 1) * (boxColumns - 1)
  const peers = new Uint8Array(cells * peersPerCell)
  for (let cell = 0; cell < cells; cell++) {
    let next = cell * peersPerCell
    for (let other = 0; other < cells; other++) {
      const shared =
        Math.floor(other / size) === Math.floor(cell / size) ||
        other % size === cell % size ||
        boxOf[other] === boxOf[cell]
      if (shared && other !== cell) peers[next++] = other
    }
  }
  return { boxRows, boxColumns, size, cells, symbols: size + 2, boxOf, units, peers, peersPerCell }
}
