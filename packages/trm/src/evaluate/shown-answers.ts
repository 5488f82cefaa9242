// Letters: B slots, S cells, A symbols that a cell may turn out to hold.
import { floatTensor, type HostTensor, RandomStream } from '@tiny-recursive-models/tensor'
import { type ModelConfig, structureOfModel } from '../models/config.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { CellLoss } from '../programs/losses.ts'
import { fillNoise } from '../programs/noise.ts'
import type { NoiseRecipe } from '../recipes/schema.ts'
import { probabilitiesOf } from './probabilities.ts'

/**
 * What a model that was trained on noisy answers is shown when there is no answer yet: noise alone, and what it has found
 * out so far stands in its latent; or, as a flow, the same noise throughout and more and more of its own prediction. The
 * noise depends on the question, the attempt and the step, not on the slot or the batch, so that the same puzzle gets the
 * same answer wherever it is thought about.
 */
export class ShownAnswers {
  readonly #config: ModelConfig
  readonly #structure: PuzzleStructure
  readonly #noise: NoiseRecipe
  readonly #cellLoss: CellLoss
  readonly #steps: Int32Array
  /** [B, S, A] of the last step. */
  readonly #shown: Float32Array
  /** [B, S, V], once there are some. */
  #logits: Float32Array | null = null

  constructor(config: ModelConfig, noise: NoiseRecipe, slots: number, cellLoss: CellLoss = 'stablemax') {
    this.#config = config
    this.#structure = structureOfModel(config)
    this.#noise = noise
    this.#cellLoss = cellLoss
    this.#steps = new Int32Array(slots)
    this.#shown = new Float32Array(slots * config.cells * this.#structure.answers.length)
  }

  /** [1, B, S, A] for the next step of every slot. */
  next(tokens: Int32Array, reset: Float32Array, attempts?: ArrayLike<number>): HostTensor {
    const { cells } = this.#config
    const answers = this.#structure.answers.length
    for (let slot = 0; slot < this.#steps.length; slot++) {
      const step = reset[slot] ? 0 : this.#steps[slot]! + 1
      this.#steps[slot] = step
      const question = tokens.subarray(slot * cells, (slot + 1) * cells)
      if (this.#noise.atTest === 'flow' && step > 0 && this.#logits)
        this.#flow(slot, step, question, this.#logits)
      else {
        const place = this.#noise.shared ? 0 : step
        const random = new RandomStream(digest(question), 'shown', attempts?.[slot] ?? 0, place)
        const { deviation } = this.#noise
        fillNoise(random, deviation, this.#structure, question, this.#shown, slot * cells * answers)
      }
    }
    return floatTensor([1, this.#steps.length, cells, answers], this.#shown)
  }

  /** Goes on with these slots of others in its own first places. */
  take(others: ShownAnswers, slots: readonly number[]): void {
    const size = this.#config.cells * this.#structure.answers.length
    const logits = this.#config.cells * this.#config.symbols
    if (others.#logits) this.#logits ??= new Float32Array(this.#steps.length * logits)
    slots.forEach((slot, place) => {
      this.#steps[place] = others.#steps[slot]!
      this.#shown.set(others.#shown.subarray(slot * size, (slot + 1) * size), place * size)
      if (others.#logits)
        this.#logits!.set(others.#logits.subarray(slot * logits, (slot + 1) * logits), place * logits)
    })
  }

  /** What the model made of what it was shown: logits [B, S, V]. */
  note(logits: Float32Array): void {
    this.#logits = logits
  }

  /**
   * One step of Euler along dx/dt = (prediction − x) / (1 − t), the path of the interpolant with the prediction in the
   * place of the answer: x is what is shown, and t grows to 1 in as many steps as the model was trained with.
   */
  #flow(slot: number, step: number, question: Int32Array, logits: Float32Array): void {
    const { cells, symbols, supervisionSteps } = this.#config
    const { open, answers } = this.#structure
    // From step k − 1 to k of N the rest of the way is N − k + 1 steps long.
    const share = 1 / Math.max(1, supervisionSteps - step + 1)
    question.forEach((token, cell) => {
      if (!open.includes(token)) return
      const at = (slot * cells + cell) * symbols
      const predicted = probabilitiesOf(logits.subarray(at, at + symbols), this.#cellLoss)
      const start = (slot * cells + cell) * answers.length
      answers.forEach((symbol, place) => {
        const before = this.#shown[start + place]!
        this.#shown[start + place] = before + share * (predicted[symbol]! - before)
      })
    })
  }
}

/** A whole number below 2³² that tells questions apart well enough to give each its own noise (FNV-1a). */
function digest(question: Int32Array): number {
  let hash = 0x811c9dc5
  for (const token of question) hash = Math.imul(hash ^ token, 0x01000193) >>> 0
  return hash
}
