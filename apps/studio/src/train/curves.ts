/** Curves of a run in the page: shorter than those of the page Runs, and noisier. */
import { type Curve, columnCurve, smooth } from '../charts/curve.ts'
import type { Column, RunView } from '../charts/series.ts'

/** Values that a smoothed one is over: a twentieth of the run, so that a short one has a line and a long one detail. */
export const smoothingWindow = (count: number): number => Math.max(4, Math.min(100, Math.round(count / 20)))

/** A column over the steps, smoothed; `raw` has what was measured. */
export function liveCurve(series: RunView, column: Column): Curve {
  const { xs, ys } = columnCurve(series, column, 'step', 0)
  return { xs, ys: smooth(ys, smoothingWindow(ys.length)), raw: ys }
}

/** The same as one line: three thin ones would be a thicket. */
export const smoothCurve = (series: RunView, column: Column): Curve => ({
  ...liveCurve(series, column),
  raw: null,
})

/** The loss now: over the last steps, because one alone jumps. NaN before the first. */
export function recentLoss({ columns: { loss } }: RunView): number {
  return smooth(loss.slice(-80), smoothingWindow(loss.length)).at(-1) ?? Number.NaN
}

/** The best share of validation puzzles that was solved so far; null before an evaluation. */
export function bestAccuracy({ evaluations }: RunView, before: number | null): number | null {
  const shares = evaluations.map(({ exactAccuracy }) => exactAccuracy)
  if (before !== null) shares.push(before)
  return shares.length === 0 ? null : Math.max(...shares)
}
