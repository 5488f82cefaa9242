import { InputError } from '../../errors.ts'
import type { AttributesOf, Primitive } from '../../graph/operations.ts'
import { elementCount, type Shape, stridesOf } from '../../graph/types.ts'
import { nearestBfloat16 } from '../../ops/bfloat16.ts'
import { dot, forEachIndex, gather, stretch, type Value } from './values.ts'

/** Computes the elements of a node of this shape from the values of its operands. */
export type Kernel<P extends Primitive> = (
  operands: readonly Value[],
  shape: Shape,
  attributes: AttributesOf<P>,
) => Float64Array

/** A kernel that needs no attributes. */
type PlainKernel = (operands: readonly Value[], shape: Shape) => Float64Array

/** Kernels for everything but inputs, whose values come from outside. */
export type Computed = Exclude<Primitive, 'input'>

const unary =
  (compute: (x: number) => number): PlainKernel =>
  ([x]) =>
    x!.data.map(compute)

const binary =
  (compute: (left: number, right: number) => number): PlainKernel =>
  ([left, right], shape) => {
    const others = stretch(right!, shape)
    return stretch(left!, shape).map((value, position) => compute(value, others[position]!))
  }

const reduction =
  (start: number, combine: (total: number, value: number) => number) =>
  ([x]: readonly Value[], shape: Shape, attributes: AttributesOf<'reduceSum'>): Float64Array => {
    const result = new Float64Array(elementCount(shape)).fill(start)
    const strides = stridesOf(shape).map((stride, axis) => (attributes.axes.includes(axis) ? 0 : stride))
    forEachIndex(x!.shape, (index, position) => {
      const target = dot(index, strides)
      result[target] = combine(result[target]!, x!.data[position]!)
    })
    return result
  }

const identity: PlainKernel = ([x]) => x!.data

/** The meaning of every primitive, in doubles and in the plainest form: what other executors are held against. */
export const kernels: { readonly [P in Computed]: Kernel<P> } = {
  constant: (_, _shape, attributes) => Float64Array.from(attributes.values),
  negate: unary((x) => -x),
  absolute: unary(Math.abs),
  exponential: unary(Math.exp),
  logarithm: unary(Math.log),
  squareRoot: unary(Math.sqrt),
  reciprocal: unary((x) => 1 / x),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  arctangent: unary(Math.atan),
  sign: unary(Math.sign),
  roundToBfloat16: unary(nearestBfloat16),
  add: binary((left, right) => left + right),
  subtract: binary((left, right) => left - right),
  multiply: binary((left, right) => left * right),
  divide: binary((left, right) => left / right),
  maximum: binary(Math.max),
  greater: binary((left, right) => Number(left > right)),
  greaterOrEqual: binary((left, right) => Number(left >= right)),
  equal: binary((left, right) => Number(left === right)),
  and: binary((left, right) => left * right),
  or: binary(Math.max),
  not: unary((x) => 1 - x),
  select: ([condition, yes, no], shape) => {
    const [whenTrue, whenFalse] = [stretch(yes!, shape), stretch(no!, shape)]
    return stretch(condition!, shape).map((holds, position) => (holds ? whenTrue : whenFalse)[position]!)
  },
  cast: ([x], _shape, { dtype }) => {
    if (dtype === 'bool') return x!.data.map((value) => Number(value !== 0))
    return dtype === 'int32' ? x!.data.map(Math.trunc) : x!.data
  },
  reduceSum: reduction(0, (total, value) => total + value),
  reduceMaximum: reduction(Number.NEGATIVE_INFINITY, Math.max),
  reshape: identity,
  transpose: ([x], shape, attributes) => {
    const strides = stridesOf(x!.shape)
    const moved = attributes.order.map((axis) => strides[axis]!)
    return gather(x!.data, shape, (index) => dot(index, moved))
  },
  broadcast: ([x], shape) => stretch(x!, shape),
  slice: ([x], shape, { axis, start }) => {
    const strides = stridesOf(x!.shape)
    return gather(x!.data, shape, (index) => dot(index, strides) + start * strides[axis]!)
  },
  concatenate: (operands, shape, { axis }) => {
    const result = new Float64Array(elementCount(shape))
    const strides = stridesOf(shape)
    let offset = 0
    for (const { shape: part, data } of operands) {
      forEachIndex(part, (index, position) => {
        result[offset * strides[axis]! + dot(index, strides)] = data[position]!
      })
      offset += part[axis]!
    }
    return result
  },
  gatherRows: ([table, indices], shape) => {
    const [rows, width] = table!.shape as [number, number]
    const result = new Float64Array(elementCount(shape))
    indices!.data.forEach((row, position) => {
      checkRow('gatherRows', row, rows)
      result.set(table!.data.subarray(row * width, (row + 1) * width), position * width)
    })
    return result
  },
  scatterAddRows: ([indices, updates], shape) => {
    const [rows, width] = shape as [number, number]
    const result = new Float64Array(rows * width)
    indices!.data.forEach((row, position) => {
      checkRow('scatterAddRows', row, rows)
      for (let column = 0; column < width; column++) {
        const target = row * width + column
        result[target] = result[target]! + updates!.data[position * width + column]!
      }
    })
    return result
  },
  matmul: ([left, right, addend], shape, { transposeLeft, transposeRight }) => {
    const [m, n] = shape.slice(-2) as [number, number]
    const k = left!.shape.at(transposeLeft ? -2 : -1)!
    // Distance between neighbours along the row and along the column axis of each factor as it is multiplied.
    const [leftRow, leftColumn] = transposeLeft ? [1, m] : [k, 1]
    const [rightRow, rightColumn] = transposeRight ? [1, k] : [n, 1]
    return new Float64Array(elementCount(shape)).map((_, position) => {
      const [column, row] = [position % n, Math.floor(position / n) % m]
      const matrix = Math.floor(position / (m * n))
      const [leftStart, rightStart] = [matrix * m * k + row * leftRow, matrix * k * n + column * rightColumn]
      let sum = addend ? addend.data[position]! : 0
      for (let inner = 0; inner < k; inner++) {
        sum += left!.data[leftStart + inner * leftColumn]! * right!.data[rightStart + inner * rightRow]!
      }
      return sum
    })
  },
  stopGradient: identity,
  after: identity,
}

function checkRow(who: string, row: number, rows: number): void {
  if (row >= 0 && row < rows) return
  throw new InputError({
    who,
    expected: `indices from 0 to ${rows - 1}`,
    got: String(row),
    hint: 'Check the labels or tokens that were fed; masked positions need a valid index too.',
  })
}
