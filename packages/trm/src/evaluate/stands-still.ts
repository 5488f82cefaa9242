import type { ModelConfig } from '../models/config.ts'

/** Steps without a change after which an answer counts as settled. */
export const stillSteps = 5

/** Notices when answers stop changing: for a denoiser that is a sign of correctness which needs no label. */
export class StandStill {
  #before: Int32Array | null = null
  #steps = 0

  /** Whether the answer [S] has been the same for `stillSteps` steps. */
  note(answer: Int32Array): boolean {
    const before = this.#before
    const same = before?.every((symbol, cell) => symbol === answer[cell]) ?? false
    this.#steps = same ? this.#steps + 1 : 0
    this.#before = answer
    return this.#steps >= stillSteps
  }
}

/**
 * How a model shows that it is done: a denoiser by an answer that stays the same under new noise, all others by their
 * halting score.
 */
export const endsByStandingStill = ({ kind }: Pick<ModelConfig, 'kind'>): boolean => kind === 'denoiser'
