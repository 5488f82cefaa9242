/** The fields of a recipe's `training`. */
import { z } from 'zod'
import { flag, numberBetween, puzzleCount, section, seed, stepCount, wholeNumber } from '../data/fields.ts'
import type { Frozen } from './frozen.ts'

const microBatchError = { error: "a whole number from 1 to 1048576 or 'auto'" }

export const trainingFields = z.strictObject(
  {
    batch: wholeNumber(1, 1_048_576),
    /** Slots computed at once; gradients are summed up to `batch`. */
    microBatch: z
      .union(
        [
          z.int(microBatchError).min(1, microBatchError).max(1_048_576, microBatchError),
          z.literal('auto', microBatchError),
        ],
        microBatchError,
      )
      .default('auto'),
    /**
     * Pieces of the batch that run side by side, each on one thread; more than the machine has cores take turns.
     * Rounding, and so the weights, depend on the micro-batch, not on how many really run at a time.
     */
    workers: wholeNumber(1, 64).default(1),
    /** Computes the forward pass again in the backward pass: less memory, more time. */
    recompute: flag().default(false),
    /** Supervision steps of one optimiser step, with a loss at each and gradient through all (published: 1). */
    gradientSteps: wholeNumber(1, 256).default(1),
    steps: stepCount(1),
    /**
     * A model that begins shallow, with short stays, and grows: until that share of the steps it has these depths, then
     * those of the next stage, in the end those of `model`. The same weights all the way (published: none).
     */
    stages: z
      .array(
        z.strictObject(
          {
            until: numberBetween(0, 1),
            recursions: wholeNumber(1, 1_024),
            latentUpdates: wholeNumber(1, 1_024),
            supervisionSteps: wholeNumber(1, 4_096),
          },
          section,
        ),
        {
          error:
            'a list of stages, each {"until": …, "recursions": …, "latentUpdates": …, "supervisionSteps": …}',
        },
      )
      .max(16)
      .default([]),
    /** Standard deviation of the noise on the states that a puzzle begins with; 0 = always the same (published). */
    startNoise: numberBetween(0, 100).default(0),
    seed: seed(),
    /** Supervision steps of an evaluation, and of the trained model unless asked otherwise; null = model.supervisionSteps. */
    evaluateSteps: wholeNumber(1, 100_000).nullable().default(null),
    /** Steps between evaluations; 0 = never. */
    evaluateEvery: stepCount(0),
    evaluatePuzzles: puzzleCount(1),
    /** Steps between checkpoints; 0 = only at the end. */
    checkpointEvery: stepCount(0),
    keepCheckpoints: wholeNumber(1, 1_000_000),
    /** Ends the run when an evaluation reaches this share of exactly solved puzzles; null = never. */
    stopAtAccuracy: numberBetween(0, 1).nullable().default(null),
    /** Ends the run when its training steps have taken so long, evaluations left out; null = never. */
    stopAfterSeconds: numberBetween(0, 1e9).nullable().default(null),
  },
  section,
)

/** The `training` section of a recipe. */
export type TrainingRecipe = Frozen<z.output<typeof trainingFields>>
/** The same, as it may be written. */
export type TrainingInput = Frozen<z.input<typeof trainingFields>>
