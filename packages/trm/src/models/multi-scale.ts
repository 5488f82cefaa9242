import { add, type Tensor } from '@tiny-recursive-models/tensor'
import type { Watch } from './calls.ts'
import { type ModelConfig, multiScaleLatents, type StateName } from './config.ts'
import type { Nets } from './nets.ts'
import { type StatesOf, withoutGradient } from './states.ts'

type LatentName = Exclude<StateName<'multi-scale'>, 'answer'>
type Latents = Readonly<Record<LatentName, Tensor>>

/** Six latents instead of one: zᵢ ← net(z₁ + … + z₆, y + x), each in its turn; then y ← net(y, z₁ + … + z₆). */
export function multiScaleRecursion(
  { answer: y, ...latents }: StatesOf<'multi-scale'>,
  x: Tensor,
  net: Nets,
  { latentUpdates: n, gradient }: ModelConfig,
  watch: Watch,
): StatesOf<'multi-scale'> {
  const guide = add(y, x)
  let z: Latents = latents
  for (let i = 1; i <= n; i++) {
    if (i === n && gradient === 'one-step') z = withoutGradient(z)
    const name = latentOf(i)
    z = { ...z, [name]: net.latent(sum(z), guide) }
    watch(name, z[name])
  }
  const answer = net.answer(y, sum(z))
  watch('answer', answer)
  return { ...z, answer }
}

const latentOf = (update: number): LatentName =>
  `latent${(1 + ((update - 1) % multiScaleLatents)) as 1 | 2 | 3 | 4 | 5 | 6}`

const sum = (latents: Latents): Tensor => Object.values(latents).reduce((total, z) => add(total, z))
