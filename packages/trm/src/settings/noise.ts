/** The fields of a recipe's `noise`. */
import { z } from 'zod'
import { flag, numberBetween, oneOf, section, wholeNumber } from '../data/fields.ts'
import type { Frozen } from './frozen.ts'

const stay = () => wholeNumber(1, 100_000)

export const noiseFields = z.strictObject(
  {
    /**
     * What a model with `answerInput: 'noisy'` is shown at time t from 0 to 1. `rotation`: sin(πt/2) · answer +
     * cos(πt/2) · noise (arXiv 2609.01449); `interpolant`: t · answer + (1 − t) · noise (Looped Flows, arXiv 2609.11801).
     */
    path: oneOf('rotation', 'interpolant').default('rotation'),
    /**
     * The times of a puzzle's steps: rising evenly, drawn and sorted, drawn for each step on its own, or always at
     * `from`, which is nearly noise alone.
     */
    order: oneOf('rising', 'sorted', 'independent', 'pure').default('rising'),
    from: numberBetween(0, 1).default(0.01),
    to: numberBetween(0, 1).default(0.99),
    /** t = from + (to − from) · u^power with u even along the stay: above 1 more of it is spent in the noise. */
    power: numberBetween(0.1, 10).default(1),
    /** The same noise for the whole stay of a puzzle, or new noise in every step. */
    shared: flag().default(false),
    /**
     * What is shown when there is no answer yet: noise alone, or the flow's own path, on which the prediction takes the
     * place of the answer and t rises from 0 to 1 in `model.supervisionSteps` steps.
     */
    atTest: oneOf('noise', 'flow').default('noise'),
    /** Standard deviation of the noise, of each symbol of a cell. */
    deviation: numberBetween(0, 100).default(1),
    /** Supervision steps that a puzzle stays, drawn evenly between the two; */
    shortestStay: stay(),
    longestStay: stay(),
    /** the longest grows to this at the end of the run, from the share `growsFrom` of its steps on. */
    longestStayAtEnd: stay(),
    growsFrom: numberBetween(0, 1).default(0),
  },
  section,
)

/** The `noise` section of a recipe. */
export type NoiseRecipe = Frozen<z.output<typeof noiseFields>>
/** The same, as it may be written. */
export type NoiseInput = Frozen<z.input<typeof noiseFields>>
