// Letters: B puzzles, S cells, V symbols.
import { likeliest } from './evaluate.ts'
import { endsByStandingStill, StandStill } from './stands-still.ts'
import { checkQuestion } from './think.ts'
import type { Thinker } from './thinker.ts'

/** What a model holds of many puzzles after one supervision step. */
export interface ManyThoughts {
  readonly step: number
  /** [B] answers of S cells, the likeliest symbols. */
  readonly answers: readonly Int32Array[]
  /** [B] the predicted probability that the answer is correct. */
  readonly haltProbabilities: Float32Array
}

/** Settings of `thinkMany`; all may be left out. */
export interface ThinkManyOptions {
  /** By default as many steps as in training. */
  readonly maxSteps?: number
}

/**
 * Thinks about up to as many puzzles as the thinker has slots, all at the same time; each gets the answers that it gets
 * alone. It ends after `maxSteps`, or where a model that stops by standing still does so with all of them.
 *
 * @throws InputError if a question has another size or other symbols than the model
 */
export async function* thinkMany(
  thinker: Thinker,
  questions: readonly Int32Array[],
  { maxSteps = thinker.config.supervisionSteps }: ThinkManyOptions = {},
): AsyncGenerator<ManyThoughts, void> {
  const { config, slots } = thinker
  const count = questions.length
  if (count === 0) return
  if (count > slots) throw new Error(`${count} puzzles do not fit into ${slots} slots`)
  for (const question of questions) checkQuestion(config, question)
  const { cells, symbols } = config
  // Slots that are left over think about the last puzzle again.
  const tokens = new Int32Array(slots * cells)
  for (let slot = 0; slot < slots; slot++) tokens.set(questions[Math.min(slot, count - 1)]!, slot * cells)
  const identifiers = new Int32Array(slots)
  const standing = questions.map(() => new StandStill())
  for (let step = 1; step <= maxSteps; step++) {
    const reset = new Float32Array(slots).fill(step === 1 ? 1 : 0)
    const { logits, haltLogits } = await thinker.step(tokens, identifiers, reset)
    const answers = questions.map((_, slot) =>
      likeliest(logits.subarray(slot * cells * symbols, (slot + 1) * cells * symbols), symbols),
    )
    const haltProbabilities = Float32Array.from(
      haltLogits.subarray(0, count),
      (logit) => 1 / (1 + Math.exp(-logit)),
    )
    yield { step, answers, haltProbabilities }
    const stands = answers.map((answer, puzzle) => standing[puzzle]!.note(answer))
    if (endsByStandingStill(config) && stands.every(Boolean)) return
  }
}
