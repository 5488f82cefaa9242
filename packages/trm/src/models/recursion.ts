// One recursion of every kind of model (arXiv 2510.04871 section 4; reference section 5).
// Letters: L tokens, B batch, D width. All tensors are [L, B, D].
import { add, rmsNorm, stopGradient, type Tensor } from '@tiny-recursive-models/tensor'
import { type ModelConfig, type ModelKind, multiScaleLatents } from './config.ts'

/** What a slot keeps from one supervision step to the next, by name: see `stateNames`. */
export type States = Readonly<Record<string, Tensor>>

/** A net: blocks(state + injection), or of the state alone. */
export type Net = (state: Tensor, injection?: Tensor) => Tensor

export interface Nets {
  /** Renews latents. */
  readonly latent: Net
  /** Renews the answer; the same net unless the model has two. */
  readonly answer: Net
}

export type Recursion = (states: States, question: Tensor, nets: Nets, config: ModelConfig) => States

/** How each kind of model deepens its latents and then renews its answer. */
export const recursionOf: Readonly<Record<ModelKind, Recursion>> = {
  trm: ({ latent, answer }, question, nets, config) => {
    const guided = add(answer!, question)
    const deepened = repeat(config, { latent: latent! }, (states) => ({
      latent: nets.latent(states.latent!, guided),
    }))
    return { ...deepened, answer: nets.answer(answer!, deepened.latent) }
  },

  // One state is both: it is renewed with the question in view, and then once without.
  'single-state': (states, question, nets, config) => {
    const deepened = repeat(config, states, ({ latent }) => ({ latent: nets.latent(latent!, question) }))
    return { latent: nets.answer(deepened.latent!) }
  },

  // Update i renews latent i alone, from the sum of all.
  'multi-scale': ({ answer, ...latents }, question, nets, config) => {
    const guided = add(answer!, question)
    const deepened = repeat(config, latents, (states, index) => ({
      ...states,
      [`latent${1 + (index % multiScaleLatents)}`]: nets.latent(sum(states), guided),
    }))
    return { ...deepened, answer: nets.answer(answer!, sum(deepened)) }
  },

  direct: ({ answer }, question, nets) => ({ answer: nets.answer(answer!, question) }),

  // Only the latent is carried: the answer comes anew from outside, noisy, as a part of the question (arXiv 2609.01449).
  denoiser: ({ latent }, question, nets, config) => {
    const deepened = repeat(config, { latent: add(latent!, question) }, (states) => ({
      latent: nets.latent(states.latent!),
    }))
    return { latent: rmsNorm(deepened.latent) }
  },
}

/** `latentUpdates` of them; with a one-step gradient what came before the last of them is constant. */
function repeat<Named extends States>(
  { latentUpdates, gradient }: ModelConfig,
  before: Named,
  update: (states: Named, index: number) => Named,
): Named {
  let states = before
  for (let index = 0; index < latentUpdates; index++) {
    if (gradient === 'one-step' && index === latentUpdates - 1) states = constant(states)
    states = update(states, index)
  }
  return states
}

/** The same states, through which no gradient flows. */
export function constant<Named extends States>(states: Named): Named {
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => [name, stopGradient(state)]),
  ) as Named
}

const sum = (states: States): Tensor => Object.values(states).reduce((total, state) => add(total, state))
