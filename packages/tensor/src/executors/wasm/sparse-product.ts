/**
 * Products whose left factor is a constant of mostly zeros, such as which cell is a member of which group: a row of the
 * result is the sum of a few rows of the right factor, and which ones is written into the code.
 */
import { FunctionWriter, type Local } from './assembler.ts'

/** left [rows, depth], a constant · right [depth, columns]; rows of right and result lie in one piece. */
export interface SparseProduct {
  /** For every row of the result, the rows of the right factor that are added up, by the number that they share. */
  readonly rows: readonly (readonly Term[])[]
  /** Numbers in a row: a multiple of four. */
  readonly columns: number
  /** Bytes from one row to the next: of the right factor, and of the result and what is added. */
  readonly rightRow: number
  readonly resultRow: number
  /** Something of the result's shape is added. */
  readonly hasAddend: boolean
}

/** factor · the sum of these rows. */
export interface Term {
  readonly factor: number
  readonly places: readonly number[]
}

/** Beyond so many rows to add up the code would be large; with more of them than every fourth, tiles are faster. */
const [maxPlaces, leastZeros] = [2_000, 4]

/**
 * The rows of a constant as terms; null where it has too few zeros.
 *
 * @param at the number in this row and column
 */
export function sparseRows(
  rows: number,
  depth: number,
  at: (row: number, column: number) => number,
): readonly (readonly Term[])[] | null {
  let found = 0
  const result: Term[][] = []
  for (let row = 0; row < rows; row++) {
    const places = new Map<number, number[]>()
    for (let column = 0; column < depth; column++) {
      const factor = at(row, column)
      if (factor === 0) continue
      found++
      places.set(factor, [...(places.get(factor) ?? []), column])
    }
    if (found > maxPlaces || found * leastZeros > rows * depth) return null
    result.push([...places].map(([factor, rowPlaces]) => ({ factor, places: rowPlaces })))
  }
  return result
}

/** Operations on numbers. */
export const sparseOperations = ({ rows, columns }: SparseProduct): number =>
  columns * rows.flat().reduce((sum, { places }) => sum + places.length, 0)

/** Vectors of four numbers that are summed up side by side. */
const vectorsAtATime = 4
/** Columns after which the next row is begun, so that the rows of the right factor are in the cache again. */
const blockColumns = 256

/** Parameters: right, result, addend. */
export function emitSparseProduct(product: SparseProduct): FunctionWriter {
  const { rows, columns, rightRow, resultRow, hasAddend } = product
  const code = new FunctionWriter(['i32', 'i32', 'i32'])
  const [right, result, addend] = code.parameters as [Local, Local, Local]
  const [from, to, added] = [code.local('i32'), code.local('i32'), code.local('i32')]
  const sums = Array.from({ length: vectorsAtATime }, () => code.local('v128'))
  const totals = sums.map(() => code.local('v128'))

  const vectors = (terms: readonly Term[], count: number): void => {
    const parts = totals.slice(0, count)
    for (const [vector, total] of parts.entries()) {
      if (hasAddend)
        code
          .get(added)
          .access('v128.load', 16 * vector)
          .set(total)
      else code.floats(0).set(total)
    }
    for (const { factor, places } of terms) {
      for (const [index, place] of places.entries())
        for (const [vector, sum] of sums.slice(0, count).entries()) {
          code.get(from).access('v128.load', place * rightRow + 16 * vector)
          if (index > 0) code.get(sum).simd('f32x4.add')
          code.set(sum)
        }
      for (const [vector, total] of parts.entries())
        code.get(sums[vector]!).floats(factor).simd('f32x4.mul').get(total).simd('f32x4.add').set(total)
    }
    for (const [vector, total] of parts.entries())
      code
        .get(to)
        .get(total)
        .access('v128.store', 16 * vector)
    for (const pointer of [from, to, ...(hasAddend ? [added] : [])]) code.move(pointer, 16 * count)
  }

  const row = (terms: readonly Term[], index: number, width: number): void => {
    const pointers = [
      [right, from, 0],
      [result, to, resultRow * index],
      [addend, added, resultRow * index],
    ] as const
    for (const [start, pointer, bytes] of hasAddend ? pointers : pointers.slice(0, 2))
      code.get(start).integer(bytes).plain('i32.add').set(pointer)
    code.times(Math.floor(width / (4 * vectorsAtATime)), () => vectors(terms, vectorsAtATime))
    code.times((width / 4) % vectorsAtATime, () => vectors(terms, 1))
  }

  const blocks = blocksOf(columns)
  code.times(blocks, () => {
    for (const [index, terms] of rows.entries()) row(terms, index, columns / blocks)
    for (const pointer of [right, result, ...(hasAddend ? [addend] : [])])
      code.move(pointer, (4 * columns) / blocks)
  })
  return code
}

/** The columns in equal blocks of about the length that is wanted; one block where they do not divide. */
function blocksOf(columns: number): number {
  const wanted = Math.ceil(columns / blockColumns)
  for (let count = wanted; count <= 2 * wanted; count++) if (columns % (4 * count) === 0) return count
  return 1
}
