/** How long a run still takes. */

export interface Pace {
  readonly step: number
  readonly totalSteps: number
  /** Time of a training step; null while it is not known. */
  readonly msPerStep: number | null
  /** Steps between evaluations; 0 = none. */
  readonly evaluateEvery: number
  /** Time of an evaluation; null before the first. */
  readonly msPerEvaluation: number | null
}

/** Seconds; null while nothing is known. */
export function secondsLeft({
  step,
  totalSteps,
  msPerStep,
  evaluateEvery,
  msPerEvaluation,
}: Pace): number | null {
  if (msPerStep === null) return null
  const steps = Math.max(0, totalSteps - step)
  return (
    (steps * msPerStep + evaluationsLeft(step, totalSteps, evaluateEvery) * (msPerEvaluation ?? 0)) / 1000
  )
}

/** One after every so many steps, and one at the end. */
function evaluationsLeft(step: number, totalSteps: number, every: number): number {
  if (every === 0 || step >= totalSteps) return 0
  return Math.ceil(totalSteps / every) - Math.floor(step / every)
}

/** Rounded, because more would be a promise. */
export function describeTimeLeft(seconds: number | null): string {
  if (seconds === null) return '–'
  if (seconds < 10) return 'a few seconds'
  if (seconds < 55) return `${5 * Math.round(seconds / 5)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 10 ? `${hours} h ${minutes % 60} min` : `${Math.round(minutes / 60)} h`
}
