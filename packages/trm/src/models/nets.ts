import { add, stage, type Tensor } from '@tiny-recursive-models/tensor'
import { net, positionTables } from './blocks.ts'
import type { ModelConfig } from './config.ts'
import type { BlockWeights, ModelWeights } from './weight-tree.ts'

/** A net, of the sum of what it is given: [L, B, D] each → [L, B, D]. */
export type Net = (...given: readonly Tensor[]) => Tensor

export interface Nets {
  /** Renews latents. */
  readonly latent: Net
  /** Renews the answer; the same net unless the model has two. */
  readonly answer: Net
}

/**
 * The nets of a model. Each call is a stage, whose gradient is finished before that of the call before it.
 *
 * @param recompute compute every call again in the backward pass instead of keeping its inner values
 */
export function netsOf({ nets }: ModelWeights<Tensor>, config: ModelConfig, recompute: boolean): Nets {
  const positions = positionTables(config)
  const netOf = (weights: readonly BlockWeights<Tensor>[]): Net => {
    const apply = net(weights, config, positions)
    // A stage also hands over the weights, which it takes from outside: what was given comes first.
    return (...given) =>
      stage('net', recompute, (...inner) => apply(sum(inner.slice(0, given.length))), ...given)
  }
  if (!('shared' in nets)) return { latent: netOf(nets.latent), answer: netOf(nets.answer) }
  const shared = netOf(nets.shared)
  return { latent: shared, answer: shared }
}

const sum = (given: readonly Tensor[]): Tensor => given.reduce((total, next) => add(total, next))
