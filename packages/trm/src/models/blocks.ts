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
import { isStructured, type ModelConfig, sequenceLength } from './config.ts'
import { structuredBlock } from './structured.ts'
import type { Weights } from './weights.ts'

interface SwigluWeights {
  readonly gate: Tensor
  readonly up: Tensor
  readonly down: Tensor
}

interface AttentionWeights {
  /** [3D, D] */
  readonly queryKeyValue: Tensor
  /** [D, D] */
  readonly output: Tensor
}

interface BlockWeights {
  /** The token axis: a SwiGLU of its own, or attention. */
  readonly mixer: SwigluWeights | AttentionWeights
  readonly feedForward: SwigluWeights
}

/** The weights of a block by the end of their names. */
interface StructuredWeights {
  readonly structured: Weights
}

/** Cosine and sine [L, d] of rotary positions; undefined without. */
export type PositionTables = readonly [Tensor, Tensor] | undefined

/**
 * The weights of a net, by the name of its blocks, ready for its products. Gate and up are stored as one matrix [2I, d] and cut here, once
 * for all net calls: two products on its halves need no split of their result.
 */
export function netWeights(
  weights: Weights,
  config: ModelConfig,
  name: string,
): readonly (BlockWeights | StructuredWeights)[] {
  const swigluOf = (prefix: string): SwigluWeights => {
    const gateUp = weights[`${prefix}.gateUp`]!
    const rows = gateUp.shape[0]!
    return {
      gate: slice(gateUp, 0, 0, rows / 2),
      up: slice(gateUp, 0, rows / 2, rows),
      down: weights[`${prefix}.down`]!,
    }
  }
  return Array.from({ length: config.blocks }, (_, index): BlockWeights | StructuredWeights => {
    const prefix = `${name}.${index}`
    if (isStructured(config)) return { structured: withoutPrefix(weights, `${prefix}.`) }
    const feedForward = swigluOf(`${prefix}.feedForward`)
    if (config.mixer === 'mlp') return { mixer: swigluOf(`${prefix}.mixer`), feedForward }
    const [queryKeyValue, output] = [
      weights[`${prefix}.mixer.queryKeyValue`]!,
      weights[`${prefix}.mixer.output`]!,
    ]
    return { mixer: { queryKeyValue, output }, feedForward }
  })
}

const withoutPrefix = (weights: Weights, prefix: string): Weights =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([name, weight]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), weight]] : [],
    ),
  )

/** Made once for all calls of the nets. */
export function positionTables(config: ModelConfig): PositionTables {
  if (config.mixer !== 'attention' || config.positions !== 'rotary') return undefined
  return rotaryTables(sequenceLength(config), config.width / config.heads)
}

/**
 * A net: blocks(state + injection), [L, B, D] → [L, B, D].
 *
 * Tokens are the outermost axis, so that mixing tokens is one plain matrix product on [L, B·D] and mixing
 * features one on [L·B, D], with nothing transposed.
 */
export function net(
  state: Tensor,
  injection: Tensor | undefined,
  blocks: readonly (BlockWeights | StructuredWeights)[],
  config: ModelConfig,
  positions: PositionTables,
): Tensor {
  const { heads } = config
  let hidden = injection ? add(state, injection) : state // [L, B, D]
  for (const block of blocks) {
    if ('structured' in block) {
      hidden = structuredBlock(hidden, block.structured, config)
      continue
    }
    const { mixer, feedForward } = block
    hidden = 'gate' in mixer ? mixTokens(hidden, mixer) : attend(hidden, mixer, heads, positions)
    hidden = mixFeatures(hidden, feedForward)
  }
  return hidden
}

/** rms(h + swiglu over the token axis); the norm is over that axis too. No positions are used. */
function mixTokens(h: Tensor, { gate, up, down }: SwigluWeights): Tensor {
  const [tokens, batch, width] = h.shape as [number, number, number]
  const x = reshape(h, [tokens, batch * width]) // [L, B·D]
  const hidden = swiglu(matmul(gate, x), matmul(up, x)) // [I, B·D], from weights [I, L]
  const mixed = matmul(down, hidden) // [L, B·D]
  return reshape(rmsNorm(add(x, mixed), 0), h.shape)
}

/** rms(h + self-attention over all tokens, not causal) */
function attend(
  h: Tensor,
  { queryKeyValue, output }: AttentionWeights,
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
function mixFeatures(h: Tensor, { gate, up, down }: SwigluWeights): Tensor {
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
