// Letters: L tokens, B batch, D width, H heads, d head size, I hidden width of a SwiGLU.
import {
  add,
  attention,
  constant,
  linear,
  matmul,
  multiply,
  reshape,
  rmsNorm,
  rotary,
  slice,
  softmax,
  swiglu,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'
import { type ModelConfig, sequenceLength } from './config.ts'
import { type Rounding, roundingOf } from './precision.ts'
import { structuredBlock } from './structured.ts'
import type { AttentionWeights, BlockWeights, PublishedBlock, SwigluWeights } from './weight-tree.ts'

/** Cosine and sine [L, d] of rotary positions; undefined without. */
export type PositionTables = readonly [Tensor, Tensor] | undefined

/** Made once for all calls of the nets. */
export function positionTables(config: ModelConfig): PositionTables {
  if (config.mixer !== 'attention' || config.positions !== 'rotary') return undefined
  return rotaryTables(sequenceLength(config), config.width / config.heads)
}

type Layer = (h: Tensor) => Tensor

/**
 * A net: its blocks one after the other, [L, B, D] → [L, B, D].
 *
 * Tokens are the outermost axis, so that mixing tokens is one plain matrix product on [L, B·D] and mixing
 * features one on [L·B, D], with nothing transposed.
 */
export function net(
  blocks: readonly BlockWeights<Tensor>[],
  config: ModelConfig,
  positions: PositionTables,
): Layer {
  const layers = blocks.map((block) =>
    isPublished(block) ? publishedBlock(block, config, positions) : structuredBlock(block, config),
  )
  return (h) => layers.reduce((hidden, layer) => layer(hidden), h)
}

const isPublished = (block: BlockWeights<Tensor>): block is PublishedBlock<Tensor> =>
  'gateUp' in block.feedForward

function publishedBlock(
  { mixer, feedForward }: PublishedBlock<Tensor>,
  config: ModelConfig,
  positions: PositionTables,
): Layer {
  const rounded = roundingOf(config)
  const [ready, readyForward] = ['gateUp' in mixer ? cut(mixer) : mixer, cut(feedForward)]
  return (given) => {
    const h = rounded(given)
    const mixed = 'gate' in ready ? mixTokens(h, ready, rounded) : attend(h, ready, config, positions)
    return mixFeatures(mixed, readyForward, rounded)
  }
}

interface CutSwiglu {
  /** [I, d] */
  readonly gate: Tensor
  /** [I, d] */
  readonly up: Tensor
  /** [d, I] */
  readonly down: Tensor
}

/** Gate and up apart, once for all calls of a net: two products on the halves need no split of their result. */
function cut({ gateUp, down }: SwigluWeights<Tensor>): CutSwiglu {
  const [rows] = gateUp.shape as [number, number]
  return { gate: slice(gateUp, 0, 0, rows / 2), up: slice(gateUp, 0, rows / 2, rows), down }
}

/** rms(h + swiglu over the token axis); the norm is over that axis too. No positions are used. */
function mixTokens(h: Tensor, { gate, up, down }: CutSwiglu, rounded: Rounding): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens, batch * width]) // [L, B·D]
  const hidden = rounded(swiglu(rounded(matmul(gate, x)), rounded(matmul(up, x)))) // [I, B·D], from weights [I, L]
  const mixed = rounded(matmul(down, hidden)) // [L, B·D]
  return reshape(rounded(rmsNorm(add(x, mixed), 0)), h.shape)
}

/** rms(h + self-attention over all tokens, not causal) */
function attend(
  h: Tensor,
  { queryKeyValue, output }: AttentionWeights<Tensor>,
  config: ModelConfig,
  positions: PositionTables,
): Tensor {
  const rounded = roundingOf(config)
  const { heads } = config
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens * batch, width]) // [L·B, D]
  const projected = rounded(linear(x, queryKeyValue)) // [L·B, 3D]
  const split = transpose(reshape(projected, [tokens, batch, 3, heads, width / heads]), 2, 1, 3, 0, 4)
  const part = (index: number) => reshape(slice(split, 0, index, index + 1), split.shape.slice(1)) // [B, H, L, d]
  let [query, key] = [part(0), part(1)]
  if (positions) {
    query = rounded(rotary(query, ...positions))
    key = rounded(rotary(key, ...positions))
  }
  const attended = transpose(attendTo(query, key, part(2), config), 2, 0, 1, 3) // [L, B, H, d]
  const mixed = rounded(linear(reshape(attended, [tokens * batch, width]), output))
  return reshape(rounded(rmsNorm(add(x, mixed))), h.shape)
}

/** softmax(q·kᵀ/√d)·v. In bfloat16 the scores stay float32, as in fused kernels of attention. [B, H, L, d] each. */
function attendTo(query: Tensor, key: Tensor, value: Tensor, config: ModelConfig): Tensor {
  if (config.precision !== 'bfloat16') return attention(query, key, value)
  const rounded = roundingOf(config)
  const scale = 1 / Math.sqrt(config.width / config.heads)
  const scores = multiply(matmul(query, key, { transposeRight: true }), scale) // [B, H, L, L]
  return rounded(matmul(rounded(softmax(scores)), value))
}

/** rms(h + swiglu over the features) */
function mixFeatures(h: Tensor, { gate, up, down }: CutSwiglu, rounded: Rounding): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens * batch, width]) // [L·B, D]
  const hidden = rounded(swiglu(rounded(linear(x, gate)), rounded(linear(x, up)))) // [L·B, I]
  const fed = rounded(linear(hidden, down)) // [L·B, D]
  return reshape(rounded(rmsNorm(add(x, fed))), h.shape)
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
