/** Accuracy after each supervision step, over training: a fan that recursion opens. */
import type { Across, Curve } from '../charts/curve.ts'
import type { RunView } from '../charts/series.ts'

export interface Fan {
  /** Supervision steps. */
  readonly steps: number
  readonly first: Curve
  readonly last: Curve
  /** Those between. */
  readonly between: readonly Curve[]
  /** The last less the first, not below 0. */
  readonly gain: Curve
}

/** Null where no evaluation has more than one step. */
export function fanOf({ evaluations }: RunView, across: Across): Fan | null {
  const steps = Math.max(0, ...evaluations.map(({ exactByStep }) => exactByStep.length))
  if (steps < 2) return null
  // A run that has changed its depth has shorter ones.
  const whole = evaluations.filter(({ exactByStep }) => exactByStep.length === steps)
  const xs = whole.map(({ step, elapsedMs }) => (across === 'step' ? step : elapsedMs / 1000))
  const curveOf = (index: number): Curve => ({
    ...{ xs, raw: null },
    ys: whole.map(({ exactByStep }) => exactByStep[index]!),
  })
  const [first, last] = [curveOf(0), curveOf(steps - 1)]
  return {
    ...{ steps, first, last },
    between: Array.from({ length: steps - 2 }, (_, index) => curveOf(index + 1)),
    gain: { xs, raw: null, ys: last.ys.map((share, index) => Math.max(0, share - first.ys[index]!)) },
  }
}
