// Letters: B slots of the batch, S cells, E length of a puzzle embedding, L tokens, D width, N supervision steps of a
// gradient, A symbols that an open cell may hold.
import { floatTensor, type HostTensor, integerTensor } from '@tiny-recursive-models/tensor'
import { type ModelConfig, sequenceLength, stateNames, structureOfModel } from '../models/config.ts'
import type { PuzzleTable } from '../models/puzzle-table.ts'
import type { StepConfig } from '../programs/programs.ts'
import type { Feeds } from './piece-runner.ts'

/** What the slots work on in one supervision step. */
export interface SlotBatch {
  /** [B, S] */
  readonly tokens: Int32Array
  /** [B, S]; negative where a cell is not scored */
  readonly labels: Int32Array
  /** [B] row of the puzzle embedding table */
  readonly identifiers: Int32Array
  /** [B]: 1 where a new puzzle begins */
  readonly reset: Float32Array
  /** [B]: supervision steps before which a slot may not halt; 0 = no minimum */
  readonly minSteps: Float32Array
  /** [B] supervision steps that the puzzle stays; only for models that are shown noisy answers, as the next */
  readonly stay?: Float32Array
  /** [B, N, S, A] what each supervision step is shown of the answer */
  readonly noisy?: Float32Array
  /** [B, states, L, D] noise on the states that a puzzle begins with, where there is some */
  readonly startNoise?: Float32Array
}

/** What a program is fed for the slots from `start` up to and without `end`. */
export function slotFeeds(
  { model, gradientSteps = 1 }: StepConfig,
  puzzleTable: PuzzleTable,
  batch: SlotBatch,
  start: number,
  end: number,
): Feeds {
  const { cells, puzzleEmbeddingWidth } = model
  const slots = end - start
  const identifiers = batch.identifiers.subarray(start, end)
  return {
    tokens: integerTensor([slots, cells], batch.tokens.subarray(start * cells, end * cells)),
    labels: integerTensor([slots, cells], batch.labels.subarray(start * cells, end * cells)),
    reset: floatTensor([slots], batch.reset.subarray(start, end)),
    minSteps: floatTensor([slots], batch.minSteps.subarray(start, end)),
    ...(batch.stay && { stay: floatTensor([slots], batch.stay.subarray(start, end)) }),
    ...(batch.noisy && { noisy: noisyFeed(model, gradientSteps, batch.noisy, start, end) }),
    ...(batch.startNoise && { startNoise: startNoiseFeed(model, batch.startNoise, start, end) }),
    ...(puzzleEmbeddingWidth > 0
      ? {
          identifiers: integerTensor([slots], identifiers),
          rows: floatTensor([slots, puzzleEmbeddingWidth], puzzleTable.gather(identifiers)),
        }
      : {}),
  }
}

/** What these slots are shown, by supervision step: [B, N, S, A] → [N, B, S, A]. */
function noisyFeed(
  model: ModelConfig,
  gradientSteps: number,
  noisy: Float32Array,
  start: number,
  end: number,
): HostTensor {
  const answers = structureOfModel(model).answers.length
  const shown = model.cells * answers
  const slots = end - start
  const bySteps = new Float32Array(gradientSteps * slots * shown)
  for (let slot = start; slot < end; slot++) {
    for (let step = 0; step < gradientSteps; step++) {
      const from = (slot * gradientSteps + step) * shown
      bySteps.set(noisy.subarray(from, from + shown), (step * slots + slot - start) * shown)
    }
  }
  return floatTensor([gradientSteps, slots, model.cells, answers], bySteps)
}

/** Noise on the start states of these slots: [B, states, L, D] → [states, L, B, D]. */
function startNoiseFeed(model: ModelConfig, noise: Float32Array, start: number, end: number): HostTensor {
  const { width } = model
  const [slots, nodes] = [end - start, stateNames(model).length * sequenceLength(model)]
  const byNode = new Float32Array(nodes * slots * width)
  for (let slot = 0; slot < slots; slot++) {
    for (let node = 0; node < nodes; node++) {
      const from = ((start + slot) * nodes + node) * width
      byNode.set(noise.subarray(from, from + width), (node * slots + slot) * width)
    }
  }
  return floatTensor([stateNames(model).length, sequenceLength(model), slots, width], byNode)
}
