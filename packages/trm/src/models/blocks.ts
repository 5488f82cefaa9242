// Letters: L tokens, B batch, D width, H heads, d head size, I hidden width of a SwiGLU.
import {
  add,
  attention,
  constant,
  linear,
  matmul,
  reshape,
  rmsNorm,
  rotary,
  slice,
  swiglu,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'
import type { ModelConfig } from './config.ts'
import type { Weights } from './weights.ts'

/**
 * The net that both updates share: blocks(state + injection), [L, B, D] → [L, B, D].
 *
 * Tokens are the outermost axis, so that mixing tokens is one plain matrix product on [L, B·D] and mixing
 * features one on [L·B, D], with nothing transposed.
 */
export function net(state: Tensor, injection: Tensor, weights: Weights, config: ModelConfig): Tensor {
  let hidden = add(state, injection) // [L, B, D]
  for (let index = 0; index < config.blocks; index++) {
    const block = (name: string): Tensor => weights[`blocks.${index}.${name}`]!
    hidden = config.mixer === 'mlp' ? mixTokens(hidden, block) : attend(hidden, block, config)
    hidden = feedForward(hidden, block)
  }
  return hidden
}

type BlockWeights = (name: string) => Tensor

/** rms(h + swiglu over the token axis); the norm is over that axis too. No positions are used. */
function mixTokens(h: Tensor, weights: BlockWeights): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens, batch * width]) // [L, B·D]
  const [gate, up] = halves(weights('mixer.gateUp')) // each [I, L]
  const hidden = swiglu(matmul(gate, x), matmul(up, x)) // [I, B·D]
  const mixed = matmul(weights('mixer.down'), hidden) // [L, B·D]
  return reshape(rmsNorm(add(x, mixed), 0), h.shape)
}

/** rms(h + self-attention over all tokens, not causal) */
function attend(h: Tensor, weights: BlockWeights, config: ModelConfig): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const { heads } = config
  const x = reshape(h, [tokens * batch, width]) // [L·B, D]
  const projected = linear(x, weights('mixer.queryKeyValue')) // [L·B, 3D]
  const split = transpose(reshape(projected, [tokens, batch, 3, heads, width / heads]), 2, 1, 3, 0, 4)
  const part = (index: number) => reshape(slice(split, 0, index, index + 1), split.shape.slice(1)) // [B, H, L, d]
  let [query, key] = [part(0), part(1)]
  if (config.positions === 'rotary') {
    const [cosine, sine] = rotaryTables(tokens, width / heads)
    query = rotary(query, cosine, sine)
    key = rotary(key, cosine, sine)
  }
  const attended = transpose(attention(query, key, part(2)), 2, 0, 1, 3) // [L, B, H, d]
  const mixed = linear(reshape(attended, [tokens * batch, width]), weights('mixer.output'))
  return reshape(rmsNorm(add(x, mixed)), h.shape)
}

/** rms(h + swiglu over the features) */
function feedForward(h: Tensor, weights: BlockWeights): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens * batch, width]) // [L·B, D]
  const [gate, up] = halves(weights('feedForward.gateUp')) // each [I, D]
  const hidden = swiglu(linear(x, gate), linear(x, up)) // [L·B, I]
  const fed = linear(hidden, weights('feedForward.down')) // [L·B, D]
  return reshape(rmsNorm(add(x, fed)), h.shape)
}

/** Gate and up are stored as one matrix [2I, d]; two products on its halves need no split of their result. */
function halves(gateUp: Tensor): [Tensor, Tensor] {
  const rows = gateUp.shape[0]!
  return [slice(gateUp, 0, 0, rows / 2), slice(gateUp, 0, rows / 2, rows)]
}

const rotaryBase = 10_000

/** Cosine and sine [L, d]: position · base^(−2i/d), the same for both halves of a head. */
function rotaryTables(tokens: number, headSize: number): [Tensor, Tensor] {
  const half = headSize / 2
  const angle = (index: number) => {
    const [position, feature] = [Math.floor(index / headSize), index % half]
    return position * rotaryBase ** (-(2 * feature) / headSize)
  }
  const table = (f: (x: number) => number) =>
    constant(
      Float32Array.from({ length: tokens * headSize }, (_, index) => f(angle(index))),
      [tokens, headSize],
    )
  return [table(Math.cos), table(Math.sin)]
}
