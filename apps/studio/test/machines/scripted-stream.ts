/** A stream that the test writes, in place of a worker's. */
export class ScriptedStream<Event> {
  isStopped = false
  readonly #waiting: (Event | Error | null)[] = []
  #wake: () => void = () => undefined

  readonly stop = (): void => {
    this.isStopped = true
  }

  /** The next event, an error that ends the stream, or null for its end. */
  async send(...next: readonly (Event | Error | null)[]): Promise<void> {
    this.#waiting.push(...next)
    this.#wake()
    await settled()
  }

  readonly events = this.#read()

  async *#read(): AsyncGenerator<Event, void> {
    for (;;) {
      while (this.#waiting.length === 0)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      const next = this.#waiting.shift()!
      if (next === null) return
      if (next instanceof Error) throw next
      yield next
    }
  }
}

/** Lets everything happen that waits for nothing outside. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
