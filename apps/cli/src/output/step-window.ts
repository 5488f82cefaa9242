import { msLeft } from '@tiny-recursive-models/trm/format'
import type { RunTrainingEvent } from '@tiny-recursive-models/trm/node'

export type StepEvent = Extract<RunTrainingEvent, { type: 'step' }>

/** Rates and accuracies are means over so many steps. */
const windowSteps = 50

/** The last training steps of one run, to tell how it goes. */
export class StepWindow {
  #events: StepEvent[] = []

  push(event: StepEvent): void {
    this.#events.push(event)
    if (this.#events.length > windowSteps) this.#events.shift()
  }

  get length(): number {
    return this.#events.length
  }

  /** Null before there are two steps. */
  get stepMs(): number | null {
    const [first, last] = [this.#events[0], this.#events.at(-1)]
    if (!first || !last || last.step === first.step) return null
    return (last.elapsedMs - first.elapsedMs) / (last.step - first.step)
  }

  /** To the last step of the run; evaluations left out. */
  get timeLeftMs(): number | null {
    const [stepMs, last] = [this.stepMs, this.#events.at(-1)]
    return last ? msLeft({ ...last, msPerStep: stepMs }) : null
  }

  /** Puzzles that halted in these steps. */
  get finished(): number {
    return this.#events.reduce((sum, event) => sum + event.finished, 0)
  }

  /** Over the puzzles that halted. */
  mean(key: 'exactAccuracy' | 'meanSteps'): number {
    return this.#events.reduce((sum, event) => sum + (event[key] ?? 0) * event.finished, 0) / this.finished
  }
}
