/** A `matmul` of a graph as a product over memory. */
import type { Node, NodeOf } from '../../graph/operations.ts'
import { stridesOf } from '../../graph/types.ts'
import type { Access, ElementBytes } from './access.ts'
import type { BatchedProduct } from './product.ts'
import { type SparseProduct, sparseRows } from './sparse-product.ts'

export type Matmul = Node & NodeOf<'matmul'>

/** How the numbers of a product are kept. */
export type ProductBytes = Pick<BatchedProduct, 'factorBytes' | 'resultBytes'>

/** @param a, b how its factors are read */
export function batchOf(
  node: Matmul,
  a: Access,
  b: Access,
  { factorBytes, resultBytes }: ProductBytes,
): BatchedProduct {
  const { transposeLeft, transposeRight } = node.attributes
  const leading = node.shape.length - 2
  const inBytes = (strides: readonly number[], bytes: ElementBytes) => strides.map((stride) => bytes * stride)
  const [left, right] = [inBytes(a.strides, factorBytes), inBytes(b.strides, factorBytes)]
  const [leftRow, leftColumn] = swapped(left.slice(leading), transposeLeft)
  const [rightRow, rightColumn] = swapped(right.slice(leading), transposeRight)
  const [rows, columns] = node.shape.slice(leading) as [number, number]
  const depth = node.inputs[0]!.shape.at(transposeLeft ? -2 : -1)!
  const resultRow = resultBytes * columns
  return {
    lengths: node.shape.slice(0, leading),
    leftStrides: left.slice(0, leading),
    rightStrides: right.slice(0, leading),
    resultStrides: inBytes(stridesOf(node.shape).slice(0, leading), resultBytes),
    leftOffset: factorBytes * a.offset,
    rightOffset: factorBytes * b.offset,
    matrix: { leftRow, leftColumn, rightRow, rightColumn, resultRow, rows, columns, depth },
    factorBytes,
    resultBytes,
  }
}

const swapped = ([first, second]: readonly number[], isSwapped: boolean): [number, number] =>
  isSwapped ? [second!, first!] : [first!, second!]

/** A product whose left factor is a constant of mostly zeros; null for others. */
export function sparseProduct(
  { base, offset }: Access,
  { lengths, matrix }: BatchedProduct,
  hasAddend: boolean,
): SparseProduct | null {
  const { leftRow, leftColumn, rightRow, rightColumn, resultRow, rows: height, columns, depth } = matrix
  if (base.operation !== 'constant' || lengths.length > 0 || rightColumn !== 4 || columns % 4 !== 0)
    return null
  const { values } = base.attributes
  const rows = sparseRows(
    height,
    depth,
    (row, column) => values[offset + (row * leftRow + column * leftColumn) / 4] ?? 0,
  )
  return rows && { rows, columns, rightRow, resultRow, hasAddend }
}
