/** The function of a product that a provider does: it calls the provider. */
import { FunctionWriter, type Local, type ModuleWriter } from './assembler.ts'
import type { BatchedProduct, Matrix } from './product.ts'

/** Number of a product that a provider does; undefined for one that it does not. */
export type Provide = (batch: BatchedProduct) => number | undefined

/**
 * Adds it. Parameters: left, right, result, addend (0 for none), scratch, as those of a product that is written here.
 *
 * @param call number of the imported function
 * @returns its number; undefined if the provider does not do the product
 */
export function addProvidedProduct(
  module: ModuleWriter,
  call: number,
  batch: BatchedProduct,
  provide: Provide,
): number | undefined {
  const parts = partsOf(batch)
  const numbers = parts.map((part) => provide(part.batch))
  const code = new FunctionWriter(['i32', 'i32', 'i32', 'i32', 'i32'])
  const [left, right, result, addend, scratch] = code.parameters as [Local, Local, Local, Local, Local]
  for (const [index, { first, batch: part, isCopied }] of parts.entries()) {
    const number = numbers[index]
    if (number === undefined) return undefined
    if (isCopied) copyColumns(code, { right, scratch }, batch, part, first)
    code.integer(number).get(left)
    if (isCopied) code.get(scratch)
    else code.get(right)
    moved(code, result, 4 * first)
    // No addend stays none.
    moved(code, addend, 4 * first)
    code.integer(0).get(addend).plain('select').call(call)
  }
  return module.add(code)
}

const moved = (code: FunctionWriter, pointer: Local, bytes: number): void => {
  code.get(pointer)
  if (bytes > 0) code.integer(bytes).plain('i32.add')
}

/** Columns of a product, from the first on. */
interface Part {
  readonly first: number
  readonly batch: BatchedProduct
  readonly isCopied: boolean
}

/** Columns that are copied at a time, and numbers between their rows, so that these do not share places in the cache. */
const [copiedColumns, gap] = [1_024, 16]

/**
 * Rows whose distance is a multiple of a page share a few places in the caches, so that a library that reads down their
 * columns waits for memory: 97 × 512 × 4096 at 29 GFLOP/s, copied at 52 (oneDNN 2.6 on AMD Zen 3, one core). Factors of
 * bfloat16 it copies itself, pair by pair.
 */
function isCopied({ lengths, matrix, factorBytes }: BatchedProduct): boolean {
  const { rows, depth, columns, rightRow, rightColumn } = matrix
  const isAligned = factorBytes === 4 && rightColumn === 4 && rightRow % 4096 === 0
  return isAligned && lengths.length === 0 && depth >= 256 && columns >= 256 && rows >= 32
}

function partsOf(batch: BatchedProduct): readonly Part[] {
  if (!isCopied(batch)) return [{ first: 0, batch, isCopied: false }]
  const { columns } = batch.matrix
  return Array.from({ length: Math.ceil(columns / copiedColumns) }, (_, index) => {
    const first = index * copiedColumns
    const matrix = {
      ...batch.matrix,
      columns: Math.min(copiedColumns, columns - first),
      rightRow: copiedRow(batch.matrix),
    }
    return { first, batch: { ...batch, rightOffset: 0, matrix }, isCopied: true }
  })
}

const copiedRow = ({ columns }: Matrix): number => 4 * (Math.min(columns, copiedColumns) + gap)

/** Bytes that the function needs at the address given as `scratch`. */
export const providedScratchBytes = (batch: BatchedProduct): number =>
  isCopied(batch) ? batch.matrix.depth * copiedRow(batch.matrix) : 0

function copyColumns(
  code: FunctionWriter,
  { right, scratch }: { readonly right: Local; readonly scratch: Local },
  { rightOffset, matrix }: BatchedProduct,
  part: BatchedProduct,
  first: number,
): void {
  const [from, to] = [code.local('i32'), code.local('i32')]
  moved(code, right, rightOffset + 4 * first)
  code.set(from).get(scratch).set(to)
  code.times(matrix.depth, () => {
    code
      .get(to)
      .get(from)
      .integer(4 * part.matrix.columns)
      .copyMemory()
    code.move(from, matrix.rightRow)
    code.move(to, part.matrix.rightRow)
  })
}
