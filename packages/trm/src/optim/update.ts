import { adamAtan2, interpolate, scalar, secondMoment, type Tensor } from '@tiny-recursive-models/tensor'

/** Settings of AdamATan2 that do not change in a run; the scheduled ones are feeds. */
export interface OptimizerConfig {
  readonly beta1: number
  readonly beta2: number
  readonly weightDecay: number
  /** μ of the average of the weights; 0 = the average is the weights. */
  readonly averageDecay: number
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
  readonly average: Tensor
  readonly moment1: Tensor
  readonly moment2: Tensor
}

/** AdamATan2 and the moving average for one weight (reference section 4). */
export function updateWeight(
  state: WeightState,
  gradient: Tensor,
  scheduled: Scheduled,
  config: OptimizerConfig,
): WeightState {
  const moment1 = interpolate(state.moment1, gradient, scalar(1 - config.beta1))
  const moment2 = secondMoment(state.moment2, gradient, scalar(1 - config.beta2))
  const weights = adamAtan2({
    weights: state.weights,
    moment1,
    moment2,
    weightDecay: scalar(config.weightDecay),
    ...scheduled,
  })
  const average = interpolate(state.average, weights, scalar(1 - config.averageDecay))
  return { weights, average, moment1, moment2 }
}
