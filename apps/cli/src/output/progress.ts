import { grouped } from '@tiny-recursive-models/trm/format'
import cliProgress from 'cli-progress'

/** How often a line appears where there is no terminal to draw a bar on, and after how long the first. */
const lineEveryMs = 5_000
const firstLineMs = 1_500

/** Those that are on the screen. They draw themselves again and again, which keeps the process alive. */
const shown = new Set<Progress>()

/** Takes every bar away: for errors, which leave a command before it has done so itself. */
export function stopAllProgress(): void {
  for (const progress of shown) progress.stop()
}

/** A bar on a terminal, a line now and then elsewhere, nothing when silent. Everything goes to stderr. */
export class Progress {
  readonly #silent: boolean
  readonly #bar: cliProgress.SingleBar | null
  #nextLineMs: number | null = null

  constructor(silent: boolean) {
    this.#silent = silent
    const terminal = !silent && process.stderr.isTTY === true
    this.#bar = terminal
      ? new cliProgress.SingleBar({
          format: '{bar} {text}',
          barsize: 24,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          hideCursor: true,
          clearOnComplete: true,
          linewrap: false,
          gracefulExit: false,
          fps: 8,
        })
      : null
  }

  /** @param share 0 to 1; null = unknown */
  update(share: number | null, text: string): void {
    if (this.#silent) return
    if (this.#bar) {
      const value = Math.round(1000 * (share ?? 0))
      if (shown.has(this)) this.#bar.update(value, { text })
      else this.#bar.start(1000, value, { text })
      shown.add(this)
      return
    }
    const now = performance.now()
    // The first update is when the clock starts: what takes less than that needs no line.
    this.#nextLineMs ??= now + firstLineMs
    if (now < this.#nextLineMs) return
    this.#nextLineMs = now + lineEveryMs
    process.stderr.write(`${text}\n`)
  }

  /** A callback for data that is made or read, from the first moment on. */
  ofData(): (done: number, of: number) => void {
    this.update(null, 'reading puzzles …')
    return (done, of) => this.update(done / of, `generating puzzles: ${grouped(done)} of ${grouped(of)}`)
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.#silent) return
    this.stop()
    process.stderr.write(`${text}\n`)
  }

  /** Takes the bar away; the next update draws it again. */
  stop(): void {
    if (shown.delete(this)) this.#bar?.stop()
  }
}
