import type { RunReport } from '@tiny-recursive-models/trm'

/** Written by this project: its format number stands for its fields. */
export const isReport = (value: unknown): value is RunReport =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === 1
