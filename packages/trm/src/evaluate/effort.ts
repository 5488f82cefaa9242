import { InputError } from '@tiny-recursive-models/tensor'
import type { ModelConfig } from '../models/config.ts'
import { endsByStandingStill } from './stands-still.ts'

/** When an attempt ends before its last step: never, by the halting score, or when its answer is stable. */
export type StopRule = 'never' | 'halting' | 'still'

/** How much a model may think about a puzzle, and how an answer is chosen. */
export interface Effort {
  /** Supervision steps of an attempt. */
  readonly maxSteps: number
  readonly stop: StopRule
  /** Attempts at a puzzle. From the second on each starts differently: with other noise, or from a symmetric copy. */
  readonly attempts: number
  /**
   * What ends the attempts immediately: an answer that is valid by the family's rule (a Sudoku needs no label for
   * that), a stable one, or nothing.
   */
  readonly accept: 'valid' | 'still' | 'nothing'
  /** If no attempt is accepted: the best halting score, or the most frequent answer. */
  readonly pick: 'halting' | 'vote'
  /** Attempts from the second on are at symmetric copies, where the family has symmetries. */
  readonly symmetries: boolean
  /**
   * Standard deviation of the noise on the start states of attempts from the second on, for models that are shown none:
   * 0.3 in the field's reports.
   */
  readonly startNoise: number
  readonly seed: number
}

/** Standard deviation of the noise on the start states of another attempt (field's reports: best of 100, 87.3 → 98.75 %). */
export const restartNoise = 0.3

const most = { steps: 100_000, attempts: 10_000 }

/**
 * An effort whose defaults are those of training: one attempt of as many steps, all of them taken.
 * @throws InputError if a number is out of its bounds
 */
export function effortOf(
  wanted: Partial<Effort>,
  config: Pick<ModelConfig, 'kind' | 'supervisionSteps' | 'answerInput'>,
): Effort {
  const { attempts = 1 } = wanted
  const several = attempts > 1
  const effort: Effort = {
    maxSteps: config.supervisionSteps,
    stop: several ? (endsByStandingStill(config) ? 'still' : 'halting') : 'never',
    attempts,
    accept: several ? 'valid' : 'nothing',
    pick: 'halting',
    symmetries: false,
    startNoise: several && config.answerInput !== 'noisy' && !wanted.symmetries ? restartNoise : 0,
    seed: 0,
    ...wanted,
  }
  checkBounds('maximum steps', effort.maxSteps, most.steps)
  checkBounds('attempts', effort.attempts, most.attempts)
  return effort
}

function checkBounds(what: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= limit) return
  throw new InputError({
    who: 'effort',
    expected: `${what} from 1 to ${limit}`,
    got: String(value),
    hint: 'Give a whole number.',
  })
}
