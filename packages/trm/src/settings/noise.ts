/** The fields of a recipe's `noise`. */
import { z } from 'zod'
import { flag, numberBetween, oneOf, section, wholeNumber } from '../data/fields.ts'
import type { Frozen } from './frozen.ts'

const stay = () => wholeNumber(1, 100_000)

export const noiseFields = z.strictObject(
  {
    path: oneOf('rotation', 'interpolant').default('rotation').meta({
      description:
        'what is shown at time t from 0 to 1: `rotation`, sin(πt/2) · answer + cos(πt/2) · noise (arXiv 2609.01449); `interpolant`, t · answer + (1 − t) · noise (Looped Flows, arXiv 2609.11801)',
    }),
    order: oneOf('rising', 'sorted', 'independent', 'pure').default('rising').meta({
      description:
        "times of a puzzle's steps: `rising` evenly, drawn and `sorted`, drawn for each step (`independent`), or always at `from`, which is nearly noise alone (`pure`)",
    }),
    from: numberBetween(0, 1).default(0.01).meta({ description: 'the first time' }),
    to: numberBetween(0, 1).default(0.99).meta({ description: 'the last time' }),
    power: numberBetween(0.1, 10).default(1).meta({
      description:
        't = from + (to − from) · u^power with u even along the stay: above 1, more of it is spent in the noise',
    }),
    shared: flag().default(false).meta({
      description: 'the same noise for the whole stay of a puzzle, or new noise in every step',
    }),
    atTest: oneOf('noise', 'flow').default('noise').meta({
      description:
        "what is shown when there is no answer yet: `noise` alone, or the `flow`'s own path, on which the prediction takes the place of the answer and t rises from 0 to 1 in `model.supervisionSteps` steps",
    }),
    deviation: numberBetween(0, 100).default(1).meta({
      description: 'standard deviation of the noise, of each symbol of a cell',
    }),
    shortestStay: stay().meta({
      description: 'fewest supervision steps that a puzzle stays; drawn evenly up to `longestStay`',
    }),
    longestStay: stay().meta({ description: 'most supervision steps that a puzzle stays, at the start' }),
    longestStayAtEnd: stay().meta({ description: 'the same at the end of the run' }),
    growsFrom: numberBetween(0, 1).default(0).meta({
      description: 'share of the steps from which `longestStay` grows to `longestStayAtEnd`',
    }),
  },
  section,
)

/** The `noise` section of a recipe. */
export type NoiseRecipe = Frozen<z.output<typeof noiseFields>>
/** The same, as it may be written. */
export type NoiseInput = Frozen<z.input<typeof noiseFields>>
