import {
  adamAtan2,
  add,
  divide,
  InputError,
  interpolate,
  multiply,
  scalar,
  secondMoment,
  squareRoot,
  subtract,
  type Tensor,
} from '@tiny-recursive-models/tensor'
import { muonDirection, muonMomentum } from './muon.ts'
import { isBlockMatrix, isDecayed } from './weight-groups.ts'

/**
 * Settings of the update that do not change in a run; the scheduled ones are feeds. Omitted settings are as published.
 */
export interface OptimizerConfig {
  /** Default: AdamATan2. */
  readonly kind?: UpdateKind
  readonly beta1: number
  readonly beta2: number
  readonly weightDecay: number
  /** Which weights decay; default: all. */
  readonly weightDecayOf?: 'all' | 'matrices'
  /** The largest length of all gradients as one vector; default: null, no limit. */
  readonly gradientClip?: number | null
  /** μ of the exponential moving average of the weights (EMA); 0 = the EMA is the weights. */
  readonly emaDecay: number
  /** The full learning rate of the schedule; only Muon reads it. */
  readonly learningRate?: number
  /** Muon's own full learning rate, which follows the same schedule. */
  readonly muonLearningRate?: number
}

export interface Scheduled {
  /** [] learning rate of this step */
  readonly learningRate: Tensor
  /** [] 1 − β1^t */
  readonly correction1: Tensor
  /** [] 1 − β2^t */
  readonly correction2: Tensor
}

export interface WeightState {
  readonly weights: Tensor
  readonly ema: Tensor
  readonly moment1: Tensor
  readonly moment2: Tensor
}

/** A weight after a step; a moment that the rule has no use for is left out and stays as it is. */
export type UpdatedState = Omit<WeightState, 'moment2'> & Partial<Pick<WeightState, 'moment2'>>

/** What a rule computes; the EMA is the same for all. */
type Moved = Omit<UpdatedState, 'ema'>

/** One step of one weight, whose name decides about decay and, for Muon, about the rule itself. */
type UpdateRule = (
  name: string,
  state: WeightState,
  gradient: Tensor,
  scheduled: Scheduled,
  config: OptimizerConfig,
) => Moved

export type UpdateKind = 'adam-atan2' | 'adamw' | 'muon'

/** ε of AdamW, as in its paper and in every common implementation. */
const adamEpsilon = 1e-8

/** The table of rules: the one place that says what a kind of optimiser does. */
export const updateRules: Readonly<Record<UpdateKind, UpdateRule>> = {
  'adam-atan2': updateByAdamAtan2,
  adamw: updateByAdamW,
  muon: (name, state, ...rest) =>
    isBlockMatrix(name, state.weights.shape)
      ? updateByMuon(name, state, ...rest)
      : updateByAdamW(name, state, ...rest),
}

/** One weight by the rule of the configuration, and its EMA (reference section 4). */
export function updateWeight(
  name: string,
  state: WeightState,
  gradient: Tensor,
  scheduled: Scheduled,
  config: OptimizerConfig,
): UpdatedState {
  const rule = updateRules[config.kind ?? 'adam-atan2']
  const { weights, ...moments } = rule(name, state, gradient, scheduled, config)
  const ema = interpolate(state.ema, weights, scalar(1 - config.emaDecay))
  return { weights, ema, ...moments }
}

/** AdamATan2 (arXiv 2407.05872): Adam without ε, whose steps do not depend on the scale of the loss. */
function updateByAdamAtan2(
  name: string,
  state: WeightState,
  gradient: Tensor,
  scheduled: Scheduled,
  config: OptimizerConfig,
): Moved {
  const { moment1, moment2 } = averaged(state, gradient, config)
  const weights = adamAtan2({
    weights: state.weights,
    moment1,
    moment2,
    weightDecay: scalar(decayOf(name, state, config)),
    ...scheduled,
  })
  return { weights, moment1, moment2 }
}

/** AdamW (arXiv 1711.05101): w·(1 − lr·decay) − lr · (m/c1) / (√(v/c2) + ε). */
function updateByAdamW(
  name: string,
  state: WeightState,
  gradient: Tensor,
  { learningRate, correction1, correction2 }: Scheduled,
  config: OptimizerConfig,
): Moved {
  const { moment1, moment2 } = averaged(state, gradient, config)
  const scale = add(squareRoot(divide(moment2, correction2)), adamEpsilon)
  const direction = divide(divide(moment1, correction1), scale)
  const weights = moved(state.weights, direction, learningRate, decayOf(name, state, config))
  return { weights, moment1, moment2 }
}

/**
 * Muon (Keller Jordan 2024, https://kellerjordan.github.io/posts/muon/): w·(1 − lr·decay) − lr · direction. The
 * rate follows the schedule of the other weights in proportion, so that no further feed is needed.
 */
function updateByMuon(
  name: string,
  state: WeightState,
  gradient: Tensor,
  { learningRate }: Scheduled,
  config: OptimizerConfig,
): Moved {
  const moment1 = interpolate(state.moment1, gradient, scalar(1 - muonMomentum))
  const direction = muonDirection(gradient, moment1)
  const rate = multiply(learningRate, muonRatio(config))
  const weights = moved(state.weights, direction, rate, decayOf(name, state, config))
  return { weights, moment1 }
}

/** Muon's learning rate over that of the other weights. */
function muonRatio({ learningRate = 0, muonLearningRate }: OptimizerConfig): number {
  if (learningRate > 0 && muonLearningRate !== undefined) return muonLearningRate / learningRate
  throw new InputError({
    who: 'optimizer',
    expected: 'a learningRate above 0 and a muonLearningRate for Muon',
    got: `${learningRate} and ${muonLearningRate ?? 'nothing'}`,
    hint: 'Muon’s rate follows the schedule of learningRate in proportion: set both.',
  })
}

/** Both moments of Adam after this gradient. */
function averaged(state: WeightState, gradient: Tensor, { beta1, beta2 }: OptimizerConfig) {
  const moment1 = interpolate(state.moment1, gradient, scalar(1 - beta1))
  const moment2 = secondMoment(state.moment2, gradient, scalar(1 - beta2))
  return { moment1, moment2 }
}

/** w·(1 − rate·decay) − rate·direction */
function moved(weights: Tensor, direction: Tensor, rate: Tensor, decay: number): Tensor {
  const kept = multiply(weights, subtract(1, multiply(rate, decay)))
  return subtract(kept, multiply(direction, rate))
}

function decayOf(name: string, { weights }: WeightState, config: OptimizerConfig): number {
  const decays = config.weightDecayOf !== 'matrices' || isDecayed(name, weights.shape)
  return decays ? config.weightDecay : 0
}
