/** The fields of a recipe's `training`. */
import { z } from 'zod'
import {
  flag,
  numberBetween,
  oneOf,
  puzzleCount,
  section,
  seed,
  stepCount,
  wholeNumber,
} from '../data/fields.ts'
import type { Frozen } from './frozen.ts'
import { modelFields } from './model.ts'

const microBatchError = { error: "a whole number from 1 to 1048576 or 'auto'" }

/** Of one of the `stages`: a model of other depths with the same weights. */
const { recursions, latentUpdates, supervisionSteps } = modelFields.shape
const stageFields = {
  until: numberBetween(0, 1).meta({ description: 'share of the steps at which the stage ends' }),
  recursions,
  latentUpdates,
  supervisionSteps,
}

export const trainingFields = z.strictObject(
  {
    batch: wholeNumber(1, 1_048_576).meta({
      official: '`global_batch_size`',
      description: 'puzzles that a step works on at once (slots)',
    }),
    microBatch: z
      .union(
        [
          z.int(microBatchError).min(1, microBatchError).max(1_048_576, microBatchError),
          z.literal('auto', microBatchError),
        ],
        microBatchError,
      )
      .default('auto')
      .meta({
        description:
          'slots computed at once, a divisor of `batch` / `workers`, or `auto`; gradients are summed up to `batch`',
      }),
    workers: wholeNumber(1, 64).default(1).meta({
      description:
        'pieces of the batch that run side by side, each on one thread; a divisor of `batch`. More than there are cores take turns. Rounding depends on the micro-batch, not on how many really run at a time',
    }),
    gradientPrecision: oneOf('float32', 'bfloat16').default('float32').meta({
      description:
        '`bfloat16`: gradients of the weights travel between ranks of MPI in half the bytes, rounded; they are added in float32. Of no effect in one process',
    }),
    recompute: flag().default(false).meta({
      description: 'compute the forward pass again in the backward pass: less memory, more time',
    }),
    gradientSteps: wholeNumber(1, 256).default(1).meta({
      description:
        'supervision steps of one optimiser step, with a loss at each and gradient through all (published: 1); more need `noise`',
    }),
    steps: stepCount(1).meta({
      description: 'optimiser steps of the run: each corrects all weights once; also the end of the cosine',
    }),
    stages: z
      .array(z.strictObject(stageFields, section), {
        error:
          'a list of stages, each {"until": …, "recursions": …, "latentUpdates": …, "supervisionSteps": …}',
      })
      .max(16)
      .default([])
      .meta({
        description:
          'a run that begins shallow, with short stays, and grows: a list of `{until, recursions, latentUpdates, supervisionSteps}`, each in force until that share of the steps, and after them the depths of `model`; published: none',
      }),
    startNoise: numberBetween(0, 100).default(0).meta({
      description:
        'standard deviation of the noise on the states that a puzzle begins with; 0 = always the same (published)',
    }),
    seed: seed().meta({
      official: '`seed`',
      description:
        'decides the first weights, the order of puzzles, augmentation and exploration: the same seed gives the same run',
    }),
    evaluateSteps: wholeNumber(1, 100_000).nullable().default(null).meta({
      description:
        'supervision steps of a validation, and of the trained model unless asked otherwise; null = `model.supervisionSteps`',
    }),
    evaluateEvery: stepCount(0).meta({ description: 'steps between two validations; 0 = never' }),
    evaluatePuzzles: puzzleCount(1).meta({ description: 'puzzles in a validation' }),
    checkpointEvery: stepCount(0).meta({
      title: 'Checkpoint every',
      description: 'steps between two checkpoints; 0 = only at the end',
    }),
    keepCheckpoints: wholeNumber(1, 1_000_000).meta({
      description: 'how many of the latest checkpoints stay',
    }),
    stopAtAccuracy: numberBetween(0, 1).nullable().default(null).meta({
      description: 'ends the run when a validation solves this share of puzzles exactly; null = never',
    }),
    stopAfterSeconds: numberBetween(0, 1e9).nullable().default(null).meta({
      description:
        'ends the run when its training steps, without validations, have taken so long; null = never',
    }),
  },
  section,
)

/** The `training` section of a recipe. */
export type TrainingRecipe = Frozen<z.output<typeof trainingFields>>
/** The same, as it may be written. */
export type TrainingInput = Frozen<z.input<typeof trainingFields>>
