/** How a validation and a whole run end: as events, and which weights are the best. */

import type { BestFigure, TrainingState } from '../checkpoint/training-state.ts'
import type { EvaluationReport } from '../evaluate/evaluate.ts'
import type { Recipe } from '../recipes/schema.ts'
import type { TrainingEvent } from './events.ts'

/** The last event of a run that ended with this state; undefined where there is something left to train. */
export function doneEvent(
  { training }: Recipe,
  { step, best, elapsedMs }: TrainingState,
): Extract<TrainingEvent, { type: 'done' }> | undefined {
  const { stopAtAccuracy } = training
  const accurate = stopAtAccuracy !== null && best !== null && best.exactAccuracy >= stopAtAccuracy
  const reason = budgetEnd(training, step, elapsedMs) ?? (accurate ? 'accuracy' : null)
  return reason === null ? undefined : { type: 'done', step, reason, elapsedMs }
}

/** Which budget is used up; null where none is. */
export function budgetEnd(
  { steps, stopAfterSeconds }: Recipe['training'],
  step: number,
  elapsedMs: number,
): 'steps' | 'time' | null {
  if (step >= steps) return 'steps'
  return stopAfterSeconds !== null && elapsedMs >= 1000 * stopAfterSeconds ? 'time' : null
}

/** More puzzles exact or, with as many, more cells right; of two equals the earlier one stays. */
export function isBetter(
  found: Pick<BestFigure, 'exactAccuracy' | 'cellAccuracy'>,
  best: BestFigure | null,
): boolean {
  if (best === null) return true
  return found.exactAccuracy === best.exactAccuracy
    ? found.cellAccuracy > best.cellAccuracy
    : found.exactAccuracy > best.exactAccuracy
}

export function evaluationEvent(
  step: number,
  report: EvaluationReport,
  elapsedMs: number,
  best: boolean,
): TrainingEvent {
  return {
    type: 'evaluation',
    step,
    split: 'validation',
    puzzles: report.puzzles,
    exactAccuracy: report.exactAccuracy,
    cellAccuracy: report.cellAccuracy,
    validAccuracy: report.validAccuracy,
    exactByStep: report.byStep.flatMap(({ exactAccuracy }) => exactAccuracy ?? []),
    elapsedMs,
    best,
  }
}
