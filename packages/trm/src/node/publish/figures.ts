/** How well a published model solves puzzles, wherever that is written down. */
import type { RunReport } from '../../evaluate/run-facts.ts'
import type { ShippedModel } from '../../shipped/shipped-models.ts'

/** Figures on test puzzles; shares are 0 to 1. */
export interface PublishedFigures {
  readonly puzzles: number
  /** [supervision steps] */
  readonly byStep: readonly {
    readonly step: number
    readonly exact: number | null
    readonly cells: number | null
    /** Null where no rule tells. */
    readonly valid: number | null
  }[]
  /** With early halting. */
  readonly early: { readonly exact: number | null; readonly meanSteps: number }
}

/** Null for a run without test puzzles. */
export function figuresOfReport({ test }: RunReport): PublishedFigures | null {
  if (test === null) return null
  const { full, early } = test
  return {
    puzzles: full.puzzles,
    byStep: full.byStep.map(({ step, exactAccuracy, cellAccuracy, validAccuracy }) => ({
      step,
      exact: exactAccuracy,
      cells: cellAccuracy,
      valid: validAccuracy,
    })),
    early: { exact: early.exactAccuracy, meanSteps: early.meanSteps },
  }
}

export function figuresOfShipped({ test }: ShippedModel): PublishedFigures {
  const { puzzles, exactByStep, cellByStep, validByStep, early } = test
  return {
    puzzles,
    byStep: exactByStep.map((exact, index) => ({
      step: index + 1,
      exact,
      cells: cellByStep[index] ?? null,
      valid: validByStep[index] ?? null,
    })),
    early: { exact: early.exact, meanSteps: early.meanSteps },
  }
}
