/** The figures of runs, and of several runs of the same model. */
import type { EndReason, RunReport } from '../../evaluate/run-facts.ts'
import { type Spread, spreadOf } from '../../evaluate/spread.ts'

/** One run. Shares are 0 to 1, on the test set; null where there is none, or no rule that tells what is valid. */
export interface RunFigures {
  readonly exactAccuracy: number | null
  readonly cellAccuracy: number | null
  readonly validAccuracy: number | null
  /** With early halting, and the supervision steps that it took on average. */
  readonly earlyAccuracy: number | null
  readonly meanSteps: number | null
  /** Optimiser steps done and why they ended, and the step whose weights were tested: the best by validation. */
  readonly steps: number
  readonly reason: EndReason
  readonly testedStep: number
  readonly trainingSeconds: number
  /** Floating-point operations of the matrix products of the training; null in reports of earlier versions. */
  readonly trainingFlop: number | null
}

export function figuresOf(report: RunReport): RunFigures {
  const { test, weights, steps, reason, trainingSeconds, trainingFlop = null } = report
  return {
    exactAccuracy: test?.full.exactAccuracy ?? null,
    cellAccuracy: test?.full.cellAccuracy ?? null,
    validAccuracy: test?.full.validAccuracy ?? null,
    earlyAccuracy: test?.early.exactAccuracy ?? null,
    meanSteps: test?.early.meanSteps ?? null,
    steps,
    reason,
    testedStep: weights.step,
    trainingSeconds,
    trainingFlop,
  }
}

/** The same over runs that differ in their seed only. */
export interface SpreadFigures {
  readonly exactAccuracy: Spread | null
  readonly cellAccuracy: Spread | null
  readonly validAccuracy: Spread | null
  readonly earlyAccuracy: Spread | null
  readonly meanSteps: Spread | null
  readonly steps: Spread | null
  readonly trainingSeconds: Spread | null
  readonly trainingFlop: Spread | null
}

export function spreadFigures(runs: readonly RunFigures[]): SpreadFigures {
  const over = (key: keyof SpreadFigures) => spreadOf(runs.flatMap((run) => run[key] ?? []))
  return {
    exactAccuracy: over('exactAccuracy'),
    cellAccuracy: over('cellAccuracy'),
    validAccuracy: over('validAccuracy'),
    earlyAccuracy: over('earlyAccuracy'),
    meanSteps: over('meanSteps'),
    steps: over('steps'),
    trainingSeconds: over('trainingSeconds'),
    trainingFlop: over('trainingFlop'),
  }
}

/** Groups in the order in which each first appears. */
export function groupBy<Value, Key>(
  values: readonly Value[],
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}
