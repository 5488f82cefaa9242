import { add, rmsNorm, stopGradient, type Tensor } from '@tiny-recursive-models/tensor'
import type { Watch } from './calls.ts'
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
  watch: Watch,
): StatesOf<'denoiser'> {
  const { latentUpdates: n, gradient } = config
  const left = (z: Tensor): Tensor => roundingOf(config)(rmsNorm(z))
  let z = add(latent, x)
  for (let i = 1; i <= n; i++) {
    if (i === n && gradient === 'one-step') z = stopGradient(z)
    z = net.latent(z)
    watch('latent', left(z)) // the heads read it as the end of the recursion leaves it
  }
  return { latent: left(z) }
}
