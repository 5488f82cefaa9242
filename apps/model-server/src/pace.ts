/** How long a line takes, by how fast the last answers followed each other. */
export class Pace {
  #lastMs: number | null = null
  /** Moving average of the time between two answers. */
  #everyMs = 0

  /** Another answer is done. */
  note(nowMs: number): void {
    if (this.#lastMs !== null) this.#everyMs += 0.1 * (nowMs - this.#lastMs - this.#everyMs)
    this.#lastMs = nowMs
  }

  /** Whole seconds from 1 to 60 in which so many are done. */
  secondsFor(count: number): number {
    return Math.min(60, Math.max(1, Math.ceil((count * this.#everyMs) / 1000)))
  }
}
