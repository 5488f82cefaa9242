import { stopGradient, type Tensor } from '@tiny-recursive-models/tensor'
import type { Watch } from './calls.ts'
import type { ModelConfig } from './config.ts'
import type { Nets } from './nets.ts'
import type { StatesOf } from './states.ts'

/** One state that is both answer and latent: z ← net(z, x), n times; then z ← net(z), without the question in view. */
export function singleStateRecursion(
  { latent: z }: StatesOf<'single-state'>,
  x: Tensor,
  net: Nets,
  { latentUpdates: n, gradient }: ModelConfig,
  watch: Watch,
): StatesOf<'single-state'> {
  for (let i = 1; i <= n; i++) {
    if (i === n && gradient === 'one-step') z = stopGradient(z)
    z = net.latent(z, x)
    watch('latent', z)
  }
  const latent = net.answer(z)
  watch('latent', latent)
  return { latent }
}
