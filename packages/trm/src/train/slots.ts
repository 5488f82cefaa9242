import { RandomStream } from '@tiny-recursive-models/tensor'
import type { ExampleStream } from '../data/example-stream.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import { drawStay, showNoisy } from '../programs/noise.ts'
import type { NoiseRecipe } from '../recipes/schema.ts'
import type { PieceRange } from './ranks.ts'
import type { SlotBatch } from './slot-feeds.ts'

/** Where the slots stand in the stream of examples: all that a resumed run needs to know of its data. */
export interface SlotPosition {
  readonly nextDraw: number
  /** [B] the draw that each slot works on */
  readonly draws: readonly number[]
  /** [B] 1 where the slot begins its puzzle in the next step */
  readonly reset: Float32Array
  /** [B] the optimiser step in which each slot began its puzzle; stays depend on it */
  readonly begun: readonly number[]
}

export interface SlotOptions {
  readonly slots: number
  readonly cells: number
  readonly seed: number
  readonly exploration: number
  readonly supervisionSteps: number
  /** Of models that are shown noisy answers. */
  readonly noise?: SlotNoise
  /** Noise on the states that a puzzle begins with: its standard deviation, and numbers in the states of a slot. */
  readonly startNoise?: { readonly deviation: number; readonly size: number }
  /**
   * The slots that this rank computes: the puzzles of the others are not drawn, and their cells are 0. All by default.
   */
  readonly own?: PieceRange
  /** Whether identifiers of all slots are needed, for rows of the puzzle table; by default they are. */
  readonly identified?: boolean
}

export interface SlotNoise {
  readonly recipe: NoiseRecipe
  readonly structure: PuzzleStructure
  /** N, supervision steps of one optimiser step. */
  readonly gradientSteps: number
  /** Optimiser steps of the whole run, along which stays grow. */
  readonly totalSteps: number
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
  readonly #begun: number[]
  #nextDraw: number

  constructor(stream: ExampleStream, options: SlotOptions, position?: SlotPosition) {
    const { slots, cells, noise, startNoise } = options
    this.#stream = stream
    this.#options = options
    this.#nextDraw = position?.nextDraw ?? slots
    this.#draws = position ? [...position.draws] : Array.from({ length: slots }, (_, slot) => slot)
    this.#begun = position ? [...position.begun] : new Array<number>(slots).fill(1)
    const shown = noise ? noise.gradientSteps * cells * noise.structure.answers.length : 0
    this.#batch = {
      ...(noise && { stay: new Float32Array(slots), noisy: new Float32Array(slots * shown) }),
      ...(startNoise && { startNoise: new Float32Array(slots * startNoise.size) }),
      tokens: new Int32Array(slots * cells),
      labels: new Int32Array(slots * cells),
      identifiers: new Int32Array(slots),
      reset: position ? position.reset.slice() : new Float32Array(slots).fill(1),
      minSteps: new Float32Array(slots),
    }
    for (let slot = 0; slot < slots; slot++) this.#place(slot)
  }

  get position(): SlotPosition {
    const [draws, begun] = [[...this.#draws], [...this.#begun]]
    return { nextDraw: this.#nextDraw, draws, begun, reset: this.#batch.reset.slice() }
  }

  /**
   * The batch of optimiser step `step`. With probability `exploration` a slot draws a minimum of supervision
   * steps from 2..supervisionSteps, anew in every step (reference section 3).
   *
   * @param supervisionSteps by default those of the model; a stage of the run may have fewer
   */
  batchOf(step: number, supervisionSteps = this.#options.supervisionSteps): SlotBatch {
    const { seed, exploration, slots } = this.#options
    const random = new RandomStream(seed, 'exploration', step)
    for (let slot = 0; slot < slots; slot++) {
      const explores = random.float() < exploration
      const minimum = supervisionSteps < 2 ? 0 : 2 + random.integer(supervisionSteps - 1)
      this.#batch.minSteps[slot] = explores ? minimum : 0
      if (this.#batch.reset[slot]) this.#begun[slot] = step
      if (this.#options.noise && this.#isOwn(slot)) this.#show(slot, step, this.#options.noise)
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

  /** What the supervision steps of optimiser step `step` are shown of the answer. */
  #show(slot: number, step: number, { recipe, structure, gradientSteps, totalSteps }: SlotNoise): void {
    const { seed, cells } = this.#options
    const [draw, begun] = [this.#draws[slot]!, this.#begun[slot]!]
    const stay = drawStay(recipe, seed, draw, (begun - 1) / totalSteps, gradientSteps)
    this.#batch.stay![slot] = stay.steps
    const range = [slot * cells, (slot + 1) * cells] as const
    const puzzle = {
      inputs: this.#batch.tokens.subarray(...range),
      labels: this.#batch.labels.subarray(...range),
    }
    const shown = cells * structure.answers.length
    for (let within = 0; within < gradientSteps; within++) {
      const place = (step - begun) * gradientSteps + within
      const at = { seed, draw, step: place, time: stay.times[Math.min(place, stay.steps - 1)]! }
      showNoisy(recipe, structure, puzzle, at, this.#batch.noisy!, (slot * gradientSteps + within) * shown)
    }
  }

  /** The same start for the same draw: a resumed run begins its puzzles as the run that never stopped. */
  #startElsewhere(slot: number): void {
    const { startNoise, seed } = this.#options
    if (!startNoise) return
    const random = new RandomStream(seed, 'start', this.#draws[slot]!)
    const { deviation, size } = startNoise
    for (let at = slot * size; at < (slot + 1) * size; at++)
      this.#batch.startNoise![at] = deviation * random.normal()
  }

  #isOwn(slot: number): boolean {
    const { own } = this.#options
    return !own || (slot >= own.from && slot < own.to)
  }

  #place(slot: number): void {
    const { cells, identified = true } = this.#options
    if (!this.#isOwn(slot) && !identified) return
    const { inputs, labels, identifier } = this.#stream.draw(this.#draws[slot]!)
    this.#batch.identifiers[slot] = identifier
    if (!this.#isOwn(slot)) return
    this.#batch.tokens.set(inputs, slot * cells)
    this.#batch.labels.set(labels, slot * cells)
    this.#startElsewhere(slot)
  }
}
