// A puzzle as the vectors that a model thinks about.
// Letters: B batch, S cells, A answers, E numbers of a puzzle embedding, P prefix tokens, L = P + S, D width, F fields.
import {
  add,
  broadcast,
  cast,
  concatenate,
  constant,
  embedding,
  equal,
  filled,
  linear,
  multiply,
  reduceSum,
  reshape,
  subtract,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'
import { type ModelConfig, prefixLength, sequenceLength, structureOfModel } from './config.ts'
import { roundingOf } from './precision.ts'
import type { FieldWeights, ModelWeights } from './weight-tree.ts'

export interface Puzzles {
  /** [B, S] int32 */
  readonly tokens: Tensor
  /** [B, E] rows of the puzzle embedding table; absent where the model has none. */
  readonly rows?: Tensor
  /**
   * [B, S, A] the answer partway between noise and truth, for each symbol that a cell may turn out to hold; 0 where a
   * cell is given. Only for models with `answerInput: 'noisy'`.
   */
  readonly noisy?: Tensor
}

/** Prefix and cells as vectors: [L, B, D]. */
export function embedQuestion(
  puzzles: Puzzles,
  { question: weights }: ModelWeights<Tensor>,
  config: ModelConfig,
): Tensor {
  if ('input' in weights) return embedFields(puzzles, weights, config)
  const { tokens, rows, noisy } = puzzles
  const rounded = roundingOf(config)
  const { width } = config
  const prefix = prefixLength(config)
  let question = embedding(weights.tokens, transpose(tokens, 1, 0)) // [S, B, D]
  if (rows) {
    const [batch, length] = rows.shape as [number, number]
    const padding = prefix * width - length
    const padded = padding > 0 ? concatenate(1, rows, filled([batch, padding], 0)) : rows // [B, P·D]
    const tokensInFront = transpose(reshape(padded, [batch, prefix, width]), 1, 0, 2) // [P, B, D]
    question = concatenate(0, tokensInFront, question)
  }
  if (weights.positions) {
    const positions = reshape(weights.positions, [sequenceLength(config), 1, width])
    question = multiply(add(question, positions), Math.SQRT1_2)
  }
  const scaled = multiply(question, Math.sqrt(width))
  if (!noisy || !weights.noisyAnswer) return rounded(scaled)
  return rounded(add(scaled, embedNoisy(rounded(noisy), weights.noisyAnswer, prefix)))
}

/** The noisy answer as vectors: [L, B, D], nothing in the prefix. */
function embedNoisy(noisy: Tensor, weight: Tensor, prefix: number): Tensor {
  const [batch, cells, answers] = noisy.shape as [number, number, number]
  const [width] = weight.shape as [number, number]
  const rows = reshape(transpose(noisy, 1, 0, 2), [cells * batch, answers])
  const vectors = reshape(linear(rows, weight), [cells, batch, width]) // [S, B, D]
  return prefix === 0 ? vectors : concatenate(0, filled([prefix, batch, width], 0), vectors)
}

/**
 * Nodes (cell, symbol) as vectors: [S·F, B, D]. Each is told four numbers: its part of the noisy answer, whether the
 * cell holds this symbol, whether it holds another, and whether it is open. Symbols have no vectors of their own, so
 * that renamed ones give renamed answers.
 */
function embedFields(
  { tokens, noisy }: Puzzles,
  { input }: FieldWeights<Tensor>,
  config: ModelConfig,
): Tensor {
  const { exchangeable } = structureOfModel(config)
  const fields = exchangeable.length
  const [batch, cells] = tokens.shape as [number, number]
  const symbols = constant(Int32Array.from(exchangeable), [1, fields, 1], 'int32')
  const held = cast(equal(reshape(transpose(tokens, 1, 0), [cells, 1, batch]), symbols), 'float32') // [S, F, B]
  const given = broadcast(reduceSum(held, 1), [cells, fields, batch])
  const part = noisy ? transpose(noisy, 1, 2, 0) : filled([cells, fields, batch], 0)
  const told = [part, held, subtract(given, held), subtract(1, given)]
  const rows = concatenate(1, ...told.map((values) => reshape(values, [cells * fields * batch, 1])))
  const rounded = roundingOf(config)
  return reshape(rounded(linear(rounded(rows), input)), [cells * fields, batch, config.width])
}
