import type { Deviation } from './deviations.ts'

/**
 * How many times as far from the recording as float64 a run may be. Recorded values are float32: where a model
 * multiplies rounding from step to step, exact arithmetic ends far from the recording too, and another float32 run
 * about as far on the other side. Two such distances are two draws from one distribution, not one number.
 */
export const float64Factor = 4

export interface Verdict extends Deviation {
  /** How far float64 is from the recording in this quantity, at most, up to this step. */
  readonly float64: number
  /** The tolerance, or `float64Factor` times `float64` where that is more and counts. */
  readonly limit: number
}

/**
 * Holds every deviation to its tolerance or to what float64 reaches, whichever is larger. Rounding grows from step to
 * step, so that only steps up to the same one excuse a deviation.
 */
export function judge(
  deviations: readonly Deviation[],
  float64Runs: readonly (readonly Deviation[])[],
): readonly Verdict[] {
  const exact = float64Runs.flat()
  return deviations.map((deviation) => {
    const { quantity, step, allowed } = deviation
    const distances = exact.filter((other) => other.quantity === quantity && other.step <= step)
    const float64 = Math.max(0, ...distances.map(({ largest }) => largest))
    const limit = isFirm(deviation) ? allowed : Math.max(allowed, float64Factor * float64)
    return { ...deviation, float64, limit }
  })
}

/**
 * Float64 runs the same formulas, so that a wrong one would excuse itself. What tells formulas from rounding is
 * therefore held to its tolerance alone: the first step, in which nothing has grown yet, and all weights or all rows together,
 * which neither growth nor a few turned signs move far.
 */
function isFirm({ step, kind }: Deviation): boolean {
  return step === 1 || kind === 'root mean square' || kind === 'share'
}

/** NaN is never within, here or in float64. */
export function isWithin({ largest, limit }: Verdict): boolean {
  return largest <= limit
}

/** Whether it is beyond its limit, and further runs of float64 might change that. */
export function couldBeExcused(verdict: Verdict): boolean {
  return !isWithin(verdict) && !isFirm(verdict) && Number.isFinite(verdict.largest)
}

/** Of every quantity the verdict that comes closest to its limit, or is farthest beyond, in order of occurrence. */
export function closestOfEach(verdicts: readonly Verdict[]): readonly Verdict[] {
  const closest = new Map<string, Verdict>()
  for (const verdict of verdicts) {
    const before = closest.get(verdict.quantity)
    if (before === undefined || isCloser(verdict, before)) closest.set(verdict.quantity, verdict)
  }
  return [...closest.values()]
}

function isCloser(left: Verdict, right: Verdict): boolean {
  const [near, far] = [shareOfLimit(left), shareOfLimit(right)]
  return near === far ? left.largest > right.largest : near > far
}

function shareOfLimit(verdict: Verdict): number {
  if (Number.isNaN(verdict.largest / verdict.limit)) return isWithin(verdict) ? 0 : Number.POSITIVE_INFINITY
  return verdict.largest / verdict.limit
}
