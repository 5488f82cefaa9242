import { createNode } from '../graph/node.ts'
import type { Tensor } from '../graph/operations.ts'
import { type DataType, elementCount, type Shape, sameShape } from '../graph/types.ts'

/** A tensor or a plain number, which becomes a float32 scalar. */
export type Operand = Tensor | number

/**
 * Numbers that are part of the program: values in row-major order → shape, of that type. No gradient.
 * @throws InputError if there are not as many values as the shape has elements
 */
export function constant(values: ArrayLike<number>, shape: Shape, dtype: DataType = 'float32'): Tensor {
  return createNode('constant', [], { values, shape, dtype })
}

/** A single number: → [], of that type. No gradient. */
export function scalar(value: number, dtype: DataType = 'float32'): Tensor {
  return constant([value], [], dtype)
}

/** The same number everywhere: → shape, float32. No gradient. */
export function filled(shape: Shape, value: number): Tensor {
  return broadcast(scalar(value), shape)
}

/** 0, 1, … count − 1: → [count], int32. No gradient. */
export function range(count: number): Tensor {
  return constant(
    Int32Array.from({ length: count }, (_, index) => index),
    [count],
    'int32',
  )
}

const tensorOf = (operand: Operand): Tensor => (typeof operand === 'number' ? scalar(operand) : operand)

/**
 * −x, element by element. x: float32 [...] → the same. Gradient: −g.
 * @throws InputError if x is not float32
 */
export const negate = (x: Tensor): Tensor => createNode('negate', [x], {})

/**
 * |x|, element by element. x: float32 [...] → the same. Gradient: g · sign(x).
 * @throws InputError if x is not float32
 */
export const absolute = (x: Tensor): Tensor => createNode('absolute', [x], {})

/**
 * eˣ, element by element. x: float32 [...] → the same. Gradient: g · eˣ.
 * @throws InputError if x is not float32
 */
export const exponential = (x: Tensor): Tensor => createNode('exponential', [x], {})

/**
 * ln x; −∞ at 0, NaN below, element by element. x: float32 [...] → the same. Gradient: g / x.
 * @throws InputError if x is not float32
 */
export const logarithm = (x: Tensor): Tensor => createNode('logarithm', [x], {})

/**
 * √x; NaN below 0, element by element. x: float32 [...] → the same. Gradient: g / (2√x), which is infinite at 0.
 * @throws InputError if x is not float32
 */
export const squareRoot = (x: Tensor): Tensor => createNode('squareRoot', [x], {})

/**
 * 1 / x, element by element. x: float32 [...] → the same. Gradient: −g / x².
 * @throws InputError if x is not float32
 */
export const reciprocal = (x: Tensor): Tensor => createNode('reciprocal', [x], {})

/**
 * 1 / (1 + e⁻ˣ), element by element. x: float32 [...] → the same. Gradient: g · y · (1 − y).
 * @throws InputError if x is not float32
 */
export const sigmoid = (x: Tensor): Tensor => createNode('sigmoid', [x], {})

/**
 * arctan x, in −π/2..π/2, element by element. x: float32 [...] → the same. Gradient: g / (1 + x²).
 * @throws InputError if x is not float32
 */
export const arctangent = (x: Tensor): Tensor => createNode('arctangent', [x], {})

/**
 * −1, 0 or 1, element by element. x: float32 [...] → the same. Gradient: none.
 * @throws InputError if x is not float32
 */
export const sign = (x: Tensor): Tensor => createNode('sign', [x], {})

/**
 * The nearest number that bfloat16 has: 8 significant bits, the exponents of float32; of two equally near ones the even
 * one, beyond 3.39e38 an infinity. x: float32 [...] → the same, still stored as float32. Gradient: g rounded likewise, as
 * if x and the result were two types with a cast between them (PyTorch's rule).
 * @throws InputError if x is not float32
 */
export const roundToBfloat16 = (x: Tensor): Tensor => createNode('roundToBfloat16', [x], {})

/**
 * a + b. a, b: float32, broadcast against each other → float32.
 * Gradient: g to both, each summed over the axes along which the operand was stretched.
 * @throws InputError if an operand is not float32, or the shapes do not broadcast
 */
export const add = (a: Operand, b: Operand): Tensor => createNode('add', [tensorOf(a), tensorOf(b)], {})

/**
 * a − b. a, b: float32, broadcast against each other → float32.
 * Gradient: g and −g, each summed over the axes along which the operand was stretched.
 * @throws InputError if an operand is not float32, or the shapes do not broadcast
 */
export const subtract = (a: Operand, b: Operand): Tensor =>
  createNode('subtract', [tensorOf(a), tensorOf(b)], {})

/**
 * a · b, element by element. a, b: float32, broadcast against each other → float32.
 * Gradient: g · b and g · a, each summed over the axes along which the operand was stretched.
 * @throws InputError if an operand is not float32, or the shapes do not broadcast
 */
export const multiply = (a: Operand, b: Operand): Tensor =>
  createNode('multiply', [tensorOf(a), tensorOf(b)], {})

/**
 * a / b, element by element. a, b: float32, broadcast against each other → float32.
 * Gradient: g / b and −g · a / b², each summed over the axes along which the operand was stretched.
 * @throws InputError if an operand is not float32, or the shapes do not broadcast
 */
export const divide = (a: Operand, b: Operand): Tensor => createNode('divide', [tensorOf(a), tensorOf(b)], {})

/**
 * The larger of a and b, element by element. a, b: float32, broadcast against each other → float32. Gradient: g to the
 * larger operand, of equal ones to a, each summed over the axes along which the operand was stretched.
 * @throws InputError if an operand is not float32, or the shapes do not broadcast
 */
export const maximum = (a: Operand, b: Operand): Tensor =>
  createNode('maximum', [tensorOf(a), tensorOf(b)], {})

/**
 * Whether a > b, element by element. a, b: float32 or int32, both the same, broadcast → bool. No gradient.
 * @throws InputError if the types differ or are bool, or the shapes do not broadcast
 */
export const greater = (a: Operand, b: Operand): Tensor =>
  createNode('greater', [tensorOf(a), tensorOf(b)], {})

/**
 * Whether a ≥ b, element by element. a, b: float32 or int32, both the same, broadcast → bool. No gradient.
 * @throws InputError if the types differ or are bool, or the shapes do not broadcast
 */
export const greaterOrEqual = (a: Operand, b: Operand): Tensor =>
  createNode('greaterOrEqual', [tensorOf(a), tensorOf(b)], {})

/**
 * Whether a = b, element by element. a, b: float32 or int32, both the same, broadcast → bool. No gradient.
 * @throws InputError if the types differ or are bool, or the shapes do not broadcast
 */
export const equal = (a: Tensor, b: Tensor): Tensor => createNode('equal', [a, b], {})

/**
 * Whether both hold. a, b: bool, broadcast → bool. No gradient.
 * @throws InputError if an operand is not bool, or the shapes do not broadcast
 */
export const and = (a: Tensor, b: Tensor): Tensor => createNode('and', [a, b], {})

/**
 * Whether one of them holds, or both. a, b: bool, broadcast → bool. No gradient.
 * @throws InputError if an operand is not bool, or the shapes do not broadcast
 */
export const or = (a: Tensor, b: Tensor): Tensor => createNode('or', [a, b], {})

/**
 * The opposite. x: bool [...] → the same. No gradient.
 * @throws InputError if x is not bool
 */
export const not = (x: Tensor): Tensor => createNode('not', [x], {})

/**
 * `yes` where the condition holds, `no` elsewhere. condition: bool; yes, no: float32 or int32, both the same; all three
 * broadcast → the type of `yes`. Gradient: g to the operand that was chosen, 0 to the other, none to the condition.
 * @throws InputError if the types do not fit, or the shapes do not broadcast
 */
export const select = (condition: Tensor, yes: Operand, no: Operand): Tensor =>
  createNode('select', [condition, tensorOf(yes), tensorOf(no)], {})

/**
 * The same values in another type. x: [...] → the same shape; float32 to int32 drops the fraction. Gradient: none, of a
 * cast to the type that x has already: g.
 */
export function cast(x: Tensor, dtype: DataType): Tensor {
  return x.dtype === dtype ? x : createNode('cast', [x], { dtype })
}

/**
 * The sum along axes. x: float32 → the same shape with length 1 at those axes; a negative axis counts from the end.
 * Gradient: g, stretched back.
 * @throws InputError if x is not float32, no axis is given, or one does not exist
 */
export function reduceSum(x: Tensor, ...axes: number[]): Tensor {
  return createNode('reduceSum', [x], { axes: normalized(x, axes) })
}

/**
 * The largest along axes. x: float32 → the same shape with length 1 at those axes; a negative axis counts from the end.
 * Gradient: g to the largest, shared equally between ties.
 * @throws InputError if x is not float32, no axis is given, or one does not exist
 */
export function reduceMaximum(x: Tensor, ...axes: number[]): Tensor {
  return createNode('reduceMaximum', [x], { axes: normalized(x, axes) })
}

/**
 * The mean along axes. x: float32 → the same shape with length 1 at those axes; a negative axis counts from the end.
 * Gradient: g / count, stretched back.
 * @throws InputError if x is not float32, no axis is given, or one does not exist
 */
export function reduceMean(x: Tensor, ...axes: number[]): Tensor {
  const count = normalized(x, axes).reduce((product, axis) => product * x.shape[axis]!, 1)
  return multiply(reduceSum(x, ...axes), 1 / count)
}

/**
 * The sum of all elements. x: float32 [...] → []. Gradient: g everywhere.
 * @throws InputError if x is not float32
 */
export function sumAll(x: Tensor): Tensor {
  if (x.shape.length === 0) return x
  return reshape(reduceSum(x, ...x.shape.keys()), [])
}

function normalized(x: Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)).sort((a, b) => a - b)
}

/**
 * The same elements in row-major order in another shape. x: any type [...] → shape. Gradient: g in the shape of x.
 * @throws InputError if the numbers of elements differ
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : createNode('reshape', [x], { shape })
}

/**
 * Axes in another order: axis i of the result is axis order[i] of x. x: any type. Gradient: g in the order of x.
 * @throws InputError if the order does not name every axis once
 */
export function transpose(x: Tensor, ...order: number[]): Tensor {
  return order.every((axis, index) => axis === index) ? x : createNode('transpose', [x], { order })
}

/**
 * Axes of length 1, and axes missing in front, stretched to a shape. x: any type → shape. Gradient: g, summed over them.
 * @throws InputError if an axis has another length that is not 1
 */
export function broadcast(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : createNode('broadcast', [x], { shape })
}

/**
 * Entries start..end − 1 along one axis (from 0, not negative). x: any type [..., n, ...] → [..., end − start, ...].
 * Gradient: g at its place, 0 elsewhere.
 * @throws InputError if the range is empty or leaves the axis
 */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  return start === 0 && end === x.shape[axis] ? x : createNode('slice', [x], { axis, start, end })
}

/**
 * Parts one after the other along an axis (from 0, not negative). parts: one type, alike but for that axis. Gradient: to
 * each part its piece of g.
 * @throws InputError if the parts differ in type or along another axis
 */
export function concatenate(axis: number, ...parts: Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : createNode('concatenate', parts, { axis })
}

/**
 * Rows of a table. table: float32 [R, D], indices: int32 [...], 0..R − 1 → float32 [..., D]. Gradient: to the table, g
 * summed by row; none to the indices.
 * @throws InputError if a type or the rank of the table does not fit
 */
export const gatherRows = (table: Tensor, indices: Tensor): Tensor =>
  createNode('gatherRows', [table, indices], {})

/**
 * Sums rows into a table of zeros; the transpose of `gatherRows`. indices: int32 [...], 0..rows − 1, updates: float32
 * [..., D] → float32 [rows, D]. Gradient: to the updates, the rows of g.
 * @throws InputError if there is not one row of updates for each index
 */
export const scatterAddRows = (indices: Tensor, updates: Tensor, rows: number): Tensor =>
  createNode('scatterAddRows', [indices, updates], { rows })

/**
 * Matrix product over the last two axes, the leading ones being equal. left: float32 [..., M, K], right: float32 [...,
 * K, N] → [..., M, N]; either may be stored transposed. `addend` [M, N], of 2-D products only, is added. Gradient: g ·
 * rightᵀ, leftᵀ · g, and g to the addend.
 * @throws InputError if a type or shape does not fit
 */
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

/** x itself, but no gradient goes through. x: any type and shape → the same. */
export const stopGradient = (x: Tensor): Tensor => createNode('stopGradient', [x], {})

/** x itself, but not before `first` have been computed. x: any type and shape → the same. Gradient: g to x alone. */
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
