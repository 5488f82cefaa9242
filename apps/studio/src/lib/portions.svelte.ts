/** A long list that is built in portions, a task for each: at once it would hold the page up. */
import { next } from './in-turn.ts'

export class Portions {
  #built = $state(0)

  /**
   * Made while a component is, and done with it. The first portion comes in the task after the component's own.
   *
   * @param length how long the list is now
   * @param size so many are built in one task
   */
  constructor(length: () => number, size: number) {
    $effect(() => {
      const wanted = length()
      if (this.#built < wanted)
        return next(() => {
          this.#built = Math.min(wanted, this.#built + size)
        })
      // Of a list that has become shorter, what comes back comes in portions again.
      this.#built = wanted
      return undefined
    })
  }

  /** So many of the list can be shown. */
  get built(): number {
    return this.#built
  }
}
