import type { Tensor } from '@tiny-recursive-models/tensor'
import { type ModelConfig, type ModelKind, multiScaleLatents } from './config.ts'

/** A call of a net within a supervision step. */
export interface NetCall {
  /** Which of the T recursions, from 1. */
  readonly round: number
  /** Which call of that recursion, from 1: latent updates, and after them that of the answer, where there is one. */
  readonly update: number
  /** The state that it renews, as in `stateNames`. */
  readonly state: string
  /** Whether this is the update of the answer that ends a recursion. */
  readonly isAnswer: boolean
}

/** Told of every call of a net while a step is traced: the state that it renewed, as the heads would read it there. */
export type Watch = (state: string, value: Tensor) => void

export const unwatched: Watch = () => undefined

/** The calls of a net in one supervision step, in their order. */
export function callsOfStep(config: Pick<ModelConfig, 'kind' | 'recursions' | 'latentUpdates'>): NetCall[] {
  const ofRecursion = callsOfRecursion[config.kind](config.latentUpdates)
  return Array.from({ length: config.recursions }, (_, index) =>
    ofRecursion.map((call, place) => ({ round: index + 1, update: place + 1, ...call })),
  ).flat()
}

/** The calls of a step for people, as the paper counts: z1 z2 z3 y1 z4 z5 z6 y2. */
export function namesOfCalls(calls: readonly Pick<NetCall, 'isAnswer'>[]): string[] {
  let [latents, answers] = [0, 0]
  return calls.map(({ isAnswer }) => {
    if (isAnswer) answers += 1
    else latents += 1
    return isAnswer ? `y${answers}` : `z${latents}`
  })
}

type Renewal = Pick<NetCall, 'state' | 'isAnswer'>

const latents = (n: number): Renewal[] =>
  Array.from({ length: n }, () => ({ state: 'latent', isAnswer: false }))

/** Of one recursion with n latent updates. */
const callsOfRecursion: Readonly<Record<ModelKind, (n: number) => Renewal[]>> = {
  trm: (n) => [...latents(n), { state: 'answer', isAnswer: true }],
  'single-state': (n) => [...latents(n), { state: 'latent', isAnswer: true }],
  'multi-scale': (n) => [
    ...latents(n).map((call, index) => ({ ...call, state: `latent${1 + (index % multiScaleLatents)}` })),
    { state: 'answer', isAnswer: true },
  ],
  direct: () => [{ state: 'answer', isAnswer: true }],
  denoiser: latents,
}
