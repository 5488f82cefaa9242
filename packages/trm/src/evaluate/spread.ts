/** Mean and scatter of one figure over several runs. */
export interface Spread {
  readonly mean: number
  /** Sample standard deviation (divisor count − 1); null for a single run. */
  readonly deviation: number | null
  readonly count: number
}

/** Null where there is nothing to average. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length
  if (count === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)), count }
}
