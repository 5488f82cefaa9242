// Tiny recursive models as figure 3 of the paper has them (arXiv 2510.04871), in its letters: x the embedded question,
// y the answer, z the latent, n latent updates, T recursions. All of x, y, z are [L, B, D]: L tokens, B batch, D width.
// What is learned from a supervision step, and when a puzzle is done, is in `train`.
import { add, filled, greater, stopGradient, type Tensor } from '@tiny-recursive-models/tensor'
import { unwatched, type Watch } from './calls.ts'
import { comparesScores, type ModelConfig, type ModelKind, sequenceLength } from './config.ts'
import { denoisingRecursion } from './denoiser.ts'
import { directPrediction } from './direct.ts'
import { type ReadOut, readOut } from './heads.ts'
import { multiScaleRecursion } from './multi-scale.ts'
import { type Nets, netsOf } from './nets.ts'
import { embedQuestion, type Puzzles } from './question.ts'
import { singleStateRecursion } from './single-state.ts'
import { type States, type StatesOf, statesOf, withoutGradient } from './states.ts'
import { treeOfWeights, type Weights } from './weights.ts'

/** z ← net(z, y + x), n times; then y ← net(y, z). A net works on the sum of what it is given. */
export function latentRecursion(
  { answer: y, latent: z }: StatesOf<'trm'>,
  x: Tensor,
  net: Nets,
  { latentUpdates: n, gradient }: ModelConfig,
  watch: Watch,
): StatesOf<'trm'> {
  const guide = add(y, x)
  for (let i = 1; i <= n; i++) {
    if (i === n && gradient === 'one-step') z = stopGradient(z) // only the last latent update learns, as in HRM
    z = net.latent(z, guide)
    watch('latent', z)
  }
  const answer = net.answer(y, z)
  watch('answer', answer)
  return { latent: z, answer }
}

/** T recursions; the first T − 1 without gradient. */
export function deepRecursion<Kind extends ModelKind>(
  kind: Kind,
  states: StatesOf<Kind>,
  x: Tensor,
  net: Nets,
  config: ModelConfig,
  watch: Watch = unwatched,
): StatesOf<Kind> {
  const recursion = recursionOf[kind]
  const { recursions: T } = config
  for (let j = 1; j < T; j++) states = withoutGradient(recursion(states, x, net, config, watch))
  return recursion(states, x, net, config, watch)
}

/** One recursion of every kind of model. */
const recursionOf: {
  readonly [Kind in ModelKind]: (
    states: StatesOf<Kind>,
    x: Tensor,
    net: Nets,
    config: ModelConfig,
    watch: Watch,
  ) => StatesOf<Kind>
} = {
  trm: latentRecursion,
  'single-state': singleStateRecursion,
  'multi-scale': multiScaleRecursion,
  direct: directPrediction,
  denoiser: denoisingRecursion,
}

export interface Prediction extends ReadOut {
  /** Constants, to begin the next supervision step with. */
  readonly states: States
  /** The same states with the gradient that flows through them, to go on within one optimiser step. */
  readonly flowing: States
  /** [B] bool: the model would halt here. */
  readonly wantsToHalt: Tensor
  /** [B, S, V] after every call of a net, as `callsOfStep` orders them; empty unless asked for. */
  readonly logitsInside: readonly Tensor[]
}

/**
 * One supervision step: the question is embedded, answer and latent are deepened, and the heads read the answer.
 *
 * @param before the states that the step before left, or `startStates`
 * @param recompute compute every net call again in the backward pass instead of keeping its inner values
 * @param inside    also read what every call of a net leaves
 * @throws InputError where a weight or a state of the model is missing
 */
export function supervisionStep(
  puzzles: Puzzles,
  before: States,
  weights: Weights,
  config: ModelConfig,
  recompute = false,
  inside = false,
): Prediction {
  const tree = treeOfWeights(weights, config)
  const net = netsOf(tree, config, recompute)
  const x = embedQuestion(puzzles, tree, config)
  const { kind } = config
  const logitsInside: Tensor[] = []
  const watch: Watch = (_, value) => logitsInside.push(readOut(value, puzzles, tree, config).logits)
  const states: StatesOf<ModelKind> = deepRecursion(
    kind,
    statesOf(kind, before),
    x,
    net,
    config,
    inside ? watch : unwatched,
  )
  const read = readOut('answer' in states ? states.answer : states.latent, puzzles, tree, config)
  const wantsToHalt = greater(read.haltLogits, comparesScores(config) ? read.continueLogits : 0)
  return { ...read, wantsToHalt, states: withoutGradient(states), flowing: states, logitsInside }
}

/** The start vectors in every token of every slot. */
export function startStates(weights: Weights, config: ModelConfig, batch: number): States {
  const { starts } = treeOfWeights(weights, config)
  const zeros = filled([sequenceLength(config), batch, config.width], 0)
  const everywhere = [...starts].map(([name, start]) => [name, add(stopGradient(start), zeros)] as const)
  return Object.fromEntries(everywhere.reverse()) // as `stateNames` orders them
}
