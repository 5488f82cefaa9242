import { add, rmsNorm, stopGradient, type Tensor } from '@tiny-recursive-models/tensor'
import type { ModelConfig } from './config.ts'
import type { Nets } from './nets.ts'
import { roundingOf } from './precision.ts'
import type { StatesOf } from './states.ts'

/**
 * Only the latent is carried; the answer comes anew from outside, noisy, as a part of the question (arXiv 2609.01449):
 * z ← z + x; z ← net(z), n times; z ← rms(z).
 */
export function denoisingRecursion(
  { latent }: StatesOf<'denoiser'>,
  x: Tensor,
  net: Nets,
  config: ModelConfig,
): StatesOf<'denoiser'> {
  const { latentUpdates: n, gradient } = config
  let z = add(latent, x)
  for (let i = 1; i <= n; i++) {
    if (i === n && gradient === 'one-step') z = stopGradient(z)
    z = net.latent(z)
  }
  return { latent: roundingOf(config)(rmsNorm(z)) }
}
