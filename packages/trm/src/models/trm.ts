// The model of "Less is More: Recursive Reasoning with Tiny Networks" (arXiv 2510.04871), figure 3.
// Letters: B batch, S cells, P prefix tokens, L = P + S, D width, V symbols.
import {
  add,
  concatenate,
  embedding,
  filled,
  greater,
  linear,
  multiply,
  reshape,
  slice,
  stage,
  stopGradient,
  type Tensor,
  transpose,
} from '@tiny-recursive-models/tensor'
import { net, netWeights, positionTables } from './blocks.ts'
import {
  answerState,
  comparesScores,
  type ModelConfig,
  prefixLength,
  sequenceLength,
  stateNames,
} from './config.ts'
import { constant, type Net, type Nets, recursionOf, type States } from './recursion.ts'
import { answerNet, latentNet, startVector, type Weights } from './weights.ts'

export interface Puzzles {
  /** [B, S] int32 */
  readonly tokens: Tensor
  /** [B, E] rows of the puzzle embedding table; absent where the model has none. */
  readonly rows?: Tensor
}

export interface Prediction {
  /** Constants, to begin the next supervision step with. */
  readonly states: States
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
 * One supervision step: `cycles` times deepen the latent and renew the answer. Gradient flows through the last
 * cycle only.
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
  for (let cycle = 1; cycle <= config.cycles; cycle++) {
    states = recursionOf[config.kind](states, question, nets, config)
    if (cycle < config.cycles) states = constant(states)
  }
  const read = readOut(states[answerState(config)]!, weights, config)
  const { haltLogits, continueLogits } = read
  const wantsToHalt = greater(haltLogits, comparesScores(config) ? continueLogits : 0)
  return { ...read, wantsToHalt, states: constant(states) }
}

/** The nets of a model: one that renews everything, or one of its own for the answer. */
function netsOf(weights: Weights, config: ModelConfig, recompute: boolean): Nets {
  const positions = positionTables(config)
  const netOf = (name: string): Net => {
    const shared = netWeights(weights, config, name)
    return (state, injection) =>
      injection
        ? stage('net', recompute, (s, i) => net(s!, i, shared, config.heads, positions), state, injection)
        : stage('net', recompute, (s) => net(s!, undefined, shared, config.heads, positions), state)
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
function embedQuestion({ tokens, rows }: Puzzles, weights: Weights, config: ModelConfig): Tensor {
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
  return multiply(question, Math.sqrt(width))
}

/** The two heads on the answer: symbols of the cells, and the halting score from token 0. */
function readOut(
  answer: Tensor,
  weights: Weights,
  config: ModelConfig,
): Omit<Prediction, 'states' | 'wantsToHalt'> {
  const [tokens, batch, width] = answer.shape as [number, number, number]
  const cells = slice(answer, 0, prefixLength(config), tokens) // [S, B, D]
  const logits = linear(reshape(cells, [config.cells * batch, width]), weights.answerHead!) // [S·B, V]
  const first = reshape(slice(answer, 0, 0, 1), [batch, width]) // [B, D]
  const halt = add(linear(first, weights['haltHead.weight']!), weights['haltHead.bias']!) // [B, 2]
  return {
    logits: transpose(reshape(logits, [config.cells, batch, config.symbols]), 1, 0, 2),
    haltLogits: reshape(slice(halt, 1, 0, 1), [batch]),
    continueLogits: reshape(slice(halt, 1, 1, 2), [batch]),
  }
}
