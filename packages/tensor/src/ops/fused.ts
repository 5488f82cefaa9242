import { createNode } from '../graph/node.ts'
import type { Tensor } from '../graph/operations.ts'
import { scalar } from './primitives.ts'

export const linear = (x: Tensor, weight: Tensor): Tensor => createNode('linear', [x, weight], {})

/** x · rsqrt(mean(x²) + epsilon) along `axis` (negative: from the end). */
export function rmsNorm(x: Tensor, axis = -1, epsilon = 1e-5): Tensor {
  return createNode('rmsNorm', [x], { axis: axis < 0 ? axis + x.shape.length : axis, epsilon })
}

export const swiglu = (gate: Tensor, up: Tensor): Tensor => createNode('swiglu', [gate, up], {})
export const softmax = (x: Tensor): Tensor => createNode('softmax', [x], {})
export const rotary = (x: Tensor, cosine: Tensor, sine: Tensor): Tensor =>
  createNode('rotary', [x, cosine, sine], {})
export const attention = (query: Tensor, key: Tensor, value: Tensor): Tensor =>
  createNode('attention', [query, key, value], {})
export const embedding = (table: Tensor, indices: Tensor): Tensor =>
  createNode('embedding', [table, indices], {})
export const stablemaxCrossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  createNode('stablemaxCrossEntropy', [logits, labels], {})
export const softmaxCrossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  createNode('softmaxCrossEntropy', [logits, labels], {})
export const binaryCrossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  createNode('binaryCrossEntropy', [logits, targets], {})
export const interpolate = (from: Tensor, to: Tensor, weight: Tensor): Tensor =>
  createNode('interpolate', [from, to, weight], {})
export const secondMoment = (average: Tensor, gradient: Tensor, weight: Tensor): Tensor =>
  createNode('secondMoment', [average, gradient, weight], {})

/** One AdamATan2 update (arXiv 2407.05872): w·(1 − lr·decay) − lr·atan2(m/c1, √(v/c2)). */
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

/** Sign descent on table rows; gradients of equal identifiers are summed first, so equal rows stay equal. */
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

/** A stage whose inner values are computed again in the backward pass instead of being kept. */
export const recomputed = (
  name: string,
  body: (...inputs: readonly Tensor[]) => Tensor,
  ...inputs: readonly Tensor[]
): Tensor => stage(name, true, body, ...inputs)
