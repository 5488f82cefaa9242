import { InputError } from '@tiny-recursive-models/tensor'
import { linesOf } from '../square.ts'

/** The box of a Sudoku: 2×2 for 4×4 grids, 2×3 (two rows by three columns) or 3×2 for 6×6, 3×3 for 9×9, 4×4 for 16×16. */
export interface BoxShape {
  readonly boxRows: number
  readonly boxColumns: number
}

export const blankToken = 1
/** Digit d is token d + 1; token 0 is PAD and never stands in a Sudoku. */
export const digitOffset = 1

/** The Sudokus that are known, by their sizes. */
export const boxShapes = {
  '4x4': { boxRows: 2, boxColumns: 2 },
  '6x6': { boxRows: 2, boxColumns: 3 },
  '9x9': { boxRows: 3, boxColumns: 3 },
  '16x16': { boxRows: 4, boxColumns: 4 },
} as const satisfies Record<string, BoxShape>

/** All boxes, the usual one of a size first: rows × columns. */
export const knownBoxes: readonly string[] = ['2×2', '2×3', '3×2', '3×3', '4×4']

export const isKnownBox = ({ boxRows, boxColumns }: BoxShape): boolean =>
  knownBoxes.includes(`${boxRows}×${boxColumns}`)

/** Digits 1 to N, written with one character each: 1 to 9, then A to G. */
export const digitMark = (digit: number): string => digit.toString(17).toUpperCase()

/** [V] the tokens in words. */
export const sudokuNames = (size: number): string[] => [
  'padding',
  'blank',
  ...Array.from({ length: size }, (_, index) => String(index + 1)),
]

/** How a token is written: `.` for a blank. */
export const markOf = (token: number): string => (token > blankToken ? digitMark(token - digitOffset) : '.')

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

/** The layout of a box shape, computed once; throws for a shape that is not known. */
export function sudokuLayout({ boxRows, boxColumns }: BoxShape): SudokuLayout {
  const key = `${boxRows}x${boxColumns}`
  let layout = layouts.get(key)
  if (layout === undefined) {
    if (!isKnownBox({ boxRows, boxColumns })) {
      throw new InputError({
        who: 'Sudoku box',
        expected: `boxes of ${knownBoxes.join(', ')} (rows × columns)`,
        got: `${boxRows}×${boxColumns}`,
        hint: 'Grids are 4×4, 6×6, 9×9 or 16×16.',
      })
    }
    layout = computeLayout(boxRows, boxColumns)
    layouts.set(key, layout)
  }
  return layout
}

/** The usual shape whose grids have that many cells (16, 36, 81 or 256), or undefined. */
export function boxShapeOfCells(cells: number): BoxShape | undefined {
  return Object.values(boxShapes).find(({ boxRows, boxColumns }) => (boxRows * boxColumns) ** 2 === cells)
}

function computeLayout(boxRows: number, boxColumns: number): SudokuLayout {
  const size = boxRows * boxColumns
  const cells = size * size
  const boxOf = Uint8Array.from({ length: cells }, (_, cell) => {
    const [row, column] = [Math.floor(cell / size), cell % size]
    return Math.floor(row / boxRows) * boxRows + Math.floor(column / boxColumns)
  })
  const boxes = Array.from({ length: size }, (_, box) =>
    [...boxOf.keys()].filter((cell) => boxOf[cell] === box),
  )
  const units = Uint8Array.from([...linesOf(size), ...boxes].flat())
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
