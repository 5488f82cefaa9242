import { InputError } from '../errors.ts'

/** Element types of a tensor. `bool` exists only inside a program; inputs and outputs are numbers. */
export type DataType = 'float32' | 'int32' | 'bool'

/** Lengths of the axes, outermost first; `[]` is a scalar. Every length is known when a program is traced. */
export type Shape = readonly number[]

/** A tensor in host memory: what goes into a program and what comes out. Row-major. */
export interface HostTensor {
  readonly dtype: 'float32' | 'int32'
  readonly shape: Shape
  readonly data: Float32Array | Int32Array
}

/** Number of elements of a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((length, axis) => length === right[axis])
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  return strides
}

/** The common shape of two operands under the usual rule: align at the last axis, length 1 stretches. */
export function broadcastShapes(who: string, left: Shape, right: Shape): number[] {
  const rank = Math.max(left.length, right.length)
  const result: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const a = left[axis - (rank - left.length)] ?? 1
    const b = right[axis - (rank - right.length)] ?? 1
    if (a !== b && a !== 1 && b !== 1) {
      throw new InputError({
        who,
        expected: 'two shapes that broadcast together (equal lengths, or 1, counted from the last axis)',
        got: `${formatShape(left)} and ${formatShape(right)}`,
        hint: 'Reshape or broadcast one operand explicitly.',
      })
    }
    result.push(Math.max(a, b))
  }
  return result
}

/**
 * A float32 host tensor; `data` must hold as many elements as `shape`.
 * @throws InputError if it does not
 */
export function floatTensor(shape: Shape, data: ArrayLike<number>): HostTensor {
  return checked({
    dtype: 'float32',
    shape,
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  })
}

/**
 * An int32 host tensor; `data` must hold as many elements as `shape`.
 * @throws InputError if it does not
 */
export function integerTensor(shape: Shape, data: ArrayLike<number>): HostTensor {
  return checked({ dtype: 'int32', shape, data: data instanceof Int32Array ? data : Int32Array.from(data) })
}

function checked(tensor: HostTensor): HostTensor {
  if (tensor.data.length !== elementCount(tensor.shape)) {
    throw new InputError({
      who: `${tensor.dtype} tensor`,
      expected: `${elementCount(tensor.shape)} elements for shape ${formatShape(tensor.shape)}`,
      got: `${tensor.data.length}`,
      hint: 'Pass the data row by row, or another shape.',
    })
  }
  return tensor
}

/** All 0; of what is neither float32 nor int32, in float32. */
export function zeroTensor({
  shape,
  dtype,
}: {
  readonly shape: Shape
  readonly dtype: DataType
}): HostTensor {
  const count = elementCount(shape)
  return dtype === 'int32'
    ? integerTensor(shape, new Int32Array(count))
    : floatTensor(shape, new Float32Array(count))
}
