import type { Fused, NodeOf, Tensor } from '../graph/operations.ts'
import { elementCount } from '../graph/types.ts'
import * as fused from './fused.ts'
import {
  absolute,
  add,
  arctangent,
  cast,
  concatenate,
  divide,
  equal,
  exponential,
  gatherRows,
  greaterOrEqual,
  logarithm,
  matmul,
  maximum,
  multiply,
  negate,
  range,
  reciprocal,
  reduceMaximum,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  select,
  sigmoid,
  sign,
  slice,
  squareRoot,
  stopGradient,
  subtract,
} from './primitives.ts'

type Expansion<F extends Fused> = (node: NodeOf<F>) => Tensor

/** The definition of every fused operation in terms of simpler ones. */
export const expansions: { readonly [F in Fused]: Expansion<F> } = {
  linear: ({ inputs, shape }) => {
    const [x, weight] = inputs as [Tensor, Tensor]
    const flat = reshape(x, [elementCount(x.shape) / weight.shape[1]!, weight.shape[1]!])
    return reshape(matmul(flat, weight, { transposeRight: true }), shape)
  },
  rmsNorm: ({ inputs, attributes }) => {
    const [x] = inputs as [Tensor]
    const meanSquare = reduceMean(multiply(x, x), attributes.axis)
    return multiply(x, reciprocal(squareRoot(add(meanSquare, attributes.epsilon))))
  },
  swiglu: ({ inputs }) => {
    const [gate, up] = inputs as [Tensor, Tensor]
    return multiply(multiply(gate, sigmoid(gate)), up)
  },
  softmax: ({ inputs }) => {
    const [x] = inputs as [Tensor]
    const weights = exponential(subtract(x, stopGradient(reduceMaximum(x, -1))))
    return divide(weights, reduceSum(weights, -1))
  },
  rotary: ({ inputs }) => {
    const [x, cosine, sine] = inputs as [Tensor, Tensor, Tensor]
    const axis = x.shape.length - 1
    const size = x.shape[axis]!
    const [first, second] = [slice(x, axis, 0, size / 2), slice(x, axis, size / 2, size)]
    return add(multiply(x, cosine), multiply(concatenate(axis, negate(second), first), sine))
  },
  attention: ({ inputs }) => {
    const [query, key, value] = inputs as [Tensor, Tensor, Tensor]
    const scaled = multiply(query, 1 / Math.sqrt(query.shape.at(-1)!)) // [B, H, L, d]
    const scores = matmul(scaled, key, { transposeRight: true }) // [B, H, L, L]
    return matmul(fused.softmax(scores), value)
  },
  embedding: ({ inputs }) => gatherRows(inputs[0]!, inputs[1]!),
  stablemaxCrossEntropy: ({ inputs }) => {
    const [logits, labels] = inputs as [Tensor, Tensor]
    // s(v) = v + 1 for v ≥ 0, 1 / (1 − v) below (reference section 3); p = s / Σ s.
    const positive = greaterOrEqual(logits, 0)
    const weights = select(positive, add(logits, 1), reciprocal(add(absolute(logits), 1)))
    const total = reduceSum(weights, -1)
    return overLabels(logits, labels, (hot) => subtract(logarithm(total), logarithm(chosen(weights, hot))))
  },
  softmaxCrossEntropy: ({ inputs }) => {
    const [logits, labels] = inputs as [Tensor, Tensor]
    const shifted = subtract(logits, stopGradient(reduceMaximum(logits, -1)))
    const total = reduceSum(exponential(shifted), -1)
    return overLabels(logits, labels, (hot) => subtract(logarithm(total), chosen(shifted, hot)))
  },
  binaryCrossEntropy: ({ inputs }) => {
    const [logits, targets] = inputs as [Tensor, Tensor]
    // max(x, 0) − x·t + log(1 + exp(−|x|)) never overflows.
    const tail = logarithm(add(exponential(negate(absolute(logits))), 1))
    return add(subtract(maximum(logits, 0), multiply(logits, targets)), tail)
  },
  interpolate: ({ inputs }) => {
    const [from, to, weight] = inputs as [Tensor, Tensor, Tensor]
    return add(from, multiply(subtract(to, from), weight))
  },
  secondMoment: ({ inputs }) => {
    const [average, gradient, weight] = inputs as [Tensor, Tensor, Tensor]
    return add(average, multiply(subtract(multiply(gradient, gradient), average), weight))
  },
  adamAtan2: ({ inputs }) => {
    const [weights, moment1, moment2, learningRate, weightDecay, correction1, correction2] = inputs as Seven
    const numerator = divide(moment1, correction1)
    const denominator = squareRoot(divide(moment2, correction2))
    // atan2(a, b) for b ≥ 0 is atan(a / b); the floor makes 0 / 0 zero and a / 0 a quarter turn.
    const angle = arctangent(divide(numerator, maximum(denominator, 1e-30)))
    const decayed = multiply(weights, subtract(1, multiply(learningRate, weightDecay)))
    return subtract(decayed, multiply(angle, learningRate))
  },
  signDescent: ({ inputs }) => {
    const [rows, gradients, identifiers, learningRate, weightDecay] = inputs as Five
    const batch = rows.shape[0]!
    const same = equal(reshape(identifiers, [batch, 1]), reshape(identifiers, [1, batch])) // [B, B]
    const summed = matmul(cast(same, 'float32'), gradients)
    const decayed = multiply(rows, subtract(1, multiply(learningRate, weightDecay)))
    return subtract(decayed, multiply(sign(summed), learningRate))
  },
  stage: ({ inputs, attributes }) => attributes.body(...inputs),
}

type Five = [Tensor, Tensor, Tensor, Tensor, Tensor]
type Seven = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]

const chosen = (values: Tensor, hot: Tensor): Tensor => reduceSum(multiply(values, hot), -1)

/**
 * The loss of every label, given as a function of the one-hot labels [..., V] with results [..., 1]; 0 where the
 * label is negative. Ignored labels count as label 0 inside, so that no infinity meets the zero gradient.
 */
function overLabels(logits: Tensor, labels: Tensor, loss: (hot: Tensor) => Tensor): Tensor {
  const scored = greaterOrEqual(labels, scalar(0, 'int32'))
  const safe = reshape(select(scored, labels, scalar(0, 'int32')), [...labels.shape, 1])
  const hot = cast(equal(safe, range(logits.shape.at(-1)!)), 'float32') // [..., V]
  return select(scored, reshape(loss(hot), labels.shape), 0)
}

/** One step of expansion: the same value from simpler operations. */
export function expand<F extends Fused>(node: NodeOf<F>): Tensor {
  return (expansions[node.operation] as Expansion<F>)(node)
}
