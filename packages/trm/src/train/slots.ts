import { RandomStream } from '@tiny-recursive-models/tensor'
import type { ExampleStream } from '../data/example-stream.ts'
import type { SlotBatch } from './engine.ts'

/** Where the slots stand in the stream of examples: all that a resumed run needs to know of its data. */
export interface SlotPosition {
  readonly nextDraw: number
  /** [B] the draw that each slot works on */
  readonly draws: readonly number[]
  /** [B] 1 where the slot begins its puzzle in the next step */
  readonly reset: Float32Array
}

export interface SlotOptions {
  readonly slots: number
  readonly cells: number
  readonly seed: number
  readonly exploration: number
  readonly supervisionSteps: number
}

/**
 * The puzzles that a batch works on. A slot that has halted takes the next puzzle of the stream, so that none is
 * drawn in vain (the published code draws a whole batch and drops what no slot takes).
 */
export class Slots {
  readonly #stream: ExampleStream
  readonly #options: SlotOptions
  readonly #batch: SlotBatch
  readonly #draws: number[]
  #nextDraw: number

  constructor(stream: ExampleStream, options: SlotOptions, position?: SlotPosition) {
    const { slots, cells } = options
    this.#stream = stream
    this.#options = options
    this.#nextDraw = position?.nextDraw ?? slots
    this.#draws = position ? [...position.draws] : Array.from({ length: slots }, (_, slot) => slot)
    this.#batch = {
      tokens: new Int32Array(slots * cells),
      labels: new Int32Array(slots * cells),
      identifiers: new Int32Array(slots),
      reset: position ? position.reset.slice() : new Float32Array(slots).fill(1),
      minimumSteps: new Float32Array(slots),
    }
    for (let slot = 0; slot < slots; slot++) this.#place(slot)
  }

  get position(): SlotPosition {
    return { nextDraw: this.#nextDraw, draws: [...this.#draws], reset: this.#batch.reset.slice() }
  }

  /**
   * The batch of optimiser step `step`. With probability `exploration` a slot draws a minimum of supervision
   * steps from 2..supervisionSteps, anew in every step (reference section 3).
   */
  batchOf(step: number): SlotBatch {
    const { seed, exploration, supervisionSteps, slots } = this.#options
    const random = new RandomStream(seed, 'exploration', step)
    for (let slot = 0; slot < slots; slot++) {
      const explores = random.float() < exploration
      const minimum = supervisionSteps < 2 ? 0 : 2 + random.integer(supervisionSteps - 1)
      this.#batch.minimumSteps[slot] = explores ? minimum : 0
    }
    return this.#batch
  }

  /** Gives new puzzles to the slots that have halted. */
  refill(halted: Float32Array): void {
    this.#batch.reset.set(halted)
    halted.forEach((done, slot) => {
      if (!done) return
      this.#draws[slot] = this.#nextDraw++
      this.#place(slot)
    })
  }

  #place(slot: number): void {
    const { cells } = this.#options
    const { inputs, labels, identifier } = this.#stream.draw(this.#draws[slot]!)
    this.#batch.tokens.set(inputs, slot * cells)
    this.#batch.labels.set(labels, slot * cells)
    this.#batch.identifiers[slot] = identifier
  }
}
