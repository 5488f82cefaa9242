/** How far one recorded quantity is from ours in one place, and how far it may be. */
export interface Deviation {
  readonly quantity: string
  readonly kind: 'relative' | 'absolute' | 'of its norm' | 'differences'
  readonly largest: number
  readonly allowed: number
  readonly where: string
}

/** Collects deviations. */
export class Deviations {
  readonly list: Deviation[] = []

  relative(quantity: string, ours: number, theirs: number, allowed: number, where: string): void {
    const largest = Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1e-12)
    this.list.push({ quantity, kind: 'relative', largest: ours === theirs ? 0 : largest, allowed, where })
  }

  absolute(
    quantity: string,
    ours: ArrayLike<number>,
    theirs: ArrayLike<number | bigint>,
    allowed: number,
    where: string,
  ): void {
    let largest = ours.length === theirs.length ? 0 : Number.POSITIVE_INFINITY
    for (let index = 0; index < theirs.length; index++)
      largest = worse(largest, Math.abs(ours[index]! - Number(theirs[index])))
    this.list.push({ quantity, kind: 'absolute', largest, allowed, where })
  }

  ofNorm(quantity: string, ours: ArrayLike<number>, theirs: ArrayLike<number | bigint>, where: string): void {
    let [difference, norm] = [0, 0]
    for (let index = 0; index < theirs.length; index++) {
      difference += (ours[index]! - Number(theirs[index])) ** 2
      norm += Number(theirs[index]) ** 2
    }
    const largest = Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-12)
    this.list.push({ quantity, kind: 'of its norm', largest, allowed: 1e-4, where })
  }

  differences(
    quantity: string,
    ours: ArrayLike<number>,
    theirs: ArrayLike<number | bigint>,
    where: string,
  ): void {
    let largest = ours.length === theirs.length ? 0 : Number.POSITIVE_INFINITY
    for (let index = 0; index < theirs.length; index++) if (ours[index] !== Number(theirs[index])) largest++
    this.list.push({ quantity, kind: 'differences', largest, allowed: 0, where })
  }
}

/** NaN is worse than everything. */
function isWorse(left: number, right: number): boolean {
  return Number.isNaN(left) ? !Number.isNaN(right) : left > right
}

function worse(left: number, right: number): number {
  return isWorse(right, left) ? right : left
}

export function withinTolerance({ largest, allowed }: Deviation): boolean {
  return largest <= allowed
}

/** The largest deviation of every quantity, in the order of their first occurrence. */
export function worstOfEach(deviations: readonly Deviation[]): Map<string, Deviation> {
  const found = new Map<string, Deviation>()
  for (const deviation of deviations) {
    const before = found.get(deviation.quantity)
    if (!before || isWorse(deviation.largest, before.largest)) found.set(deviation.quantity, deviation)
  }
  return found
}
