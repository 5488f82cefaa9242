import cliProgress from 'cli-progress'

/** How often the lines appear where there is no terminal to draw bars on, and after how long the first. */
const linesEveryMs = 30_000
const firstLinesMs = 1_500

/** A bar for each of several things at once; lines now and then where there is no terminal. Everything to stderr. */
export class Bars {
  readonly #bars: cliProgress.MultiBar | null
  readonly #drawn = new Map<string, cliProgress.SingleBar>()
  readonly #texts = new Map<string, string>()
  #nextLinesMs = performance.now() + firstLinesMs

  constructor() {
    this.#bars =
      process.stderr.isTTY === true
        ? new cliProgress.MultiBar({
            format: '{bar} {text}',
            barsize: 16,
            barCompleteChar: '█',
            barIncompleteChar: '░',
            hideCursor: true,
            clearOnComplete: true,
            linewrap: false,
            gracefulExit: false,
            fps: 4,
          })
        : null
  }

  /** @param share 0 to 1 */
  update(name: string, share: number, text: string): void {
    this.#texts.set(name, text)
    if (this.#bars) {
      const value = Math.round(1000 * share)
      const bar = this.#drawn.get(name)
      if (bar) bar.update(value, { text })
      else this.#drawn.set(name, this.#bars.create(1000, value, { text }))
      return
    }
    const now = performance.now()
    if (now < this.#nextLinesMs) return
    this.#nextLinesMs = now + linesEveryMs
    for (const line of this.#texts.values()) process.stderr.write(`${line}\n`)
  }

  remove(name: string): void {
    this.#texts.delete(name)
    const bar = this.#drawn.get(name)
    if (bar) this.#bars?.remove(bar)
    this.#drawn.delete(name)
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.#drawn.size > 0) this.#bars?.log(`${text}\n`)
    else process.stderr.write(`${text}\n`)
  }

  stop(): void {
    for (const name of [...this.#texts.keys()]) this.remove(name)
    this.#bars?.stop()
  }
}
