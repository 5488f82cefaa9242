import { z } from 'zod'
import { dataKind, dataSeed, flag, generatedCounts, section, wholeNumber } from '../../data/fields.ts'

/** The `data` section of a recipe of Takuzus. */
export const fields = z.strictObject(
  {
    kind: dataKind('takuzu-generated'),
    size: wholeNumber(4, 8).multipleOf(2, { error: '4, 6 or 8' }).meta({ description: 'N: grids are N × N' }),
    ...generatedCounts,
    augment: flag().meta({ description: 'every draw is turned or mirrored' }),
    seed: dataSeed(),
  },
  section,
)

/** What a recipe says of its Takuzus. */
export type TakuzuInput = z.input<typeof fields>
