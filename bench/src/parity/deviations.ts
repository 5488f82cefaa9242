/** How far one recorded quantity is from ours in one place, and how far it may be. */
export interface Deviation {
  readonly quantity: string
  readonly kind: 'relative' | 'absolute' | 'of its norm' | 'differences' | 'root mean square' | 'share'
  readonly largest: number
  readonly allowed: number
  readonly where: string
  /** The training step that it belongs to; what is compared after all of them counts as one more. */
  readonly step: number
}

/** Collects deviations. */
export class Deviations {
  readonly list: Deviation[] = []
  /** Of what is added from here on. */
  step = 0

  #add(deviation: Omit<Deviation, 'step'>): void {
    this.list.push({ ...deviation, step: this.step })
  }

  relative(quantity: string, ours: number, theirs: number, allowed: number, where: string): void {
    const largest = Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1e-12)
    this.#add({ quantity, kind: 'relative', largest: ours === theirs ? 0 : largest, allowed, where })
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
      largest = Math.max(largest, Math.abs(ours[index]! - Number(theirs[index])))
    this.#add({ quantity, kind: 'absolute', largest, allowed, where })
  }

  ofNorm(quantity: string, ours: ArrayLike<number>, theirs: ArrayLike<number | bigint>, where: string): void {
    let [difference, norm] = [0, 0]
    for (let index = 0; index < theirs.length; index++) {
      difference += (ours[index]! - Number(theirs[index])) ** 2
      norm += Number(theirs[index]) ** 2
    }
    const largest = Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-12)
    this.#add({ quantity, kind: 'of its norm', largest, allowed: 1e-4, where })
  }

  rootMeanSquare(
    quantity: string,
    ours: ArrayLike<number>,
    theirs: ArrayLike<number | bigint>,
    allowed: number,
    where: string,
  ): void {
    let squares = ours.length === theirs.length ? 0 : Number.POSITIVE_INFINITY
    for (let index = 0; index < theirs.length; index++) squares += (ours[index]! - Number(theirs[index])) ** 2
    const largest = Math.sqrt(squares / theirs.length)
    this.#add({ quantity, kind: 'root mean square', largest, allowed, where })
  }

  /** Which share of the numbers is farther than `distance` away. */
  share(
    quantity: string,
    ours: ArrayLike<number>,
    theirs: ArrayLike<number | bigint>,
    { distance, allowed }: { readonly distance: number; readonly allowed: number },
    where: string,
  ): void {
    let far = ours.length === theirs.length ? 0 : Number.POSITIVE_INFINITY
    for (let index = 0; index < theirs.length; index++)
      if (!(Math.abs(ours[index]! - Number(theirs[index])) <= distance)) far++
    this.#add({ quantity, kind: 'share', largest: far / theirs.length, allowed, where })
  }

  differences(
    quantity: string,
    ours: ArrayLike<number>,
    theirs: ArrayLike<number | bigint>,
    where: string,
  ): void {
    let largest = ours.length === theirs.length ? 0 : Number.POSITIVE_INFINITY
    for (let index = 0; index < theirs.length; index++) if (ours[index] !== Number(theirs[index])) largest++
    this.#add({ quantity, kind: 'differences', largest, allowed: 0, where })
  }
}

export function withinTolerance({ largest, allowed }: Deviation): boolean {
  return largest <= allowed
}
