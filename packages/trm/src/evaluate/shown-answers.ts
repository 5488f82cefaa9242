// Letters: B slots, S cells, A symbols that a cell may turn out to hold.
import { floatTensor, type HostTensor, RandomStream } from '@tiny-recursive-models/tensor'
import { type ModelConfig, structureOfModel } from '../models/config.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { NoiseRecipe } from '../recipes/schema.ts'
import { fillNoise } from '../train/noise.ts'

/**
 * What a model that was trained on noisy answers is shown when there is no answer yet: noise alone, new in every step.
 * What it has found out so far stands in its latent. The noise depends on the question, the attempt and the step, not on
 * the slot or the batch, so that the same puzzle gets the same answer wherever it is thought about.
 */
export class ShownAnswers {
  readonly #structure: PuzzleStructure
  readonly #noise: NoiseRecipe
  readonly #shape: readonly [number, number, number, number]
  readonly #steps: Int32Array

  constructor(config: ModelConfig, noise: NoiseRecipe, slots: number) {
    this.#structure = structureOfModel(config)
    this.#noise = noise
    this.#shape = [1, slots, config.cells, this.#structure.answers.length]
    this.#steps = new Int32Array(slots)
  }

  /** [1, B, S, A] for the next step of every slot. */
  next(tokens: Int32Array, reset: Float32Array, attempts?: ArrayLike<number>): HostTensor {
    const [, slots, cells, answers] = this.#shape
    const shown = new Float32Array(slots * cells * answers)
    for (let slot = 0; slot < slots; slot++) {
      const step = reset[slot] ? 0 : this.#steps[slot]! + 1
      this.#steps[slot] = step
      const question = tokens.subarray(slot * cells, (slot + 1) * cells)
      const random = new RandomStream(
        digest(question),
        'shown',
        attempts?.[slot] ?? 0,
        this.#noise.shared ? 0 : step,
      )
      fillNoise(random, this.#noise.deviation, this.#structure, question, shown, slot * cells * answers)
    }
    return floatTensor(this.#shape, shown)
  }
}

/** A whole number below 2³² that tells questions apart well enough to give each its own noise (FNV-1a). */
function digest(question: Int32Array): number {
  let hash = 0x811c9dc5
  for (const token of question) hash = Math.imul(hash ^ token, 0x01000193) >>> 0
  return hash
}
