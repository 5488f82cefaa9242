/** Matrix products by oneDNN's matmul primitive, created once per shape. */
import type { BatchedProduct } from '../../executors/wasm/product.ts'
import { check, created, type DataType } from './functions.ts'
import type { Onednn } from './library.ts'
import { type Operand, operandOf } from './operand.ts'
import { createPrimitive, type Primitive } from './primitive.ts'

/** The operands of a product. */
export interface Operands {
  readonly left: Operand
  readonly right: Operand
  readonly result: Operand
}

/** @returns undefined if the library does not read one of them fast */
export function operandsOf(batch: BatchedProduct): Operands | undefined {
  const { lengths, leftStrides, rightStrides, resultStrides } = batch
  const { rows, columns, depth, leftRow, leftColumn, rightRow, rightColumn, resultRow } = batch.matrix
  const left = operandOf({
    lengths: [...lengths, rows, depth],
    strides: [...leftStrides, leftRow, leftColumn],
  })
  const right = operandOf({
    lengths: [...lengths, depth, columns],
    strides: [...rightStrides, rightRow, rightColumn],
  })
  const result = operandOf({
    lengths: [...lengths, rows, columns],
    strides: [...resultStrides, resultRow, 4],
  })
  if (!left || !right || !result) return undefined
  // It repeats one factor along an axis of the batch, not both.
  const isRepeated = lengths.some(
    (all, axis) => all > 1 && left.lengths[axis] === 1 && right.lengths[axis] === 1,
  )
  return isRepeated ? undefined : { left, right, result }
}

/** Whether the processor multiplies bfloat16 numbers fast, as the library sees it. */
export function hasBfloat16(onednn: Onednn): boolean {
  const square: Operand = { lengths: [64, 64], strides: [64, 1], bytes: 0 }
  const primitive = createMatmul(onednn, { left: square, right: square, result: square }, false, 'bfloat16')
  primitive?.destroy()
  return primitive !== undefined
}

/**
 * A product of numbers of that type, with float32 sums and results. Takes the addresses of left, right and result.
 *
 * @param isAdded whether the product is added to what lies in the result's place
 * @returns undefined if the library has no fast implementation for this processor
 */
export function createMatmul(
  onednn: Onednn,
  { left, right, result }: Operands,
  isAdded: boolean,
  type: DataType = 'float32',
): Primitive | undefined {
  const { dialect } = onednn.functions
  const source = dialect.describe(left.lengths, left.strides, type)
  const weights = dialect.describe(right.lengths, right.strides, type)
  const destination = dialect.describe(result.lengths, result.strides, 'float32')
  try {
    return createPrimitive(
      onednn,
      [
        { role: 'source', description: source },
        { role: 'weights', description: weights },
        { role: 'destination', description: destination },
      ],
      () => withAttributes(onednn, isAdded, (a) => dialect.describeMatmul(source, weights, destination, a)),
    )
  } finally {
    for (const description of [source, weights, destination]) description.destroy()
  }
}

/** @param use is given attributes under which the product is added, or none */
function withAttributes<T>(onednn: Onednn, isAdded: boolean, use: (attributes: number) => T): T {
  if (!isAdded) return use(0)
  const { call, dialect } = onednn.functions
  const attributes = created('dnnl_primitive_attr_create', (out) => call.dnnl_primitive_attr_create(out))
  const postOps = created('dnnl_post_ops_create', (out) => call.dnnl_post_ops_create(out))
  try {
    dialect.appendSum(postOps)
    check('dnnl_primitive_attr_set_post_ops', call.dnnl_primitive_attr_set_post_ops(attributes, postOps))
    return use(attributes)
  } finally {
    call.dnnl_post_ops_destroy(postOps)
    call.dnnl_primitive_attr_destroy(attributes)
  }
}
