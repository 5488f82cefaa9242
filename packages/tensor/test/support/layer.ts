import type { Tensor } from '../../src/graph/operations.ts'
import type { Shape } from '../../src/graph/types.ts'
import * as fused from '../../src/ops/fused.ts'
import * as ops from '../../src/ops/primitives.ts'

export const float = (...shape: number[]): { shape: Shape; dtype: 'float32' } => ({ shape, dtype: 'float32' })

export const layerTypes = {
  x: float(2, 5, 4), // [B, L, D]
  qkv: float(12, 4),
  output: float(4, 4),
  gate: float(6, 4),
  up: float(6, 4),
  down: float(4, 6),
}
export type Layer = { readonly [K in keyof typeof layerTypes]: Tensor }

/** One transformer layer with two heads, post-norm, as the models have it. */
export function layer({ x, qkv, output, gate, up, down }: Layer): Tensor {
  const heads = (y: Tensor) => ops.transpose(ops.reshape(y, [2, 5, 2, 2]), 0, 2, 1, 3) // [B, H, L, d]
  const projected = fused.linear(x, qkv) // [B, L, 3·D]
  const [query, key, value] = [0, 4, 8].map((start) => heads(ops.slice(projected, 2, start, start + 4)))
  const mixed = ops.transpose(fused.attention(query!, key!, value!), 0, 2, 1, 3) // [B, L, H, d]
  const first = fused.rmsNorm(ops.add(x, fused.linear(ops.reshape(mixed, [2, 5, 4]), output)))
  const inner = fused.swiglu(fused.linear(first, gate), fused.linear(first, up)) // [B, L, F]
  return fused.rmsNorm(ops.add(first, fused.linear(inner, down)))
}

/** A loss over the four classes of every position; two labels are ignored. */
export const readOut = (y: Tensor): Tensor => {
  const labels = ops.constant([1, 0, 3, -100, 2, 1, 1, -100, 0, 3], [2, 5], 'int32')
  return ops.sumAll(fused.stablemaxCrossEntropy(ops.multiply(y, 3), labels))
}

/** The same layer, computed again for its gradient. */
export function recomputedLayer(inputs: Layer): Tensor {
  const names = Object.keys(layerTypes) as (keyof Layer)[]
  const body = (...tensors: readonly Tensor[]) =>
    layer(Object.fromEntries(names.map((name, index) => [name, tensors[index]!])) as Layer)
  return fused.stage('layer', true, body, ...names.map((name) => inputs[name]))
}
