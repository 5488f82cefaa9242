import type { Deviation } from '../src/parity/deviations.ts'

/**
 * These models are chaotic: from step to step they multiply the rounding of float32 by about ten (trm_mlp) or three
 * (trm_singlez), so that the recorded numbers cannot be met exactly, not even by exact ones. Of trm_singlez only the
 * logits leave their tolerance, from step 3 on; float64 is 8.7e-5 away from them there, ONNX Runtime 2.4e-4. Of
 * trm_mlp the reference executor, in float64, is this far away:
 *
 * | step               | 1       | 2       | 3       | 4       | 5       | evaluation |
 * | loss               | 1.4e-7  | 2.9e-6  | 2.4e-5  | 1.4e-5  | 1.7e-4  |            |
 * | halting loss       | 1.8e-7  | 7.1e-6  | 3.0e-5  | 1.0e-5  | 1.6e-4  |            |
 * | logits             | 1.7e-5  | 2.3e-4  | 8.0e-3  | 2.0e-3  | 2.4e-2  | 4.6e-3     |
 * | halt logits        | 8.9e-7  | 4.1e-5  | 1.8e-4  | 5.3e-5  | 7.9e-4  | 3.1e-4     |
 *
 * Each quantity is held to its tolerance before the step named here, where float64 begins to fail it, and from there
 * to the bound beside. First gradients (float64: 1.3e-5), weights (4.7e-5), averages (1.2e-5), halting and counts
 * are met throughout. Puzzle rows move by the sign of their gradient, and a sign that rounding turns moves a number
 * by twice the learning rate of at most 0.01.
 */
type Chaos = Readonly<Record<string, { readonly from: number; readonly bound: number }>>

const chaosOfSingleState: Chaos = { logits: { from: 3, bound: 1e-3 } }

const chaosOfMlp: Chaos = {
  loss: { from: 3, bound: 1e-2 },
  answerLoss: { from: 3, bound: 1e-2 },
  haltLoss: { from: 3, bound: 1e-2 },
  logits: { from: 2, bound: 0.5 },
  'halt logits': { from: 3, bound: 0.05 },
  'continue logits': { from: 3, bound: 0.05 },
}

function allowedInChaos({ quantity, where, allowed }: Deviation, chaos: Chaos): number {
  const step = Number(/^step (\d+)$/.exec(where)?.[1] ?? 0)
  const known = chaos[quantity]
  return known && step >= known.from ? known.bound : allowed
}

function allowedForMlp(deviation: Deviation): number {
  const { quantity, where } = deviation
  if (quantity === 'evaluation logits') return 0.1
  if (quantity === 'final weights' && where === 'puzzleTable') return 0.02
  return allowedInChaos(deviation, chaosOfMlp)
}

/** How far a deviation may go, by the name of the recorded run. */
export const loose: Readonly<Record<string, (deviation: Deviation) => number>> = {
  trm_mlp: allowedForMlp,
  trm_singlez: (deviation) => allowedInChaos(deviation, chaosOfSingleState),
}
