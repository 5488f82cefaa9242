/** Matrix products by oneDNN's matmul primitive, created once per shape. */
import type { BatchedProduct } from '../../executors/wasm/product.ts'
import { withPostOps } from './attributes.ts'
import type { DataType } from './functions.ts'
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
  const { lengths, leftStrides, rightStrides, resultStrides, factorBytes, resultBytes } = batch
  const { rows, columns, depth, leftRow, leftColumn, rightRow, rightColumn, resultRow } = batch.matrix
  const left = operandOf(
    { lengths: [...lengths, rows, depth], strides: [...leftStrides, leftRow, leftColumn] },
    factorBytes,
  )
  const right = operandOf(
    { lengths: [...lengths, depth, columns], strides: [...rightStrides, rightRow, rightColumn] },
    factorBytes,
  )
  const result = operandOf(
    { lengths: [...lengths, rows, columns], strides: [...resultStrides, resultRow, resultBytes] },
    resultBytes,
  )
  if (!left || !right || !result) return undefined
  // It repeats one factor along an axis of the batch, not both.
  const isRepeated = lengths.some(
    (all, axis) => all > 1 && left.lengths[axis] === 1 && right.lengths[axis] === 1,
  )
  return isRepeated ? undefined : { left, right, result }
}

/**
 * `dnnl_cpu_isa_avx512_core_bf16`, the same in versions 2 and 3, a bit for each of the sets that it needs: later ones with
 * bfloat16 (AMX, AVX10) have all of its bits, those that only convert it have not.
 */
const avx512WithBfloat16 = 0xe7

/**
 * Whether products of bfloat16 are faster than those of float32, as the library sees the processor, or is told to by
 * `ONEDNN_MAX_CPU_ISA`. It does them with AVX-512 alone too, at a third of the speed of float32.
 */
export function hasBfloat16({ functions: { call } }: Onednn): boolean {
  return (call.dnnl_get_effective_cpu_isa() & avx512WithBfloat16) === avx512WithBfloat16
}

/** What a product's numbers are. */
export interface ProductTypes {
  readonly factors: DataType
  readonly result: DataType
}

/**
 * A product with float32 sums. Takes the addresses of left, right and result.
 *
 * @param isAdded whether the product is added to what lies in the result's place
 * @returns undefined if the library has none for such operands on this processor, or of float32 only its slow reference
 */
export function createMatmul(
  onednn: Onednn,
  { left, right, result }: Operands,
  isAdded: boolean,
  types: ProductTypes = { factors: 'float32', result: 'float32' },
): Primitive | undefined {
  const { dialect } = onednn.functions
  const source = dialect.describe(left.lengths, left.strides, types.factors)
  const weights = dialect.describe(right.lengths, right.strides, types.factors)
  const destination = dialect.describe(result.lengths, result.strides, types.result)
  try {
    return createPrimitive(
      onednn,
      [
        { role: 'source', description: source },
        { role: 'weights', description: weights },
        { role: 'destination', description: destination },
      ],
      () => {
        const describe = (attributes: number) =>
          dialect.describeMatmul(source, weights, destination, attributes)
        return isAdded ? withPostOps(onednn, (postOps) => dialect.appendSum(postOps), describe) : describe(0)
      },
      // Nobody else multiplies bfloat16: whether it pays is decided before.
      types.factors === 'bfloat16',
    )
  } finally {
    for (const description of [source, weights, destination]) description.destroy()
  }
}
