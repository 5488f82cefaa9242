import { createNode } from '../graph/node.ts'
import type { Tensor } from '../graph/operations.ts'
import { type DataType, elementCount, type Shape, sameShape } from '../graph/types.ts'

/** A tensor or a plain number, which becomes a float32 scalar. */
export type Operand = Tensor | number

export function constant(values: ArrayLike<number>, shape: Shape, type: DataType = 'float32'): Tensor {
  return createNode('constant', [], { values, shape, type })
}

export function scalar(value: number, type: DataType = 'float32'): Tensor {
  return constant([value], [], type)
}

export function filled(shape: Shape, value: number): Tensor {
  return broadcast(scalar(value), shape)
}

/** int32 0, 1, … count − 1. */
export function range(count: number): Tensor {
  return constant(
    Int32Array.from({ length: count }, (_, index) => index),
    [count],
    'int32',
  )
}

const tensorOf = (operand: Operand): Tensor => (typeof operand === 'number' ? scalar(operand) : operand)

export const negate = (x: Tensor): Tensor => createNode('negate', [x], {})
export const absolute = (x: Tensor): Tensor => createNode('absolute', [x], {})
export const exponential = (x: Tensor): Tensor => createNode('exponential', [x], {})
export const logarithm = (x: Tensor): Tensor => createNode('logarithm', [x], {})
export const squareRoot = (x: Tensor): Tensor => createNode('squareRoot', [x], {})
export const reciprocal = (x: Tensor): Tensor => createNode('reciprocal', [x], {})
export const sigmoid = (x: Tensor): Tensor => createNode('sigmoid', [x], {})
export const arctangent = (x: Tensor): Tensor => createNode('arctangent', [x], {})
export const sign = (x: Tensor): Tensor => createNode('sign', [x], {})

export const add = (a: Operand, b: Operand): Tensor => createNode('add', [tensorOf(a), tensorOf(b)], {})
export const subtract = (a: Operand, b: Operand): Tensor =>
  createNode('subtract', [tensorOf(a), tensorOf(b)], {})
export const multiply = (a: Operand, b: Operand): Tensor =>
  createNode('multiply', [tensorOf(a), tensorOf(b)], {})
export const divide = (a: Operand, b: Operand): Tensor => createNode('divide', [tensorOf(a), tensorOf(b)], {})
export const maximum = (a: Operand, b: Operand): Tensor =>
  createNode('maximum', [tensorOf(a), tensorOf(b)], {})
export const greater = (a: Operand, b: Operand): Tensor =>
  createNode('greater', [tensorOf(a), tensorOf(b)], {})
export const greaterOrEqual = (a: Operand, b: Operand): Tensor =>
  createNode('greaterOrEqual', [tensorOf(a), tensorOf(b)], {})
export const equal = (a: Tensor, b: Tensor): Tensor => createNode('equal', [a, b], {})
export const and = (a: Tensor, b: Tensor): Tensor => createNode('and', [a, b], {})
export const or = (a: Tensor, b: Tensor): Tensor => createNode('or', [a, b], {})
export const not = (x: Tensor): Tensor => createNode('not', [x], {})
export const select = (condition: Tensor, yes: Operand, no: Operand): Tensor =>
  createNode('select', [condition, tensorOf(yes), tensorOf(no)], {})

export function cast(x: Tensor, type: DataType): Tensor {
  return x.type === type ? x : createNode('cast', [x], { type })
}

/** Sums over axes, which stay with length 1. Negative axes count from the end. */
export function reduceSum(x: Tensor, ...axes: number[]): Tensor {
  return createNode('reduceSum', [x], { axes: normalized(x, axes) })
}

/** The largest along axes, which stay with length 1. */
export function reduceMaximum(x: Tensor, ...axes: number[]): Tensor {
  return createNode('reduceMaximum', [x], { axes: normalized(x, axes) })
}

/** The mean over axes, which stay with length 1. */
export function reduceMean(x: Tensor, ...axes: number[]): Tensor {
  const count = normalized(x, axes).reduce((product, axis) => product * x.shape[axis]!, 1)
  return multiply(reduceSum(x, ...axes), 1 / count)
}

/** The sum of all elements: []. */
export function sumAll(x: Tensor): Tensor {
  if (x.shape.length === 0) return x
  return reshape(reduceSum(x, ...x.shape.keys()), [])
}

function normalized(x: Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)).sort((a, b) => a - b)
}

export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : createNode('reshape', [x], { shape })
}

export function transpose(x: Tensor, ...order: number[]): Tensor {
  return order.every((axis, index) => axis === index) ? x : createNode('transpose', [x], { order })
}

export function broadcast(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : createNode('broadcast', [x], { shape })
}

export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  return start === 0 && end === x.shape[axis] ? x : createNode('slice', [x], { axis, start, end })
}

export function concatenate(axis: number, ...parts: Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : createNode('concatenate', parts, { axis })
}

export const gatherRows = (table: Tensor, indices: Tensor): Tensor =>
  createNode('gatherRows', [table, indices], {})
export const scatterAddRows = (indices: Tensor, updates: Tensor, rows: number): Tensor =>
  createNode('scatterAddRows', [indices, updates], { rows })

/** Matrix product over the last two axes; see PrimitiveAttributes.matmul. */
export function matmul(
  left: Tensor,
  right: Tensor,
  options: { transposeLeft?: boolean; transposeRight?: boolean; addend?: Tensor } = {},
): Tensor {
  const { transposeLeft = false, transposeRight = false, addend } = options
  return createNode('matmul', addend ? [left, right, addend] : [left, right], {
    transposeLeft,
    transposeRight,
  })
}

export const stopGradient = (x: Tensor): Tensor => createNode('stopGradient', [x], {})
export const after = (x: Tensor, ...first: Tensor[]): Tensor => createNode('after', [x, ...first], {})

/** The sum over the axes along which `shape` was stretched: undoes a broadcast, as its gradient needs. */
export function sumToShape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  const added = x.shape.length - shape.length
  const axes = x.shape.flatMap((length, axis) =>
    axis < added || shape[axis - added] !== length ? [axis] : [],
  )
  const summed =
    axes.length === 0 || elementCount(x.shape) === elementCount(shape) ? x : reduceSum(x, ...axes)
  return reshape(summed, shape)
}
