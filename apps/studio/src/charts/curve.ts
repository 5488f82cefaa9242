/** From columns of numbers to curves that can be drawn, however long a run is. */
import type { Column, RunView } from './series.ts'

export type Across = 'step' | 'time'

export interface Curve {
  /** Steps, or seconds of training. */
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** What was measured at the same places; `ys` is smoothed. Null where nothing was smoothed. */
  readonly raw: readonly number[] | null
}

/** A curve of a chart, and how it is drawn. */
export interface Line {
  readonly label: string
  /** A colour of the design, such as `--series-1`. */
  readonly colour: string
  readonly dash: readonly number[]
  readonly curve: Curve
  /** Marks its points, where those of the other lines are too many. */
  readonly hasPoints?: boolean
  /** Where the run ends: behind it there is no value. By default the line's last point. */
  readonly end?: number
}

/** More points than a screen is wide are not seen. */
const maxPoints = 1_600

/** Smoothing that follows what there is, and hides little of it: over a hundredth of it. */
export const usualSmoothing = 0.25

/**
 * A column over steps or time.
 *
 * @param smoothing 0: none, 1: over a quarter of what there is
 */
export function columnCurve(series: RunView, column: Column, across: Across, smoothing: number): Curve {
  const values = series.columns[column]
  const places = across === 'step' ? series.columns.step : series.columns.elapsedMs
  const [xs, raw]: [number[], number[]] = [[], []]
  for (let index = 0; index < values.length; index++) {
    const [x, y] = [places[index]!, values[index]!]
    // Time stands still where a step took none; a curve needs places that rise.
    if (!Number.isFinite(x) || !Number.isFinite(y) || (xs.length > 0 && x / scale(across) <= xs.at(-1)!))
      continue
    xs.push(x / scale(across))
    raw.push(y)
  }
  const window = Math.max(1, Math.round((smoothing ** 2 * xs.length) / 5))
  const smoothed = smoothing > 0
  const ys = smoothed ? smooth(raw, window) : raw
  const kept = thin(raw, maxPoints)
  return {
    xs: kept.map((index) => xs[index]!),
    ys: kept.map((index) => ys[index]!),
    raw: smoothed ? kept.map((index) => raw[index]!) : null,
  }
}

/** Validation accuracy, of whole puzzles or of cells. An evaluation stands at the training time of its step. */
export function evaluationCurve(
  { evaluations }: RunView,
  across: Across,
  figure: 'exactAccuracy' | 'cellAccuracy' = 'exactAccuracy',
): Curve {
  return {
    xs: evaluations.map(({ step, elapsedMs }) => (across === 'step' ? step : elapsedMs / 1000)),
    ys: evaluations.map((one) => one[figure]),
    raw: null,
  }
}

const scale = (across: Across): number => (across === 'step' ? 1 : 1000)

/**
 * A mean that forgets, once forwards and once backwards, so that the curve does not lag behind what it smooths: each
 * value counts 1 − 1/window of its neighbour. At the ends it is over what there is, not pulled towards zero.
 */
export function smooth(values: readonly number[], window: number): number[] {
  const keep = 1 - 1 / window
  const pass = (sequence: readonly number[]): number[] => {
    let [sum, weight] = [0, 0]
    return sequence.map((value) => {
      sum = keep * sum + value
      weight = keep * weight + 1
      return sum / weight
    })
  }
  return pass(pass(values).reverse()).reverse()
}

/** Indices to draw: of each stretch the lowest and the highest value, so that no peak is lost; the first and the last. */
export function thin(values: readonly number[], limit: number): number[] {
  if (values.length <= limit) return values.map((_, index) => index)
  const kept = new Set([0, values.length - 1])
  const stretches = Math.floor((limit - 2) / 2)
  for (let stretch = 0; stretch < stretches; stretch++) {
    const first = Math.floor((stretch * values.length) / stretches)
    const end = Math.floor(((stretch + 1) * values.length) / stretches)
    let [low, high] = [first, first]
    for (let index = first; index < end; index++) {
      if (values[index]! < values[low]!) low = index
      if (values[index]! > values[high]!) high = index
    }
    kept.add(low).add(high)
  }
  return [...kept].sort((one, other) => one - other)
}

/** The value nearest to a place; null where there is none. */
export function valueAt({ xs, ys }: Pick<Curve, 'xs' | 'ys'>, place: number): number | null {
  let [low, high] = [0, xs.length - 1]
  if (high < 0) return null
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (xs[middle]! <= place) low = middle
    else high = middle
  }
  return ys[Math.abs(xs[low]! - place) <= Math.abs(xs[high]! - place) ? low : high]!
}
