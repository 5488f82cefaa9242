import type { NodeOf, Operation, Primitive, Tensor } from '../graph/operations.ts'
import { rotary } from '../ops/fused.ts'
import {
  add,
  broadcast,
  cast,
  concatenate,
  divide,
  equal,
  filled,
  gatherRows,
  greaterOrEqual,
  matmul,
  multiply,
  negate,
  range,
  reciprocal,
  reduceSum,
  reshape,
  roundToBfloat16,
  scatterAddRows,
  select,
  sigmoid,
  sign,
  slice,
  squareRoot,
  subtract,
  sumToShape,
  transpose,
} from '../ops/primitives.ts'

/**
 * The gradient of a scalar loss with respect to every operand of one node, given the gradient with respect to
 * its result (`g`); null where none flows. `node` itself is the value computed forward.
 */
export type GradientRule<O extends Operation> = (
  node: NodeOf<O> & Tensor,
  g: Tensor,
) => readonly (Tensor | null)[]

/** A rule that serves several operations looks at operands and result only. */
type SharedRule = (node: Tensor, g: Tensor) => readonly (Tensor | null)[]

const none: SharedRule = ({ inputs }) => inputs.map(() => null)

/** x ↦ f(x), given f′(x) · g */
const unary =
  (derivative: (x: Tensor, y: Tensor, g: Tensor) => Tensor): SharedRule =>
  (node, g) => [derivative(node.inputs[0]!, node, g)]

/** (a, b) ↦ f(a, b): each gradient is summed over the axes along which its operand was stretched. */
const binary =
  (derivatives: (a: Tensor, b: Tensor, y: Tensor, g: Tensor) => [Tensor, Tensor]): SharedRule =>
  (node, g) => {
    const [a, b] = node.inputs as [Tensor, Tensor]
    const [ga, gb] = derivatives(a, b, node, g)
    return [sumToShape(ga, a.shape), sumToShape(gb, b.shape)]
  }

const zero = (g: Tensor): Tensor => filled(g.shape, 0)

/** One rule per primitive: the mathematics of the backward pass. */
export const primitiveRules: { readonly [P in Primitive]: GradientRule<P> } = {
  input: none,
  constant: none,
  negate: unary((_x, _y, g) => negate(g)),
  absolute: unary((x, _y, g) => multiply(g, sign(x))),
  exponential: unary((_x, y, g) => multiply(g, y)),
  logarithm: unary((x, _y, g) => divide(g, x)),
  squareRoot: unary((_x, y, g) => divide(multiply(g, 0.5), y)),
  reciprocal: unary((_x, y, g) => negate(multiply(g, multiply(y, y)))),
  sigmoid: unary((_x, y, g) => multiply(g, multiply(y, subtract(1, y)))),
  arctangent: unary((x, _y, g) => divide(g, add(1, multiply(x, x)))),
  sign: none,
  roundToBfloat16: unary((_x, _y, g) => roundToBfloat16(g)),
  add: binary((_a, _b, _y, g) => [g, g]),
  subtract: binary((_a, _b, _y, g) => [g, negate(g)]),
  multiply: binary((a, b, _y, g) => [multiply(g, b), multiply(g, a)]),
  divide: binary((_a, b, y, g) => {
    const ga = divide(g, b)
    return [ga, negate(multiply(ga, y))]
  }),
  maximum: binary((a, b, _y, g) => {
    const left = greaterOrEqual(a, b) // a tie goes to the left operand alone
    return [select(left, g, zero(g)), select(left, zero(g), g)]
  }),
  greater: none,
  greaterOrEqual: none,
  equal: none,
  and: none,
  or: none,
  not: none,
  select: ({ inputs }, g) => {
    const [condition, yes, no] = inputs as [Tensor, Tensor, Tensor]
    const [toYes, toNo] = [select(condition, g, zero(g)), select(condition, zero(g), g)]
    return [null, sumToShape(toYes, yes.shape), sumToShape(toNo, no.shape)]
  },
  cast: none, // casts between floats do not exist; the others have no slope
  reduceSum: ({ inputs }, g) => [broadcast(g, inputs[0]!.shape)],
  reduceMaximum: (node, g) => {
    const [x] = node.inputs as [Tensor]
    const largest = cast(equal(x, node), 'float32') // ties share the gradient
    return [multiply(largest, divide(g, reduceSum(largest, ...node.attributes.axes)))]
  },
  reshape: ({ inputs }, g) => [reshape(g, inputs[0]!.shape)],
  transpose: ({ attributes }, g) => [
    transpose(g, ...attributes.order.map((_, axis) => attributes.order.indexOf(axis))),
  ],
  broadcast: ({ inputs }, g) => [sumToShape(g, inputs[0]!.shape)],
  slice: ({ inputs, attributes: { axis, start, end } }, g) => {
    const { shape } = inputs[0]!
    const padding = (length: number) => filled(shape.with(axis, length), 0)
    const before = start > 0 ? [padding(start)] : []
    const behind = end < shape[axis]! ? [padding(shape[axis]! - end)] : []
    return [concatenate(axis, ...before, g, ...behind)]
  },
  concatenate: ({ inputs, attributes: { axis } }, g) => {
    let start = 0
    return inputs.map(({ shape }) => {
      const end = start + shape[axis]!
      const part = slice(g, axis, start, end)
      start = end
      return part
    })
  },
  gatherRows: ({ inputs }, g) => {
    const [table, indices] = inputs as [Tensor, Tensor]
    const rows = table.shape[0]!
    if (rows > oneHotRows) return [scatterAddRows(indices, g, rows), null]
    // A small table: one product with the one-hot indices is faster than scattering and runs everywhere.
    const count = g.shape.slice(0, -1).reduce((product, length) => product * length, 1)
    const hot = cast(equal(reshape(indices, [count, 1]), range(rows)), 'float32') // [N, R]
    return [matmul(hot, reshape(g, [count, table.shape[1]!]), { transposeLeft: true }), null]
  },
  scatterAddRows: ({ inputs }, g) => [null, gatherRows(g, inputs[0]!)],
  matmul: ({ inputs, attributes: { transposeLeft, transposeRight } }, g) => {
    const [a, b, addend] = inputs as [Tensor, Tensor, Tensor?]
    const ga = transposeLeft
      ? matmul(b, g, { transposeLeft: transposeRight, transposeRight: true })
      : matmul(g, b, { transposeRight: !transposeRight })
    const gb = transposeRight
      ? matmul(g, a, { transposeLeft: true, transposeRight: transposeLeft })
      : matmul(a, g, { transposeLeft: !transposeLeft })
    return addend ? [ga, gb, g] : [ga, gb]
  },
  stopGradient: none,
  after: ({ inputs }, g) => [g, ...inputs.slice(1).map(() => null)],
}

/** Tables of up to this many rows get their gradient from a product with one-hot indices. */
const oneHotRows = 1024

/**
 * Fused operations whose gradient is better written down than derived from the expansion: it needs less memory
 * or keeps the forward value fused. Tests hold both equal.
 */
export const fusedRules: { readonly [F in 'rmsNorm' | 'swiglu' | 'softmax' | 'rotary']: GradientRule<F> } = {
  // y = x·r with r = rsqrt(mean x² + ε): dx = r · (g − y · mean(g·y))
  rmsNorm: (node, g) => {
    const [x] = node.inputs as [Tensor]
    const { axis, epsilon } = node.attributes
    const scale = 1 / x.shape[axis]!
    const meanSquare = multiply(reduceSum(multiply(x, x), axis), scale)
    const inverse = reciprocal(squareRoot(add(meanSquare, epsilon)))
    const projection = multiply(reduceSum(multiply(g, node), axis), scale)
    return [multiply(subtract(g, multiply(node, projection)), inverse)]
  },
  // y = s·u with s = silu(gate) = gate·σ: du = g·s, dgate = g·u · (σ + s·(1 − σ))
  swiglu: ({ inputs }, g) => {
    const [gate, up] = inputs as [Tensor, Tensor]
    const gateSigmoid = sigmoid(gate)
    const silu = multiply(gate, gateSigmoid)
    const slope = add(gateSigmoid, multiply(silu, subtract(1, gateSigmoid)))
    return [multiply(multiply(g, up), slope), multiply(g, silu)]
  },
  softmax: (node, g) => {
    const weighted = multiply(g, node)
    return [subtract(weighted, multiply(node, reduceSum(weighted, -1)))]
  },
  // A rotation is undone by the opposite one.
  rotary: ({ inputs }, g) => [rotary(g, inputs[1]!, negate(inputs[2]!)), null, null],
}
