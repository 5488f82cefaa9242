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
import { type ModelConfig, sequenceLength } from './config.ts'
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
  { heads }: ModelConfig,
  positions: PositionTables,
): Layer {
  const [ready, readyForward] = ['gateUp' in mixer ? cut(mixer) : mixer, cut(feedForward)]
  return (h) => {
    const mixed = 'gate' in ready ? mixTokens(h, ready) : attend(h, ready, heads, positions)
    return mixFeatures(mixed, readyForward)
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
function mixTokens(h: Tensor, { gate, up, down }: CutSwiglu): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens, batch * width]) // [L, B·D]
  const hidden = swiglu(matmul(gate, x), matmul(up, x)) // [I, B·D], from weights [I, L]
  const mixed = matmul(down, hidden) // [L, B·D]
  return reshape(rmsNorm(add(x, mixed), 0), h.shape)
}

/** rms(h + self-attention over all tokens, not causal) */
function attend(
  h: Tensor,
  { queryKeyValue, output }: AttentionWeights<Tensor>,
  heads: number,
  positions: PositionTables,
): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens * batch, width]) // [L·B, D]
  const projected = linear(x, queryKeyValue) // [L·B, 3D]
  const split = transpose(reshape(projected, [tokens, batch, 3, heads, width / heads]), 2, 1, 3, 0, 4)
  const part = (index: number) => reshape(slice(split, 0, index, index + 1), split.shape.slice(1)) // [B, H, L, d]
  let [query, key] = [part(0), part(1)]
  if (positions) [query, key] = [rotary(query, ...positions), rotary(key, ...positions)]
  const attended = transpose(attention(query, key, part(2)), 2, 0, 1, 3) // [L, B, H, d]
  const mixed = linear(reshape(attended, [tokens * batch, width]), output)
  return reshape(rmsNorm(add(x, mixed)), h.shape)
}

/** rms(h + swiglu over the features) */
function mixFeatures(h: Tensor, { gate, up, down }: CutSwiglu): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens * batch, width]) // [L·B, D]
  const hidden = swiglu(linear(x, gate), linear(x, up)) // [L·B, I]
  const fed = linear(hidden, down) // [L·B, D]
  return reshape(rmsNorm(add(x, fed)), h.shape)
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
