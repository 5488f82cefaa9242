import { roundToBfloat16, type Tensor } from '@tiny-recursive-models/tensor'

/** What the nets of a model compute with; weights, losses and the optimiser are float32 in either case. */
export type Precision = 'float32' | 'bfloat16'

export type Rounding = (x: Tensor) => Tensor

/**
 * What a value becomes where it is kept: with bfloat16 the nearest number of that type, otherwise itself.
 *
 * A model rounds where the published code, compiled, writes a tensor of its `forward_dtype`: every weight, once for all
 * calls of a net; the embedded question; what a net is given; the results of its products, which are the operands of the
 * next ones; SwiGLUs, norms and states. Sums inside products and norms are float32. So are, unlike there, logits and
 * halting scores: with 8 bits of precision symbols would tie for the largest.
 */
export function roundingOf({
  precision = 'float32',
}: {
  readonly precision?: Precision | undefined
}): Rounding {
  return precision === 'bfloat16' ? roundToBfloat16 : (x) => x
}
