import type { DataType, Shape } from './types.ts'

type None = Readonly<Record<never, never>>

/**
 * Every primitive with its attributes. This is the whole vocabulary: shapes, gradients, expansions, ONNX
 * lowering and the reference executor are each one table over these names, so that a missing entry does not
 * compile. Binary operations broadcast.
 */
export interface PrimitiveAttributes {
  // sources
  input: {
    readonly name: string
    readonly role: 'feed' | 'state'
    readonly shape: Shape
    readonly dtype: DataType
  }
  constant: { readonly values: ArrayLike<number>; readonly shape: Shape; readonly dtype: DataType }
  // float → float, element by element
  negate: None
  absolute: None
  exponential: None
  logarithm: None
  squareRoot: None
  reciprocal: None
  sigmoid: None
  arctangent: None
  sign: None
  /** The nearest number that bfloat16 has, of two equally near ones the even one; the result is float32 all the same. */
  roundToBfloat16: None
  // two operands
  add: None
  subtract: None
  multiply: None
  divide: None
  maximum: None
  // comparisons and logic
  greater: None
  greaterOrEqual: None
  equal: None
  and: None
  or: None
  not: None
  /** select(condition, whenTrue, whenFalse) */
  select: None
  cast: { readonly dtype: DataType }
  // reductions; the reduced axes stay with length 1
  reduceSum: { readonly axes: readonly number[] }
  reduceMaximum: { readonly axes: readonly number[] }
  // shape
  reshape: { readonly shape: Shape }
  transpose: { readonly order: readonly number[] }
  broadcast: { readonly shape: Shape }
  slice: { readonly axis: number; readonly start: number; readonly end: number }
  concatenate: { readonly axis: number }
  /** Rows of a table [R, D] by int32 indices [...]: result [..., D]. */
  gatherRows: None
  /** The transpose of gatherRows: indices [...], updates [..., D] are summed into a table [rows, D] of zeros. */
  scatterAddRows: { readonly rows: number }
  /**
   * Matrix product over the last two axes, leading axes equal; either operand may be read transposed. A third
   * operand of the result's shape, 2-D products only, is added to the result.
   */
  matmul: { readonly transposeLeft: boolean; readonly transposeRight: boolean }
  /** Identity that lets no gradient through. */
  stopGradient: None
  /** The first operand, not before all others have been computed: orders the backward pass. */
  after: None
}

/** Operations an executor may run whole; each has an expansion into primitives (src/ops/expansions.ts). */
export interface FusedAttributes {
  /** linear(x [..., K], weight [N, K]) = x · weightᵀ: [..., N] */
  linear: None
  /** x · rsqrt(mean(x²) + epsilon) along one axis, no gain. */
  rmsNorm: { readonly axis: number; readonly epsilon: number }
  /** swiglu(gate, up) = gate · sigmoid(gate) · up */
  swiglu: None
  /** Along the last axis. */
  softmax: None
  /**
   * rotary(x [..., L, d], cosine [L, d], sine [L, d]): rotates the two halves of the last axis as pairs. Both halves of a
   * table are equal; tables get no gradient.
   */
  rotary: None
  /** attention(query, key, value), each [B, H, L, d], not causal, scale 1/√d: [B, H, L, d] */
  attention: None
  /** embedding(table [R, D], indices [...]): rows [..., D] */
  embedding: None
  /** stablemaxCrossEntropy(logits [..., V], labels [...] int32): loss per label, 0 where the label is negative */
  stablemaxCrossEntropy: None
  /** softmaxCrossEntropy(logits [..., V], labels [...] int32): loss per label, 0 where the label is negative */
  softmaxCrossEntropy: None
  /** binaryCrossEntropy(logits, targets in 0..1), element by element */
  binaryCrossEntropy: None
  /** interpolate(from, to, weight) = from + weight · (to − from): moving averages and first moments */
  interpolate: None
  /** secondMoment(average, gradient, weight) = average + weight · (gradient² − average) */
  secondMoment: None
  /** adamAtan2(weights, moment1, moment2, learningRate, weightDecay, correction1, correction2): new weights */
  adamAtan2: None
  /** signDescent(rows [B, D], gradients [B, D], identifiers [B] int32, learningRate, weightDecay): new rows */
  signDescent: None
  /**
   * A traced function whose part of the backward pass is finished, gradients of its weights included, before that
   * of the function before begins: what it kept can then go. With `recompute` its inner values are not kept at all
   * but computed again.
   */
  stage: {
    readonly name: string
    readonly body: (...inputs: readonly Node[]) => Node
    readonly recompute: boolean
  }
}

export type Primitive = keyof PrimitiveAttributes
export type Fused = keyof FusedAttributes
export type Operation = Primitive | Fused
export type AttributesOf<O extends Operation> = (PrimitiveAttributes & FusedAttributes)[O]

/** One value of a graph. Immutable; `id` grows with creation, so that ascending ids are a topological order. */
export interface NodeOf<O extends Operation> {
  readonly id: number
  readonly operation: O
  readonly inputs: readonly Node[]
  readonly attributes: AttributesOf<O>
  readonly shape: Shape
  readonly dtype: DataType
}

export type Node = { readonly [O in Operation]: NodeOf<O> }[Operation]

/** A tensor while tracing is the node that computes it. */
export type Tensor = Node

const primitiveNames: Readonly<Record<Primitive, true>> = {
  input: true,
  constant: true,
  negate: true,
  absolute: true,
  exponential: true,
  logarithm: true,
  squareRoot: true,
  reciprocal: true,
  sigmoid: true,
  arctangent: true,
  sign: true,
  roundToBfloat16: true,
  add: true,
  subtract: true,
  multiply: true,
  divide: true,
  maximum: true,
  greater: true,
  greaterOrEqual: true,
  equal: true,
  and: true,
  or: true,
  not: true,
  select: true,
  cast: true,
  reduceSum: true,
  reduceMaximum: true,
  reshape: true,
  transpose: true,
  broadcast: true,
  slice: true,
  concatenate: true,
  gatherRows: true,
  scatterAddRows: true,
  matmul: true,
  stopGradient: true,
  after: true,
}

export const primitives = Object.keys(primitiveNames) as readonly Primitive[]

export function isPrimitive(operation: Operation): operation is Primitive {
  return operation in primitiveNames
}
