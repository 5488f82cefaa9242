/**
 * Values in float64 together with how far an executor that computes in float32 may be from them: the rounding of every
 * operation, carried through all that follow (forward error analysis, Higham, Accuracy and Stability of Numerical
 * Algorithms, 2002, chapter 3).
 */
import { kernels } from '../../src/executors/reference/kernels.ts'
import { dot, forEachIndex, stretch } from '../../src/executors/reference/values.ts'
import {
  type AttributesOf,
  type Fused,
  isPrimitive,
  type Node,
  type NodeOf,
  type Primitive,
} from '../../src/graph/operations.ts'
import { elementCount, type HostTensor, type Shape, stridesOf } from '../../src/graph/types.ts'
import { nearestBfloat16 } from '../../src/ops/bfloat16.ts'
import { expand } from '../../src/ops/expansions.ts'

/** Values of a node, and for each the largest error that rounding may make; infinite where nothing is known. */
export interface Bounded {
  readonly shape: Shape
  readonly data: Float64Array
  readonly errors: Float64Array
}

/** Half the distance of float32 numbers around 1. */
const unit = 2 ** -24
/** What vanishes or loses digits because it is too small for float32. */
const tiny = 2 ** -125
/** Functions in float32 are exact to a few units in the last place only. */
const functionUnits = 8
const largest = 3.4e38

type Kernel = (operands: readonly Bounded[], shape: Shape, attributes: never) => Float64Array
type ErrorRule = (operands: readonly Bounded[], result: Float64Array, node: Node) => Float64Array

const isUnknown = (error: number): boolean => !(error < Number.POSITIVE_INFINITY)
const known = (error: number): number => (isUnknown(error) ? Number.POSITIVE_INFINITY : error)

/** A rule for one element at a time: operands stretched to the shape of the result. */
const elementwise =
  (rule: (values: readonly number[], errors: readonly number[], result: number) => number): ErrorRule =>
  (operands, result, node) => {
    const values = operands.map((operand) => stretch(operand, node.shape))
    const errors = operands.map(({ shape, errors: data }) => stretch({ shape, data }, node.shape))
    return result.map((value, index) => {
      const given = errors.map((list) => list[index]!)
      return rule(
        values.map((list) => list[index]!),
        given,
        value,
      )
    })
  }

/** A rule for functions that only rise or only fall between x − e and x + e. */
const monotone = (compute: (x: number) => number, units: number): ErrorRule =>
  elementwise(([x], [e], y) => {
    if (e === 0) return Number.isFinite(y) ? units * unit * Math.abs(y) + tiny : 0
    const reach = Math.max(Math.abs(compute(x! + e!) - y), Math.abs(compute(x! - e!) - y))
    return reach + units * unit * (Math.abs(y) + reach) + tiny
  })

const sameError: ErrorRule = elementwise(([_x], [e]) => e!)

const sum: ErrorRule = elementwise(
  ([a, b], [ea, eb], y) =>
    ea! + eb! + (Number.isFinite(y) ? unit * (Math.abs(y) + ea! + eb!) : Math.abs(a! + b!) * 0),
)

/** Truth values are 0 or 1, and are in doubt by 1 where rounding may turn the comparison round. */
const comparison: ErrorRule = elementwise(([a, b], [ea, eb]) => {
  const reach = ea! + eb!
  return reach > 0 && !(Math.abs(a! - b!) > reach) ? 1 : 0
})

const logic: ErrorRule = elementwise((_values, errors) => Math.max(...errors))

/** Moves errors with the kernel that moves the values. */
const moved: ErrorRule = (operands, _result, node) => {
  const kernel = kernels[node.operation as 'reshape'] as unknown as Kernel
  const [first, ...others] = operands
  const errorOperands =
    node.operation === 'concatenate' ? operands.map(errorsOf) : [errorsOf(first!), ...others]
  return kernel(errorOperands, node.shape, node.attributes as never)
}

const errorsOf = ({ shape, errors }: Bounded): Bounded => ({ shape, data: errors, errors })

const absolutes = ({ shape, data, errors }: Bounded): Bounded => ({
  shape,
  data: data.map((value, index) => Math.abs(value) + errors[index]!),
  errors,
})

/** For sums: errors of the terms, and one rounding of the sum of all magnitudes for every term. */
const summed =
  (terms: (node: Node) => number): ErrorRule =>
  (operands, _result, node) => {
    const kernel = kernels[node.operation as 'reduceSum'] as unknown as Kernel
    const ofErrors = moved(operands, _result, node)
    const magnitude = kernel(operands.map(absolutes), node.shape, node.attributes as never)
    return ofErrors.map((error, index) => error + (terms(node) + 1) * unit * magnitude[index]! + tiny)
  }

const reducedCount = (node: Node): number => elementCount(node.inputs[0]!.shape) / elementCount(node.shape)

/** For every operation: how its own rounding and the errors of its operands become the error of its result. */
const errorRules: { readonly [P in Primitive]: ErrorRule } = {
  input: (_operands, result) => new Float64Array(result.length),
  constant: (_operands, result, node) =>
    result.map((value) =>
      node.dtype === 'float32' && Number.isFinite(value) && Math.fround(value) !== value
        ? unit * Math.abs(value) + tiny
        : 0,
    ),
  negate: sameError,
  absolute: sameError,
  exponential: monotone(Math.exp, functionUnits),
  logarithm: monotone(Math.log, functionUnits),
  squareRoot: monotone(Math.sqrt, 2),
  reciprocal: elementwise(([x], [e], y) => {
    if (e === 0) return Number.isFinite(y) ? 2 * unit * Math.abs(y) + tiny : 0
    if (!(Math.abs(x!) > e!)) return Number.POSITIVE_INFINITY
    const reach = 1 / (Math.abs(x!) - e!) - Math.abs(y)
    return reach + 2 * unit * (Math.abs(y) + reach) + tiny
  }),
  sigmoid: monotone((x) => 1 / (1 + Math.exp(-x)), functionUnits),
  arctangent: monotone(Math.atan, functionUnits),
  // A step of the staircase further where rounding before it may have crossed one.
  roundToBfloat16: elementwise(([x], [e], y) =>
    e === 0 ? 0 : Math.max(Math.abs(nearestBfloat16(x! + e!) - y), Math.abs(nearestBfloat16(x! - e!) - y)),
  ),
  sign: elementwise(([x], [e]) => (e! > 0 && !(Math.abs(x!) > e!) ? 2 : 0)),
  add: sum,
  subtract: sum,
  multiply: elementwise(
    ([a, b], [ea, eb], y) =>
      Math.abs(a!) * eb! +
      Math.abs(b!) * ea! +
      ea! * eb! +
      (Number.isFinite(y) ? unit * Math.abs(y) + tiny : 0),
  ),
  divide: elementwise(([a, b], [ea, eb], y) => {
    if (ea === 0 && eb === 0) return Number.isFinite(y) ? 2 * unit * Math.abs(y) + tiny : 0
    if (!(Math.abs(b!) > eb!)) return Number.POSITIVE_INFINITY
    const reach = (ea! + Math.abs(y) * eb!) / (Math.abs(b!) - eb!)
    return a === 0 && ea === 0 ? tiny : reach + 2 * unit * (Math.abs(y) + reach) + tiny
  }),
  maximum: logic,
  greater: comparison,
  greaterOrEqual: comparison,
  equal: comparison,
  and: logic,
  or: logic,
  not: sameError,
  select: elementwise(([condition, yes, no], [doubt, ey, en]) => {
    if (doubt! > 0) return Math.abs(yes! - no!) + Math.max(ey!, en!)
    return condition ? ey! : en!
  }),
  cast: (operands, result, node) => {
    const from = node.inputs[0]!.dtype
    return elementwise(([x], [e]) => {
      if (node.dtype === 'bool') return e! > 0 && !(Math.abs(x!) > e!) ? 1 : 0
      if (from !== 'float32')
        return node.dtype === 'float32' ? e! + unit * Math.abs(x!) * Number(x! > 2 ** 24) : e!
      if (!(Math.abs(x!) + e! < 2 ** 31)) return Number.POSITIVE_INFINITY
      return Math.trunc(x! + e!) - Math.trunc(x! - e!)
    })(operands, result, node)
  },
  reduceSum: summed(reducedCount),
  reduceMaximum: (operands, _result, node) => {
    // No further off than the largest error among all that are compared.
    const { axes } = node.attributes as AttributesOf<'reduceMaximum'>
    const largestError = new Float64Array(elementCount(node.shape))
    const strides = stridesOf(node.shape).map((stride, axis) => (axes.includes(axis) ? 0 : stride))
    forEachIndex(operands[0]!.shape, (index, position) => {
      const target = dot(index, strides)
      const error = known(operands[0]!.errors[position]!)
      if (error > largestError[target]!) largestError[target] = error
    })
    return largestError
  },
  reshape: moved,
  transpose: moved,
  broadcast: moved,
  slice: moved,
  concatenate: moved,
  gatherRows: (operands, _result, node) => {
    const kernel = kernels.gatherRows as unknown as Kernel
    return kernel([errorsOf(operands[0]!), operands[1]!], node.shape, node.attributes as never)
  },
  scatterAddRows: ([indices, updates], _result, node) => {
    const kernel = kernels.scatterAddRows as unknown as Kernel
    const of = (updated: Bounded) => kernel([indices!, updated], node.shape, node.attributes as never)
    const [ofErrors, magnitudes] = [of(errorsOf(updates!)), of(absolutes(updates!))]
    const count = elementCount(node.inputs[0]!.shape)
    return ofErrors.map((error, index) => error + (count + 1) * unit * magnitudes[index]! + tiny)
  },
  matmul: ([left, right, addend], _result, node) => {
    const { transposeLeft } = node.attributes as AttributesOf<'matmul'>
    const depth = node.inputs[0]!.shape.at(transposeLeft ? -2 : -1)!
    const kernel = kernels.matmul as unknown as Kernel
    const zero: Bounded[] = []
    const of = (a: Bounded, b: Bounded, c = zero) =>
      kernel([a, b, ...c], node.shape, node.attributes as never)
    const [sizeLeft, sizeRight] = [absolutes(left!), absolutes(right!)]
    const plain = { ...left!, data: left!.data.map(Math.abs) }
    const fromRight = of(plain, errorsOf(right!))
    const fromLeft = of(errorsOf(left!), sizeRight)
    const magnitude = of(sizeLeft, sizeRight, addend ? [absolutes(addend)] : zero)
    return magnitude.map(
      (size, index) =>
        fromLeft[index]! +
        fromRight[index]! +
        (addend?.errors[index] ?? 0) +
        (depth + 2) * unit * size +
        tiny,
    )
  },
  stopGradient: moved,
  after: moved,
}

/** Computes nodes of one graph for one set of inputs, each once. */
export class BoundedValues {
  readonly #known = new Map<Node, Bounded>()

  setInput(node: Node, { shape, data }: HostTensor): void {
    this.#known.set(node, { shape, data: Float64Array.from(data), errors: new Float64Array(data.length) })
  }

  of(node: Node): Bounded {
    const before = this.#known.get(node)
    if (before) return before
    const value = isPrimitive(node.operation) ? this.#primitive(node) : this.of(expand(node as NodeOf<Fused>))
    this.#known.set(node, value)
    return value
  }

  #primitive(node: Node): Bounded {
    const operation = node.operation as Exclude<Primitive, 'input'>
    const operands = node.inputs.map((input) => this.of(input))
    const kernel = kernels[operation] as unknown as Kernel
    const data = kernel(operands, node.shape, node.attributes as never)
    const errors = errorRules[operation](operands, data, node)
    for (const [index, error] of errors.entries()) {
      // What does not fit float32 becomes infinite there.
      const isBeyond = Number.isFinite(data[index]!) && Math.abs(data[index]!) + error > largest
      errors[index] = isBeyond ? Number.POSITIVE_INFINITY : known(error)
    }
    return { shape: node.shape, data, errors }
  }
}
