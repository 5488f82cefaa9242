/** How the fuzzer uses every operation: one without an entry does not compile. */
import type { Node, Operation, Tensor } from '../../src/graph/operations.ts'
import { elementCount, type Shape } from '../../src/graph/types.ts'
import * as fused from '../../src/ops/fused.ts'
import * as ops from '../../src/ops/primitives.ts'
import type { Draw } from './draw.ts'

/** Makes a value of the pool's; undefined where the draw does not fit. */
type Builder = (draw: Draw) => Node | undefined

const unary =
  (build: (x: Node) => Node): Builder =>
  (draw) =>
    build(draw.float())

/** Of values above 0. */
const positive =
  (build: (x: Node) => Node): Builder =>
  (draw) =>
    build(ops.add(ops.absolute(draw.float()), 0.25))

const broadcasting = (
  draw: Draw,
  build: (a: Node, b: Node) => Node,
  dtype: 'float32' | 'int32' = 'float32',
) => {
  const shape = draw.operand(
    () => true,
    () => draw.shape(),
    dtype,
  )
  const other = draw.stretching(shape.shape, dtype)
  return draw.chance(0.5) ? build(shape, other) : build(other, shape)
}

const binary =
  (build: (a: Node, b: Node) => Node): Builder =>
  (draw) =>
    broadcasting(draw, build)

const comparing =
  (build: (a: Node, b: Node) => Node): Builder =>
  (draw) =>
    broadcasting(draw, build, draw.chance(0.3) ? 'int32' : 'float32')

const truth = (draw: Draw, shape?: Shape): Node =>
  shape
    ? draw.stretching(shape, 'bool')
    : draw.operand(
        () => true,
        () => draw.shape(),
        'bool',
      )

const logic =
  (build: (a: Node, b: Node) => Node): Builder =>
  (draw) => {
    const first = truth(draw)
    return build(first, truth(draw, first.shape))
  }

const anyType = (draw: Draw): Node =>
  draw.operand(
    () => true,
    () => draw.shape(),
    draw.chance(0.8) ? 'float32' : draw.chance(0.5) ? 'int32' : 'bool',
  )

const reduction =
  (build: (x: Node, ...axes: number[]) => Node): Builder =>
  (draw) => {
    const x = draw.ranked()
    return build(x, ...draw.axes(x.shape))
  }

const product: Builder = (draw) => {
  const left = draw.ranked(2)
  const [transposeLeft, transposeRight] = [draw.chance(0.4), draw.chance(0.4)]
  const leading = left.shape.slice(0, -2)
  const [depth, rows] = [left.shape.at(transposeLeft ? -2 : -1)!, left.shape.at(transposeLeft ? -1 : -2)!]
  const inner = transposeRight ? -1 : -2
  const right = draw.operand(
    ({ shape }) =>
      shape.length === left.shape.length && shape.at(inner) === depth && startsWith(shape, leading),
    () => {
      const columns = draw.length()
      return [...leading, ...(transposeRight ? [columns, depth] : [depth, columns])]
    },
  )
  const columns = right.shape.at(transposeRight ? -2 : -1)!
  const addend = leading.length === 0 && draw.chance(0.3) ? draw.like([rows, columns]) : undefined
  const options = { transposeLeft, transposeRight, ...(addend && { addend }) }
  return maybeInBfloat16(draw, left, right, (a, b) => ops.matmul(a, b, options))
}

/** Factors, and often the product, are rounded as a model in bfloat16 does it. */
function maybeInBfloat16(
  draw: Draw,
  left: Tensor,
  right: Tensor,
  multiply: (left: Tensor, right: Tensor) => Tensor,
): Tensor {
  if (!draw.chance(0.3)) return multiply(left, right)
  const product = multiply(ops.roundToBfloat16(left), ops.roundToBfloat16(right))
  return draw.chance(0.6) ? ops.roundToBfloat16(product) : product
}

/** Products whose inner axis is cut into blocks, or whose right factor is wide. */
const largeProduct: Builder = (draw) => {
  const [rows, depth, columns] = draw.pick([
    [5, 780, 9],
    [17, 1100, 12],
    [9, 40, 600],
    [66, 300, 40],
    [13, 520, 140],
  ] as const)
  const [transposeLeft, transposeRight] = [draw.chance(0.5), draw.chance(0.5)]
  const left = draw.fresh(transposeLeft ? [depth, rows] : [rows, depth])
  const right = draw.fresh(transposeRight ? [columns, depth] : [depth, columns])
  return maybeInBfloat16(draw, left, right, (a, b) => ops.matmul(a, b, { transposeLeft, transposeRight }))
}

const startsWith = (shape: Shape, leading: Shape): boolean =>
  leading.every((length, axis) => shape[axis] === length)

/** The shape cut otherwise: axes joined, split, or of length 1 put in. */
function otherShape(draw: Draw, shape: Shape): Shape {
  const result = [...shape]
  for (let change = 0; change < 2; change++) {
    const axis = draw.random.integer(result.length + 1)
    const length = result[axis]
    if (length === undefined || draw.chance(0.2)) result.splice(axis, 0, 1)
    else if (draw.chance(0.5) && axis + 1 < result.length) result.splice(axis, 2, length * result[axis + 1]!)
    else {
      const divisors = [2, 3, 4, 5].filter((divisor) => length % divisor === 0)
      const divisor = divisors.length > 0 ? draw.pick(divisors) : length
      result.splice(axis, 1, divisor, length / divisor)
    }
  }
  return result.slice(0).length > 6 ? shape : result
}

const labelled =
  (build: (logits: Node, labels: Node) => Node): Builder =>
  (draw) => {
    const logits = draw.ranked()
    const classes = logits.shape.at(-1)!
    const labels = draw.indices(logits.shape.slice(0, -1), classes)
    const ignored = draw.chance(0.3)
    return build(
      logits,
      ignored ? ops.select(draw.like(labels.shape, 'bool'), labels, ops.scalar(-100, 'int32')) : labels,
    )
  }

const scalarOr = (draw: Draw, shape: Shape): Node => draw.like(draw.chance(0.5) ? [] : shape)
/** Of one sign, as learning rates and second moments are. */
const above = (x: Node): Node => ops.add(ops.absolute(x), 0.125)

const builders: { readonly [O in Operation]: Builder } = {
  input: (draw) => draw.fresh(draw.shape()),
  constant: (draw) => ops.constant([draw.pick([0, 1, -1, 0.1, 1e-20, 3.5])], []),
  negate: unary(ops.negate),
  absolute: unary(ops.absolute),
  exponential: unary(ops.exponential),
  logarithm: positive(ops.logarithm),
  squareRoot: positive(ops.squareRoot),
  reciprocal: positive(ops.reciprocal),
  sigmoid: unary(ops.sigmoid),
  arctangent: unary(ops.arctangent),
  sign: unary(ops.sign),
  roundToBfloat16: unary(ops.roundToBfloat16),
  add: binary(ops.add),
  subtract: binary(ops.subtract),
  multiply: binary(ops.multiply),
  divide: binary((a, b) => ops.divide(a, above(b))),
  maximum: binary(ops.maximum),
  greater: comparing(ops.greater),
  greaterOrEqual: comparing(ops.greaterOrEqual),
  equal: comparing(ops.equal),
  and: logic(ops.and),
  or: logic(ops.or),
  not: (draw) => ops.not(truth(draw)),
  select: (draw) => {
    const dtype = draw.chance(0.2) ? 'int32' : 'float32'
    return broadcasting(
      draw,
      (a, b) => ops.select(truth(draw, a.shape.length >= b.shape.length ? a.shape : b.shape), a, b),
      dtype,
    )
  },
  cast: (draw) => {
    const x = anyType(draw)
    const dtype = draw.pick(['float32', 'float32', 'int32', 'bool'] as const)
    return ops.cast(x, dtype)
  },
  reduceSum: reduction(ops.reduceSum),
  reduceMaximum: reduction(ops.reduceMaximum),
  reshape: (draw) => {
    const x = anyType(draw)
    return ops.reshape(x, otherShape(draw, x.shape))
  },
  transpose: (draw) => {
    const x = draw.ranked(2)
    return ops.transpose(x, ...draw.random.permutation(x.shape.length))
  },
  broadcast: (draw) => {
    const x = anyType(draw)
    const stretched = x.shape.map((length) => (length === 1 && draw.chance(0.7) ? draw.length() : length))
    return ops.broadcast(x, draw.chance(0.4) ? [draw.length(), ...stretched] : stretched)
  },
  slice: (draw) => {
    const x = draw.ranked()
    const axis = draw.axis(x.shape)
    const start = draw.random.integer(x.shape[axis]!)
    return ops.slice(x, axis, start, start + 1 + draw.random.integer(x.shape[axis]! - start))
  },
  concatenate: (draw) => {
    const x = draw.ranked()
    const axis = draw.axis(x.shape)
    const parts = Array.from({ length: 1 + draw.random.integer(3) }, () =>
      draw.operand(
        ({ shape }) =>
          shape.length === x.shape.length &&
          shape.every((length, at) => at === axis || length === x.shape[at]),
        () => x.shape.map((length, at) => (at === axis ? draw.length() : length)),
      ),
    )
    return ops.concatenate(axis, ...draw.random.shuffle([x, ...parts]))
  },
  gatherRows: (draw) => {
    const table = draw.operand(
      ({ shape }) => shape.length === 2,
      () => draw.shape(2),
    )
    return ops.gatherRows(table, draw.indices(draw.shape(draw.random.integer(3)), table.shape[0]!))
  },
  scatterAddRows: (draw) => {
    const updates = draw.ranked()
    const rows = draw.length()
    return ops.scatterAddRows(draw.indices(updates.shape.slice(0, -1), rows), updates, rows)
  },
  matmul: (draw) => (draw.chance(0.06) ? largeProduct : product)(draw),
  stopGradient: (draw) => ops.stopGradient(anyType(draw)),
  after: (draw) => ops.after(anyType(draw), draw.float()),
  linear: (draw) => {
    const x = draw.ranked()
    const weight = draw.operand(
      ({ shape }) => shape.length === 2 && shape[1] === x.shape.at(-1),
      () => [draw.length(), x.shape.at(-1)!],
    )
    return fused.linear(x, weight)
  },
  rmsNorm: (draw) => {
    const x = draw.ranked()
    return fused.rmsNorm(x, draw.axis(x.shape), draw.pick([1e-5, 1e-2]))
  },
  swiglu: (draw) => {
    const gate = draw.float()
    return fused.swiglu(gate, draw.like(gate.shape))
  },
  softmax: (draw) => fused.softmax(draw.ranked()),
  rotary: (draw) => {
    const x = draw.operand(
      ({ shape }) => shape.length >= 2 && shape.at(-1)! % 2 === 0,
      () => [...draw.shape(draw.random.integer(2)), draw.length(), draw.pick([2, 4, 6])],
    )
    const half = draw.fresh([x.shape.at(-2)!, x.shape.at(-1)! / 2])
    const table = ops.concatenate(1, half, half)
    return fused.rotary(x, table, draw.chance(0.5) ? ops.exponential(ops.negate(above(table))) : table)
  },
  attention: (draw) => {
    const shape = [draw.pick([1, 2]), draw.pick([1, 2, 3]), draw.pick([3, 5, 8, 9]), draw.pick([2, 4, 7])]
    const [query, key, value] = [draw.like(shape), draw.like(shape), draw.like(shape)]
    return fused.attention(query, key, value)
  },
  embedding: (draw) => {
    const table = draw.fresh([draw.length(), draw.length()])
    return fused.embedding(table, draw.indices(draw.shape(draw.random.integer(3)), table.shape[0]!))
  },
  stablemaxCrossEntropy: labelled(fused.stablemaxCrossEntropy),
  softmaxCrossEntropy: labelled(fused.softmaxCrossEntropy),
  binaryCrossEntropy: binary((logits, targets) => fused.binaryCrossEntropy(logits, ops.sigmoid(targets))),
  interpolate: (draw) => {
    const from = draw.float()
    return fused.interpolate(from, scalarOr(draw, from.shape), scalarOr(draw, from.shape))
  },
  secondMoment: (draw) => {
    const average = draw.float()
    return fused.secondMoment(average, scalarOr(draw, average.shape), scalarOr(draw, average.shape))
  },
  adamAtan2: (draw) => {
    const weights = draw.float()
    const one = () => scalarOr(draw, weights.shape)
    return fused.adamAtan2({
      weights,
      moment1: one(),
      moment2: above(one()),
      learningRate: one(),
      weightDecay: one(),
      correction1: above(draw.like([])),
      correction2: above(draw.like([])),
    })
  },
  signDescent: (draw) => {
    const rows = draw.operand(
      ({ shape }) => shape.length === 2,
      () => draw.shape(2),
    )
    return fused.signDescent({
      rows,
      gradients: draw.like(rows.shape),
      identifiers: draw.indices([rows.shape[0]!], 3),
      learningRate: draw.like([]),
      weightDecay: draw.like([]),
    })
  },
  stage: (draw) => {
    const x = draw.float()
    const weight = draw.stretching(x.shape)
    return fused.stage('stage', draw.chance(0.5), (y) => ops.multiply(ops.sigmoid(y), weight), x)
  },
}

const names = Object.keys(builders) as Operation[]
/** What programs are mostly made of comes more often. */
const frequent: readonly Operation[] = [
  'add',
  'multiply',
  'subtract',
  'matmul',
  'matmul',
  'linear',
  'rmsNorm',
  'reduceSum',
  'reduceSum',
  'reduceMaximum',
  'reshape',
  'reshape',
  'transpose',
  'transpose',
  'broadcast',
  'slice',
  'slice',
  'concatenate',
  'select',
]

/** One more value; undefined where the draw is too large or fits nothing. */
export function drawOperation(draw: Draw): Node | undefined {
  const node = builders[draw.pick(draw.chance(0.5) ? frequent : names)](draw)
  return node && elementCount(node.shape) <= 20_000 ? node : undefined
}
