// The model of "Less is More: Recursive Reasoning with Tiny Networks" (arXiv 2510.04871), figure 3.
// Letters: B batch, S cells, P prefix tokens, L = P + S, D width, V symbols.
import {
  add,
  broadcast,
  cast,
  concatenate,
  constant as constantTensor,
  embedding,
  equal,
  filled,
  greater,
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
  stage,
  stopGradient,
  subtract,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'
import { net, netWeights, positionTables } from './blocks.ts'
import {
  answerState,
  comparesScores,
  isStructured,
  type ModelConfig,
  prefixLength,
  sequenceLength,
  stateNames,
  structureOfModel,
} from './config.ts'
import { constant, type Net, type Nets, recursionOf, type States } from './recursion.ts'
import { answerNet, latentNet, startVector, type Weights } from './weights.ts'

export interface Puzzles {
  /** [B, S] int32 */
  readonly tokens: Tensor
  /** [B, E] rows of the puzzle embedding table; absent where the model has none. */
  readonly rows?: Tensor
  /**
   * [B, S, A] the answer part-way between noise and truth, for each symbol that a cell may turn out to hold; 0 where a
   * cell is given. Only for models with `answerInput: 'noisy'`.
   */
  readonly noisy?: Tensor
}

export interface Prediction {
  /** Constants, to begin the next supervision step with. */
  readonly states: States
  /** The same states with the gradient that flows through them, to go on within one optimiser step. */
  readonly flowing: States
  /** [B, S, V] */
  readonly logits: Tensor
  /** [B]: above 0 the model believes that its answer is right. */
  readonly haltLogits: Tensor
  /** [B]: the second output of the halting head, trained where the model has a continue loss. */
  readonly continueLogits: Tensor
  /** [B] bool: the model would halt here. */
  readonly wantsToHalt: Tensor
}

/**
 * One supervision step: `recursions` times deepen the latent and renew the answer. Gradient flows through the last
 * of them only.
 *
 * @param recompute compute every net call again in the backward pass instead of keeping its inner values
 */
export function supervisionStep(
  puzzles: Puzzles,
  before: States,
  weights: Weights,
  config: ModelConfig,
  recompute = false,
): Prediction {
  const nets = netsOf(weights, config, recompute)
  const question = embedQuestion(puzzles, weights, config) // [L, B, D]
  let states = before
  for (let recursion = 1; recursion <= config.recursions; recursion++) {
    states = recursionOf[config.kind](states, question, nets, config)
    if (recursion < config.recursions) states = constant(states)
  }
  const read = readOut(states[answerState(config)]!, puzzles, weights, config)
  const { haltLogits, continueLogits } = read
  const wantsToHalt = greater(haltLogits, comparesScores(config) ? continueLogits : 0)
  return { ...read, wantsToHalt, states: constant(states), flowing: states }
}

/** The nets of a model: one that renews everything, or one of its own for the answer. */
function netsOf(weights: Weights, config: ModelConfig, recompute: boolean): Nets {
  const positions = positionTables(config)
  const netOf = (name: string): Net => {
    const shared = netWeights(weights, config, name)
    return (state, injection) =>
      injection
        ? stage('net', recompute, (s, i) => net(s!, i, shared, config, positions), state, injection)
        : stage('net', recompute, (s) => net(s!, undefined, shared, config, positions), state)
  }
  const [forLatent, forAnswer] = [latentNet(config), answerNet(config)]
  const latent = netOf(forLatent ?? forAnswer)
  return { latent, answer: forLatent === null || forLatent === forAnswer ? latent : netOf(forAnswer) }
}

/** The start vectors in every token of every slot. */
export function startStates(weights: Weights, config: ModelConfig, batch: number): States {
  const shape = [sequenceLength(config), batch, config.width]
  const everywhere = (vector: Tensor) => add(stopGradient(vector), filled(shape, 0)) // [L, B, D]
  return Object.fromEntries(stateNames(config).map((name) => [name, everywhere(weights[startVector(name)]!)]))
}

/** Prefix and cells as vectors: [L, B, D]. */
function embedQuestion(puzzles: Puzzles, weights: Weights, config: ModelConfig): Tensor {
  if (config.mixer === 'fields') return embedFields(puzzles, weights, config)
  const { tokens, rows, noisy } = puzzles
  const { width } = config
  const prefix = prefixLength(config)
  let question = embedding(weights.tokens!, transpose(tokens, 1, 0)) // [S, B, D]
  if (rows) {
    const [batch, length] = rows.shape as [number, number]
    const padding = prefix * width - length
    const padded = padding > 0 ? concatenate(1, rows, filled([batch, padding], 0)) : rows // [B, P·D]
    const tokensInFront = transpose(reshape(padded, [batch, prefix, width]), 1, 0, 2) // [P, B, D]
    question = concatenate(0, tokensInFront, question)
  }
  if (config.positions === 'learned') {
    const positions = reshape(weights.positions!, [sequenceLength(config), 1, width])
    question = multiply(add(question, positions), Math.SQRT1_2)
  }
  const scaled = multiply(question, Math.sqrt(width))
  return noisy ? add(scaled, embedNoisy(noisy, weights.noisyAnswer!, prefix)) : scaled
}

/** The noisy answer as vectors: [L, B, D], nothing in the prefix. */
function embedNoisy(noisy: Tensor, weight: Tensor, prefix: number): Tensor {
  const [batch, cells, answers] = noisy.shape as [number, number, number]
  const width = weight.shape[0]!
  const rows = reshape(transpose(noisy, 1, 0, 2), [cells * batch, answers])
  const vectors = reshape(linear(rows, weight), [cells, batch, width]) // [S, B, D]
  return prefix === 0 ? vectors : concatenate(0, filled([prefix, batch, width], 0), vectors)
}

/**
 * Nodes (cell, symbol) as vectors: [S·F, B, D]. Each is told four numbers: its part of the noisy answer, whether the
 * cell holds this symbol, whether it holds another, and whether it is open. Symbols have no vectors of their own, so
 * that renamed ones give renamed answers.
 */
function embedFields({ tokens, noisy }: Puzzles, weights: Weights, config: ModelConfig): Tensor {
  const { exchangeable } = structureOfModel(config)
  const fields = exchangeable.length
  const [batch, cells] = tokens.shape as [number, number]
  const symbols = constantTensor(Int32Array.from(exchangeable), [1, fields, 1], 'int32')
  const held = cast(equal(reshape(transpose(tokens, 1, 0), [cells, 1, batch]), symbols), 'float32') // [S, F, B]
  const given = broadcast(reduceSum(held, 1), [cells, fields, batch])
  const part = noisy ? transpose(noisy, 1, 2, 0) : filled([cells, fields, batch], 0)
  const told = [part, held, subtract(given, held), subtract(1, given)]
  const rows = concatenate(1, ...told.map((values) => reshape(values, [cells * fields * batch, 1])))
  return reshape(linear(rows, weights.input!), [cells * fields, batch, config.width])
}

/** The two heads on the answer: symbols of the cells, and the halting score. */
function readOut(
  answer: Tensor,
  puzzles: Puzzles,
  weights: Weights,
  config: ModelConfig,
): Omit<Prediction, 'states' | 'flowing' | 'wantsToHalt'> {
  if (isStructured(config)) return readStructured(answer, puzzles, weights, config)
  const [tokens, batch, width] = answer.shape as [number, number, number]
  const cells = slice(answer, 0, prefixLength(config), tokens) // [S, B, D]
  const logits = linear(reshape(cells, [config.cells * batch, width]), weights.answerHead!) // [S·B, V]
  const first = reshape(slice(answer, 0, 0, 1), [batch, width]) // [B, D]
  const halt = add(linear(first, weights['haltHead.weight']!), weights['haltHead.bias']!) // [B, 2]
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
  weights: Weights,
  config: ModelConfig,
): Omit<Prediction, 'states' | 'flowing' | 'wantsToHalt'> {
  const [nodes, batch, width] = answer.shape as [number, number, number]
  const { cells, symbols } = config
  const scores = linear(reshape(answer, [nodes * batch, width]), weights.answerHead!) // [S·F·B, 1] or [S·B, V]
  const logits =
    config.mixer === 'fields'
      ? placeSymbols(reshape(scores, [cells, nodes / cells, batch]), config)
      : transpose(reshape(scores, [cells, batch, symbols]), 1, 0, 2)
  const mean = reshape(multiply(reduceSum(answer, 0), 1 / nodes), [batch, width])
  const halt = add(linear(mean, weights['haltHead.weight']!), weights['haltHead.bias']!) // [B, 2]
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
  const placed = matmul(rows, constantTensor(place, [fields, config.symbols]))
  const offset = constantTensor(impossible, [1, config.symbols])
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
