// What a model says: symbols of the cells, and whether it would halt.
// Letters: B batch, S cells, F fields, L tokens, D width, V symbols.
import {
  add,
  cast,
  constant,
  equal,
  linear,
  matmul,
  multiply,
  or,
  range,
  reduceSum,
  reshape,
  scalar,
  select,
  slice,
  subtract,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'
import { isStructured, type ModelConfig, prefixLength, structureOfModel } from './config.ts'
import { roundingOf } from './precision.ts'
import type { Puzzles } from './question.ts'
import type { ModelWeights } from './weight-tree.ts'

type Heads = Pick<ModelWeights<Tensor>, 'answerHead' | 'haltHead'>

export interface ReadOut {
  /** [B, S, V] */
  readonly logits: Tensor
  /** [B]: above 0 the model believes that its answer is right. */
  readonly haltLogits: Tensor
  /** [B]: the second output of the halting head, trained where the model has a continue loss. */
  readonly continueLogits: Tensor
}

/** The two heads on the answer: symbols of the cells, and the halting score. */
export function readOut(
  answer: Tensor,
  puzzles: Puzzles,
  { answerHead, haltHead }: Heads,
  config: ModelConfig,
): ReadOut {
  const read = roundingOf(config)(answer)
  if (isStructured(config)) return readStructured(read, puzzles, { answerHead, haltHead }, config)
  const [tokens, batch, width] = read.shape as [number, number, number]
  const cells = slice(read, 0, prefixLength(config), tokens) // [S, B, D]
  const logits = linear(reshape(cells, [config.cells * batch, width]), answerHead) // [S·B, V]
  const first = reshape(slice(read, 0, 0, 1), [batch, width]) // [B, D]
  const halt = add(linear(first, haltHead.weight), haltHead.bias) // [B, 2]
  const ofCells = transpose(reshape(logits, [config.cells, batch, config.symbols]), 1, 0, 2)
  return {
    logits: puzzles.noisy ? pinGiven(ofCells, puzzles.tokens, config) : ofCells,
    haltLogits: reshape(slice(halt, 1, 0, 1), [batch]),
    continueLogits: reshape(slice(halt, 1, 1, 2), [batch]),
  }
}

/** Logit of a symbol that is given, and its negative of one that cannot be. */
const certain = 30

/**
 * The heads of models that mix by structure. No cell is special there, so the halting score reads the mean of all nodes
 * instead of token 0, and a node of `fields` scores its own symbol.
 */
function readStructured(
  answer: Tensor,
  puzzles: Puzzles,
  { answerHead, haltHead }: Heads,
  config: ModelConfig,
): ReadOut {
  const [nodes, batch, width] = answer.shape as [number, number, number]
  const { cells, symbols } = config
  const scores = linear(reshape(answer, [nodes * batch, width]), answerHead) // [S·F·B, 1] or [S·B, V]
  const logits =
    config.mixer === 'fields'
      ? placeSymbols(reshape(scores, [cells, nodes / cells, batch]), config)
      : transpose(reshape(scores, [cells, batch, symbols]), 1, 0, 2)
  const mean = reshape(multiply(reduceSum(answer, 0), 1 / nodes), [batch, width])
  const halt = add(linear(roundingOf(config)(mean), haltHead.weight), haltHead.bias) // [B, 2]
  return {
    logits: pinGiven(logits, puzzles.tokens, config),
    haltLogits: reshape(slice(halt, 1, 0, 1), [batch]),
    continueLogits: reshape(slice(halt, 1, 1, 2), [batch]),
  }
}

/** Scores [S, F, B] of the symbols that may be exchanged as logits [B, S, V]; the others cannot be. */
function placeSymbols(scores: Tensor, config: ModelConfig): Tensor {
  const { exchangeable } = structureOfModel(config)
  const [cells, fields, batch] = scores.shape as [number, number, number]
  const place = new Float32Array(fields * config.symbols)
  exchangeable.forEach((symbol, field) => {
    place[field * config.symbols + symbol] = 1
  })
  const impossible = Float32Array.from({ length: config.symbols }, (_, symbol) =>
    exchangeable.includes(symbol) ? 0 : -certain,
  )
  const rows = reshape(transpose(scores, 2, 0, 1), [batch * cells, fields])
  const placed = matmul(rows, constant(place, [fields, config.symbols]))
  const offset = constant(impossible, [1, config.symbols])
  return reshape(add(placed, offset), [batch, cells, config.symbols])
}

/** Logits [B, S, V] with what the question gives in its place: such cells teach nothing and cannot be wrong. */
function pinGiven(logits: Tensor, tokens: Tensor, config: ModelConfig): Tensor {
  const { open } = structureOfModel(config)
  const [batch, cells, symbols] = logits.shape as [number, number, number]
  const ofCell = reshape(tokens, [batch, cells, 1])
  const isOpen = open
    .map((symbol) => equal(ofCell, scalar(symbol, 'int32')))
    .reduce((either, next) => or(either, next))
  const held = cast(equal(ofCell, range(symbols)), 'float32') // [B, S, V]
  return select(isOpen, logits, multiply(subtract(multiply(held, 2), 1), certain))
}
