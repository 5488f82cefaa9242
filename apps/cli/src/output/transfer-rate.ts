/** How fast something comes, over the last seconds. */
const windowMs = 8_000

export class TransferRate {
  readonly #points: { readonly atMs: number; readonly bytes: number }[] = []

  /**
   * Bytes per second after `bytes` have come in all, or null while there is too little to tell.
   *
   * @param atMs a clock that only rises
   */
  update(bytes: number, atMs: number): number | null {
    this.#points.push({ atMs, bytes })
    while (this.#points.length > 2 && atMs - this.#points[1]!.atMs >= windowMs) this.#points.shift()
    const first = this.#points[0]!
    const elapsedMs = atMs - first.atMs
    return elapsedMs < 500 ? null : ((bytes - first.bytes) * 1000) / elapsedMs
  }
}
