import type { Tensor } from '../../src/graph/operations.ts'
import type { DataType, Shape } from '../../src/graph/types.ts'
import type { RandomStream } from '../../src/random/random-stream.ts'
import type { Case, GradientExpectation } from './cases.ts'

/** An operand: its type and how its elements are drawn. Truth values are fed as 0 and 1 and cast inside. */
export interface OperandSample {
  readonly shape: Shape
  readonly dtype: DataType
  readonly sample: (random: RandomStream, position: number) => number
}

const floats = (shape: Shape, sample: OperandSample['sample']): OperandSample => ({
  shape,
  dtype: 'float32',
  sample,
})

export const normal = (shape: Shape, scale = 1): OperandSample =>
  floats(shape, (random) => scale * random.normal())

/** Normal numbers pushed away from zero, where many functions have a kink. */
export const nonzero = (shape: Shape): OperandSample =>
  floats(shape, (random) => {
    const value = random.normal()
    return value + 0.1 * Math.sign(value)
  })

export const positive = (shape: Shape): OperandSample =>
  floats(shape, (random) => 0.2 + Math.abs(random.normal()))

/** From 0 to 1, both left out. */
export const fraction = (shape: Shape): OperandSample =>
  floats(shape, (random) => 0.05 + 0.9 * random.float())

export const values = (
  shape: Shape,
  list: readonly number[],
  dtype: DataType = 'float32',
): OperandSample => ({
  shape,
  dtype,
  sample: (_, position) => list[position]!,
})

export const number = (value: number): OperandSample => values([], [value])
export const zeros = (shape: Shape): OperandSample => floats(shape, () => 0)

/** Whole numbers from 0 to bound − 1. */
export const integers = (shape: Shape, bound: number): OperandSample => ({
  shape,
  dtype: 'int32',
  sample: (random) => random.integer(bound),
})

export const bits = (shape: Shape): OperandSample => ({
  shape,
  dtype: 'bool',
  sample: (random) => random.integer(2),
})

export const difference: GradientExpectation = { is: 'difference' }

/** A case with the usual expectations: all float32 operands, finite differences, 1e-5. */
export function example(
  description: string,
  operands: readonly OperandSample[],
  build: (...operands: Tensor[]) => Tensor,
  options: Partial<Pick<Case, 'differentiable' | 'gradient' | 'tolerance' | 'floor'>> = {},
): Case {
  const differentiable = operands.flatMap(({ dtype }, position) => (dtype === 'float32' ? [position] : []))
  const wrapped = (...tensors: readonly Tensor[]) => build(...tensors)
  return {
    description,
    operands,
    build: wrapped,
    differentiable,
    gradient: difference,
    tolerance: 1e-5,
    floor: 0,
    ...options,
  }
}
