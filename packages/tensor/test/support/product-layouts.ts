/** Products of every shape and layout, and what they have to give. */
import type { ElementBytes } from '../../src/executors/wasm/access.ts'
import type { BatchedProduct } from '../../src/executors/wasm/product.ts'

export interface Shape {
  readonly rows: number
  readonly depth: number
  readonly columns: number
  /** Of the batch; the factors that it repeats. */
  readonly batch?: number
  readonly repeated?: 'left' | 'right'
  readonly transposed?: 'left' | 'right' | 'both'
  /** Numbers between the rows of the factors, and of the result. */
  readonly gap?: number
  readonly resultGap?: number
}

export const shapes: readonly Shape[] = [
  { rows: 1, depth: 1, columns: 1 },
  { rows: 5, depth: 1, columns: 7 },
  { rows: 1, depth: 9, columns: 4, transposed: 'right' },
  { rows: 7, depth: 13, columns: 1, transposed: 'left' },
  { rows: 36, depth: 24, columns: 96, transposed: 'right' },
  { rows: 24, depth: 97, columns: 17, transposed: 'left' },
  { rows: 17, depth: 33, columns: 29, transposed: 'both' },
  { batch: 3, rows: 5, depth: 7, columns: 9 },
  { batch: 2, rows: 33, depth: 17, columns: 31, repeated: 'left', transposed: 'right' },
  { batch: 4, rows: 9, depth: 6, columns: 11, repeated: 'right', transposed: 'left' },
]

export interface LaidOut {
  readonly batch: BatchedProduct
  readonly count: number
}

/** The product with its distances in bytes. */
export function laidOut(
  { rows, depth, columns, batch: count = 1, gap = 0, ...shape }: Shape,
  factorBytes: ElementBytes = 4,
  resultBytes: ElementBytes = 4,
): LaidOut {
  const { resultGap = 0, repeated, transposed } = shape
  const isTurned = (side: 'left' | 'right') => transposed === side || transposed === 'both'
  const factor = (side: 'left' | 'right', first: number, second: number) => {
    const [outer, inner] = isTurned(side) ? [second, first] : [first, second]
    const row = factorBytes * (inner + gap)
    return {
      strides: isTurned(side) ? [factorBytes, row] : [row, factorBytes],
      stride: repeated === side ? 0 : outer * row,
    }
  }
  const [left, right] = [factor('left', rows, depth), factor('right', depth, columns)]
  const resultRow = resultBytes * (columns + resultGap)
  const ofBatch = (stride: number) => (count === 1 ? [] : [stride])
  const [leftRow, leftColumn] = left.strides as [number, number]
  const [rightRow, rightColumn] = right.strides as [number, number]
  return {
    count,
    batch: {
      lengths: count === 1 ? [] : [count],
      leftStrides: ofBatch(left.stride),
      rightStrides: ofBatch(right.stride),
      resultStrides: ofBatch(rows * resultRow),
      leftOffset: 2 * factorBytes,
      rightOffset: factorBytes,
      matrix: { rows, columns, depth, leftRow, leftColumn, rightRow, rightColumn, resultRow },
      factorBytes,
      resultBytes,
    },
  }
}

/** In float64; places in bytes. @returns how far float32 may be from it */
export function multiplyExactly(
  { batch, count }: LaidOut,
  values: Float32Array,
  left: number,
  right: number,
  result: number,
  addend: number | null,
): number {
  const { matrix } = batch
  const before = values.slice()
  const at = (place: number) => before[place / 4]!
  for (let index = 0; index < count; index++)
    for (let row = 0; row < matrix.rows; row++)
      for (let column = 0; column < matrix.columns; column++) {
        const offset = index * (batch.resultStrides[0] ?? 0) + row * matrix.resultRow + 4 * column
        let sum = addend === null ? 0 : at(addend + offset)
        for (let k = 0; k < matrix.depth; k++) {
          const a = left + batch.leftOffset + index * (batch.leftStrides[0] ?? 0)
          const b = right + batch.rightOffset + index * (batch.rightStrides[0] ?? 0)
          sum +=
            at(a + row * matrix.leftRow + k * matrix.leftColumn) *
            at(b + k * matrix.rightRow + column * matrix.rightColumn)
        }
        values[(result + offset) / 4] = sum
      }
  return 1e-6 * matrix.depth
}
