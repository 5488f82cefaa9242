import type { z } from 'zod'
import { wholeNumber } from '../../data/fields.ts'
import { denoising } from '../../settings/denoising.ts'
import type { RecipeDraft } from '../../settings/draft.ts'
import { squareFields } from '../square-family.ts'

/** The `data` section of a recipe of Takuzus. */
export const fields = squareFields(
  'takuzu-generated',
  wholeNumber(4, 8).multipleOf(2, { error: '4, 6 or 8' }),
)

/** What a recipe says of its Takuzus. */
export type TakuzuInput = z.input<typeof fields>

/** A denoising recursion that shares its weights between 0 and 1, and mixes over lines and over threes. */
export const takuzu6x6: RecipeDraft<TakuzuInput> = {
  description: '6×6 Takuzu from 4,000 generated puzzles; minutes on a laptop CPU.',
  model: { ...denoising.model, mixer: 'fields', latentUpdates: 8 },
  data: {
    kind: 'takuzu-generated',
    size: 6,
    train: 4_000,
    validation: 200,
    test: 500,
    augment: true,
    seed: 0,
  },
  noise: { ...denoising.noise, shortestStay: 4, longestStay: 16, longestStayAtEnd: 24 },
  optimizer: { ...denoising.optimizer, learningRate: 4e-3 },
  training: {
    ...denoising.training,
    batch: 32,
    microBatch: 16,
    gradientSteps: 2,
    steps: 1_500,
    evaluateEvery: 250,
    evaluateSteps: 32,
  },
}
