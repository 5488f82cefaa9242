/** A provider of products of bfloat16 in plain JavaScript: what a library does where a processor multiplies them. */
import type { NamedProvider } from '../../src/executors/wasm/executor.ts'
import type { BatchedProduct } from '../../src/executors/wasm/product.ts'
import { nearestBfloat16 } from '../../src/ops/bfloat16.ts'

/** Sums are float64, and rounded once. */
export const bfloat16Products: NamedProvider = {
  kind: 'wasm',
  name: 'products of bfloat16',
  isFaster: ({ factorBytes }) => factorBytes === 2,
  multipliesBfloat16: true,
  open: (memory) => ({
    prepare: (batch) =>
      batch.factorBytes === 2
        ? {
            run: (left, right, result, addend) =>
              multiplyBfloat16(new DataView(memory.buffer), batch, left, right, result, addend),
            close() {},
          }
        : undefined,
  }),
}

/** result ← left · right + addend, 0 for none; places in bytes. */
export function multiplyBfloat16(
  memory: DataView,
  batch: BatchedProduct,
  left: number,
  right: number,
  result: number,
  addend: number,
): void {
  const { matrix, lengths, leftStrides, rightStrides, resultStrides, resultBytes } = batch
  const visit = (axis: number, a: number, b: number, c: number): void => {
    if (axis === lengths.length) {
      multiplyMatrices(a, b, c)
      return
    }
    for (let index = 0; index < lengths[axis]!; index++)
      visit(
        axis + 1,
        a + index * leftStrides[axis]!,
        b + index * rightStrides[axis]!,
        c + index * resultStrides[axis]!,
      )
  }
  const multiplyMatrices = (a: number, b: number, c: number): void => {
    for (let row = 0; row < matrix.rows; row++)
      for (let column = 0; column < matrix.columns; column++) {
        const place = c + row * matrix.resultRow + column * resultBytes
        let sum = addend === 0 ? 0 : memory.getFloat32(addend + place, true)
        for (let k = 0; k < matrix.depth; k++)
          sum +=
            readBfloat16(memory, a + row * matrix.leftRow + k * matrix.leftColumn) *
            readBfloat16(memory, b + k * matrix.rightRow + column * matrix.rightColumn)
        if (resultBytes === 4) memory.setFloat32(result + place, sum, true)
        else writeBfloat16(memory, result + place, sum)
      }
  }
  visit(0, left + batch.leftOffset, right + batch.rightOffset, 0)
}

const scratch = new DataView(new ArrayBuffer(4))

export function readBfloat16(memory: DataView, place: number): number {
  scratch.setUint32(0, memory.getUint16(place, true) << 16)
  return scratch.getFloat32(0)
}

export function writeBfloat16(memory: DataView, place: number, value: number): void {
  scratch.setFloat32(0, nearestBfloat16(value))
  memory.setUint16(place, scratch.getUint32(0) >>> 16, true)
}
