import { createNode } from '../graph/node.ts'
import type { Tensor } from '../graph/operations.ts'
import { scalar } from './primitives.ts'

/**
 * x · weightᵀ. x: float32 [..., K], weight: float32 [N, K] → [..., N]. Gradient: g · weight and gᵀ · x.
 * @throws InputError if a type or K does not fit
 */
export const linear = (x: Tensor, weight: Tensor): Tensor => createNode('linear', [x, weight], {})

/**
 * x / √(mean(x²) + epsilon) along one axis (negative: from the end), without a gain. x: float32 [...] → the same.
 * Gradient: with r the factor and y the result, r · (g − y · mean(g · y)).
 * @throws InputError if x is not float32 or the axis does not exist
 */
export function rmsNorm(x: Tensor, axis = -1, epsilon = 1e-5): Tensor {
  return createNode('rmsNorm', [x], { axis: axis < 0 ? axis + x.shape.length : axis, epsilon })
}

/**
 * gate · sigmoid(gate) · up, element by element. gate, up: float32, of one shape → the same. Gradient: to both.
 * @throws InputError if a type or shape does not fit
 */
export const swiglu = (gate: Tensor, up: Tensor): Tensor => createNode('swiglu', [gate, up], {})

/**
 * eˣ / Σ eˣ along the last axis. x: float32 [..., V] → the same, sums of 1. Gradient: y · (g − Σ g · y).
 * @throws InputError if x is not float32
 */
export const softmax = (x: Tensor): Tensor => createNode('softmax', [x], {})

/**
 * Rotary positions: the two halves of the last axis are rotated as pairs. x: float32 [..., L, d], d even; cosine, sine:
 * float32 [L, d], each with two equal halves → the shape of x. Gradient: g rotated back; none to the tables.
 * @throws InputError if d is odd or a table does not have the shape [L, d]
 */
export const rotary = (x: Tensor, cosine: Tensor, sine: Tensor): Tensor =>
  createNode('rotary', [x, cosine, sine], {})

/**
 * softmax(q·kᵀ/√d)·v, not causal. query, key, value: float32 [B, H, L, d] → the same. Gradient: to all three.
 * @throws InputError if the three are not float32 of one shape [B, H, L, d]
 */
export const attention = (query: Tensor, key: Tensor, value: Tensor): Tensor =>
  createNode('attention', [query, key, value], {})

/**
 * Rows of a table. table: float32 [R, D], indices: int32 [...], 0..R − 1 → float32 [..., D]. Gradient: to the table, g
 * summed by row; none to the indices.
 * @throws InputError if a type or the rank of the table does not fit
 */
export const embedding = (table: Tensor, indices: Tensor): Tensor =>
  createNode('embedding', [table, indices], {})

/**
 * −ln p(label) with p = s / Σ s, s(v) = v + 1 for v ≥ 0 and 1 / (1 − v) below. logits: float32 [..., V], labels: int32
 * [...] → float32 [...], 0 where the label is negative. Gradient: to the logits.
 * @throws InputError if a type does not fit, or there is not one label for each row of logits
 */
export const stablemaxCrossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  createNode('stablemaxCrossEntropy', [logits, labels], {})

/**
 * −ln p(label) with p = softmax(logits). logits: float32 [..., V], labels: int32 [...] → float32 [...], 0 where the
 * label is negative. Gradient: to the logits.
 * @throws InputError if a type does not fit, or there is not one label for each row of logits
 */
export const softmaxCrossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  createNode('softmaxCrossEntropy', [logits, labels], {})

/**
 * −t·ln σ(x) − (1 − t)·ln(1 − σ(x)), element by element, without overflow. logits, targets in 0..1: float32, broadcast →
 * float32. Gradient: to the logits σ(x) − t, times g; to the targets −x, times g.
 * @throws InputError if an operand is not float32, or the shapes do not broadcast
 */
export const binaryCrossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  createNode('binaryCrossEntropy', [logits, targets], {})

/**
 * from + weight · (to − from): a moving average. from: float32 [...]; to, weight: of that shape or [] → the shape of
 * `from`. Gradient: to all three.
 * @throws InputError if an operand is not float32, or neither of the first one’s shape nor a scalar
 */
export const interpolate = (from: Tensor, to: Tensor, weight: Tensor): Tensor =>
  createNode('interpolate', [from, to, weight], {})

/**
 * average + weight · (gradient² − average). average: float32 [...]; gradient, weight: of that shape or [] → the shape of
 * `average`. Gradient: to all three.
 * @throws InputError if an operand is not float32, or neither of the first one’s shape nor a scalar
 */
export const secondMoment = (average: Tensor, gradient: Tensor, weight: Tensor): Tensor =>
  createNode('secondMoment', [average, gradient, weight], {})

/**
 * One AdamATan2 update (arXiv 2407.05872): w·(1 − lr·decay) − lr·atan2(m/c1, √(v/c2)). weights: float32 [...]; the
 * others of that shape or [] → the new weights. Meant for after the backward pass.
 * @throws InputError if an operand is not float32, or neither of the first one’s shape nor a scalar
 */
export function adamAtan2(operands: {
  weights: Tensor
  moment1: Tensor
  moment2: Tensor
  learningRate: Tensor
  weightDecay: Tensor
  correction1: Tensor
  correction2: Tensor
}): Tensor {
  const { weights, moment1, moment2, learningRate, weightDecay, correction1, correction2 } = operands
  const inputs = [weights, moment1, moment2, learningRate, weightDecay, correction1, correction2]
  return createNode('adamAtan2', inputs, {})
}

/**
 * w·(1 − lr·decay) − lr·sign(g) on rows of a table; gradients of equal identifiers are summed first, so that equal rows
 * stay equal. rows, gradients: float32 [B, D], identifiers: int32 [B], learningRate, weightDecay: float32 [] → the new
 * rows.
 * @throws InputError if a type or shape does not fit
 */
export function signDescent(operands: {
  rows: Tensor
  gradients: Tensor
  identifiers: Tensor
  learningRate: Tensor
  weightDecay: Tensor
}): Tensor {
  const { rows, gradients, identifiers, learningRate, weightDecay } = operands
  return createNode('signDescent', [rows, gradients, identifiers, learningRate, weightDecay], {})
}

/**
 * Calls `body` as a stage of its own (see FusedAttributes.stage). Outer tensors that the body uses without taking
 * them as arguments become operands as well, so that no gradient is lost.
 */
export function stage(
  name: string,
  recompute: boolean,
  body: (...inputs: readonly Tensor[]) => Tensor,
  ...inputs: readonly Tensor[]
): Tensor {
  const marker = scalar(0).id
  const captured = new Set<Tensor>()
  const pending = [body(...inputs)]
  const seen = new Set<Tensor>()
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    if (node.id > marker) pending.push(...node.inputs)
    else if (!inputs.includes(node)) captured.add(node)
  }
  const outer = [...captured].sort((left, right) => left.id - right.id)
  return createNode('stage', [...inputs, ...outer], { name, body, recompute })
}
