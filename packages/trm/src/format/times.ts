import { noNumber } from './numbers.ts'

/**
 * `1.5 s`, `42 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`; `–` where it is not finite.
 *
 * @param ms milliseconds; less than 0 counts as 0
 */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return noNumber
  const tenths = Math.max(0, Math.round(ms / 100))
  if (tenths < 100) return `${tenths / 10} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${twoDigits(minutes % 60)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/**
 * Time left, in round figures: `a few seconds`, `25 s`, `3 min`, `1 h 10 min`, `25 h`. More
 * digits would be a promise.
 *
 * @param ms milliseconds; null or not finite = unknown
 */
export function timeLeft(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return noNumber
  const seconds = ms / 1000
  if (seconds < 10) return 'a few seconds'
  if (seconds < 55) return `${5 * Math.round(seconds / 5)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 10 ? `${hours} h ${minutes % 60} min` : `${Math.round(minutes / 60)} h`
}

/** How far and how fast a training run goes. */
export interface Pace {
  readonly step: number
  readonly totalSteps: number
  /** Time of a training step; null while it is not known. */
  readonly msPerStep: number | null
  /** Steps between evaluations; 0 = none. */
  readonly evaluateEvery?: number
  /** Time of an evaluation; null before the first. */
  readonly msPerEvaluation?: number | null
}

/** Milliseconds until the last step of a run, the evaluations that are known included; null while nothing is known. */
export function msLeft({
  step,
  totalSteps,
  msPerStep,
  evaluateEvery = 0,
  msPerEvaluation = null,
}: Pace): number | null {
  if (msPerStep === null) return null
  const evaluations = evaluationsLeft(step, totalSteps, evaluateEvery)
  return Math.max(0, totalSteps - step) * msPerStep + evaluations * (msPerEvaluation ?? 0)
}

/** One after every `every` steps, and one at the end. */
function evaluationsLeft(step: number, totalSteps: number, every: number): number {
  if (every === 0 || step >= totalSteps) return 0
  return Math.ceil(totalSteps / every) - Math.floor(step / every)
}
