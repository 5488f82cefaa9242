/** What a call of a net reads and renews, for the picture of the machine. */
import type { ModelKind } from '@tiny-recursive-models/trm'
import type { NetCall } from '@tiny-recursive-models/trm/models'

export type Part = 'x' | 'y' | 'z'

export interface Wiring {
  readonly reads: readonly Part[]
  readonly renews: Part
}

interface Machine {
  /** Its parts besides the net. */
  readonly parts: readonly Part[]
  readonly wiringOf: (call: Pick<NetCall, 'update' | 'isAnswer'>) => Wiring
  /** What a round is, in the letters of the paper. */
  readonly words: string
}

const withAnswer: Machine = {
  parts: ['x', 'z', 'y'],
  wiringOf: ({ isAnswer }) =>
    isAnswer ? { reads: ['z', 'y'], renews: 'y' } : { reads: ['x', 'z', 'y'], renews: 'z' },
  words: 'z is renewed from x, y and z; at the end of a round y from y and z.',
}

/** Of every kind of model. */
export const machines: Readonly<Record<ModelKind, Machine>> = {
  trm: withAnswer,
  'multi-scale': { ...withAnswer, words: 'Six latents z are renewed in turn, then y from y and their sum.' },
  'single-state': {
    parts: ['x', 'z'],
    wiringOf: ({ isAnswer }) => ({ reads: isAnswer ? ['z'] : ['x', 'z'], renews: 'z' }),
    words: 'One state z is both: renewed from x and z, at the end of a round from z alone.',
  },
  direct: {
    parts: ['x', 'y'],
    wiringOf: () => ({ reads: ['x', 'y'], renews: 'y' }),
    words: 'No recursion within a step: y is renewed from x and y, once.',
  },
  denoiser: {
    parts: ['x', 'z'],
    wiringOf: ({ update }) => ({ reads: update === 1 ? ['x', 'z'] : ['z'], renews: 'z' }),
    words:
      'One state z is both: x, with fresh noise for an answer, is added to it; then it is renewed from itself.',
  },
}
