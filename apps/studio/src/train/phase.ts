/**
 * What a run is doing, as one value. Whatever is asked of a worker has an AbortController of its own, and the phase
 * holds it: answers to a request that the phase does not hold any more are not heard.
 */
import type { EvaluationReport, TrainingEvent } from '@tiny-recursive-models/trm'

export type Test =
  | {
      readonly state: 'running'
      readonly done: number
      readonly total: number
      readonly request: AbortController
    }
  | { readonly state: 'done'; readonly report: EvaluationReport; readonly step: number }

export interface Puzzles {
  readonly done: number
  readonly of: number
}

/** A worker trains. Aborting the request asks it to save and to end after the step at hand. */
export interface RunningPhase {
  readonly status: 'starting' | 'training' | 'pausing'
  readonly request: AbortController
  /** How many of its puzzles are made, before it trains. */
  readonly puzzles?: Puzzles
}

/** Nothing trains; a test may be under way. */
export interface RestingPhase {
  readonly status: 'paused' | 'done' | 'failed'
  readonly test: Test | null
  /** What went wrong last, in training or in a test; null where nothing did. */
  readonly problem: unknown
}

export type Phase = { readonly status: 'empty' } | RunningPhase | RestingPhase
export type Status = Phase['status']

export const empty: Phase = { status: 'empty' }

export const resting = (status: RestingPhase['status'], problem: unknown = null): RestingPhase => ({
  status,
  test: null,
  problem,
})

export const isRunning = (phase: Phase): phase is RunningPhase => 'request' in phase
export const isResting = (phase: Phase): phase is RestingPhase => 'test' in phase

/** What a worker is computing for this phase; null for nothing. */
export function requestOf(phase: Phase): AbortController | null {
  if (isRunning(phase)) return phase.request
  return isResting(phase) && phase.test?.state === 'running' ? phase.test.request : null
}

/** The phase after an event of training. */
export function afterEvent(
  phase: RunningPhase,
  type: TrainingEvent['type'] | 'puzzles' | 'examples',
): RunningPhase | RestingPhase {
  switch (type) {
    case 'stopped':
      return resting('paused')
    case 'done':
      return resting('done')
    case 'examples':
    case 'checkpoint':
    case 'evaluation':
      return phase
    default:
      return phase.status === 'starting' ? { ...phase, status: 'training' } : phase
  }
}

/** Calls `stop` when the request is aborted, at once where it has been. */
export function stopWith({ signal }: AbortController, stop: () => void): void {
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}
