import { type HttpLimits, httpLimits } from '@tiny-recursive-models/http-server'

/** How much of the machine requests may take. */
export interface ModelServerLimits extends HttpLimits {
  /** Supervision steps of an attempt that a request may ask for. */
  readonly maxSteps: number
  /** Attempts that a request may ask for. */
  readonly attempts: number
  /** Puzzles that wait for a model beyond those it has; more are refused with 429. */
  readonly waiting: number
  /** From the last byte of a request to its answer, waiting included; later it is answered with 504. */
  readonly solveMs: number
}

export const modelServerLimits: ModelServerLimits = {
  ...httpLimits,
  connections: 1_024,
  bodyBytes: 65_536,
  maxSteps: 1_024,
  attempts: 16,
  waiting: 256,
  solveMs: 30_000,
}
