import type { PuzzleFamily } from '../../family.ts'
import { arcAgi1 } from './arc-agi-1.ts'
import { arcAgi2 } from './arc-agi-2.ts'
import { arcSmall } from './arc-small.ts'

export const arcRecipes = {
  'arc-small': arcSmall,
  'arc-agi-1': arcAgi1,
  'arc-agi-2': arcAgi2,
} as const satisfies PuzzleFamily['recipes']
