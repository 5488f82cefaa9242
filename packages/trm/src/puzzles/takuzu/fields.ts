import { z } from 'zod'
import { flag, generatedCounts, section, seed, wholeNumber } from '../../data/fields.ts'

/** The `data` section of a recipe of Takuzus. */
export const fields = z.strictObject(
  {
    kind: z.literal('takuzu-generated'),
    /** N: grids are N × N. */
    size: wholeNumber(4, 8).multipleOf(2, { error: '4, 6 or 8' }),
    ...generatedCounts,
    augment: flag(),
    seed: seed(),
  },
  section,
)

/** What a recipe says of its Takuzus. */
export type TakuzuInput = z.input<typeof fields>
