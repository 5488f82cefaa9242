/** What more thinking gives and costs: one set of puzzles, measured with one effort after the other. */
import type { Executor } from '@tiny-recursive-models/tensor'
import type { AnyPuzzleSet } from '../data/puzzle-set.ts'
import type { ModelConfig } from '../models/config.ts'
import { type AttemptsOptions, type AttemptsReport, attemptAll } from './attempts.ts'
import { type Effort, effortOf } from './effort.ts'
import { endsByStandingStill } from './stands-still.ts'
import type { TrainedModel } from './thinker.ts'

/** What `measureEfforts` tells: how far it is with an effort, and at the end a report for each, in their order. */
export type EffortsEvent =
  | {
      readonly type: 'progress'
      readonly effort: Effort
      readonly done: number
      readonly total: number
    }
  | { readonly type: 'done'; readonly reports: readonly AttemptsReport[] }

/**
 * From little to much: as many steps as in training, then up to the longest and ending early, then several attempts.
 *
 * @param wanted the longest in steps (by default what the model takes), and how several attempts are made; null for none
 * @throws InputError if a number is out of its bounds
 */
export function effortLadder(
  trainedSteps: number,
  config: ModelConfig,
  wanted: { readonly maxSteps?: number; readonly several: Partial<Effort> | null },
): readonly Effort[] {
  const { maxSteps = config.supervisionSteps, several } = wanted
  const stop = endsByStandingStill(config) ? 'still' : 'halting'
  return [
    effortOf({ maxSteps: trainedSteps }, config),
    effortOf({ maxSteps, stop }, config),
    ...(several ? [effortOf({ ...several, maxSteps }, config)] : []),
  ]
}

/**
 * Measures one effort after the other; ends without `done` where it is stopped.
 * @throws InputError if the puzzles have another size, symbols or identifiers than the model
 */
export async function* measureEfforts(
  executor: Executor,
  model: TrainedModel,
  set: AnyPuzzleSet,
  efforts: readonly Effort[],
  options: AttemptsOptions = {},
): AsyncGenerator<EffortsEvent, void> {
  const reports: AttemptsReport[] = []
  for (const effort of efforts) {
    for await (const event of attemptAll(executor, model, set, effort, options)) {
      if (event.type === 'done') reports.push(event.report)
      if (event.type === 'progress') yield { type: 'progress', effort, done: event.done, total: event.total }
    }
    if (options.shouldStop?.()) return
  }
  yield { type: 'done', reports }
}
