/** Mean and spread over runs that differ in their seed only. */
import type { ListedRun, RunCurve } from '@tiny-recursive-models/studio-server/api'
import type { Across, Curve } from '../charts/curve.ts'
import { spread } from './table.ts'

export interface MeanCurve {
  readonly mean: Curve
  /** The mean less and plus the standard deviation. */
  readonly band: readonly Curve[]
  readonly runs: number
}

/** The names of the runs that differ from one in nothing but the seed, itself among them. */
export function siblings(
  name: string,
  runs: readonly ListedRun[],
  fields: readonly string[],
): readonly string[] {
  const seed = fields.indexOf('training.seed')
  const keyOf = ({ settings, recipe }: ListedRun): string =>
    JSON.stringify([recipe, settings.filter((_, index) => index !== seed)])
  const asked = runs.find((run) => run.name === name)
  if (!asked) return [name]
  const key = keyOf(asked)
  return runs.filter((run) => keyOf(run) === key).map((run) => run.name)
}

/** What runs that differ in their seed only are called together: their name less the seed, or that of the first. */
export function nameOfAll([first = '', ...others]: readonly string[]): string {
  const bare = (name: string): string => name.replace(/[-_ ]seed[-_ =]?\d+$/, '')
  return others.every((other) => bare(other) === bare(first)) ? bare(first) : first
}

/** Over the places at which every curve has a point; null for fewer than two curves or no such place. */
export function meanCurve(curves: readonly RunCurve[], across: Across): MeanCurve | null {
  if (curves.length < 2) return null
  // Runs of the same recipe are evaluated at the same steps, but not at the same times.
  const [longest, ...others] = curves.map(
    ({ steps, exactAccuracy, seconds }) =>
      new Map(
        steps.map((step, index) => [step, { share: exactAccuracy[index]!, seconds: seconds[index] ?? 0 }]),
      ),
  )
  const steps = [...longest!.keys()].filter((step) => others.every((other) => other.has(step)))
  if (steps.length === 0) return null
  const points = steps.map((step) => [longest!, ...others].map((curve) => curve.get(step)!))
  const xs = points.map((at, index) =>
    across === 'step' ? steps[index]! : at.reduce((sum, { seconds }) => sum + seconds, 0) / at.length,
  )
  const figures = points.map((at) => spread(at.map(({ share }) => share)))
  const curveOf = (sign: number): Curve => ({
    ...{ xs, raw: null },
    ys: figures.map(({ mean, deviation }) => Math.min(1, Math.max(0, mean! + sign * deviation!))),
  })
  return { mean: curveOf(0), band: [curveOf(-1), curveOf(1)], runs: curves.length }
}
