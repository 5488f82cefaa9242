import { elementCount, type Shape, stridesOf } from '../../graph/types.ts'

/** A computed value: floats, whole numbers and truth values (0 or 1) alike are doubles, row-major. */
export interface Value {
  readonly shape: Shape
  readonly data: Float64Array
}

/** Calls `visit` with every index of a shape, in row-major order. The array is reused between calls. */
export function forEachIndex(
  shape: Shape,
  visit: (index: readonly number[], position: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0)
  const count = elementCount(shape)
  for (let position = 0; position < count; position++) {
    visit(index, position)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
}

/** Strides that read a value as if it had `shape`: 0 along added and stretched axes. */
function stretchedStrides(from: Shape, shape: Shape): number[] {
  const strides = stridesOf(from)
  const added = shape.length - from.length
  return shape.map((_, axis) => (axis < added || from[axis - added] === 1 ? 0 : strides[axis - added]!))
}

/** [...shape] the value repeated along the axes that it lacks or that have length 1. */
export function stretch(value: Value, shape: Shape): Float64Array {
  const strides = stretchedStrides(value.shape, shape)
  return gather(value.data, shape, (index) => dot(index, strides))
}

/** [...shape] picks one element of `data` for every index. */
export function gather(
  data: Float64Array,
  shape: Shape,
  offset: (index: readonly number[]) => number,
): Float64Array {
  const result = new Float64Array(elementCount(shape))
  forEachIndex(shape, (index, position) => {
    result[position] = data[offset(index)]!
  })
  return result
}

/** The position of an index under the given strides. */
export function dot(index: readonly number[], strides: readonly number[]): number {
  let sum = 0
  for (let axis = 0; axis < strides.length; axis++) sum += index[axis]! * strides[axis]!
  return sum
}
