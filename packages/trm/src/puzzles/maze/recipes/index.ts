import type { PuzzleFamily } from '../../family.ts'
import { maze9x9 } from './maze-9x9.ts'
import { maze15x15 } from './maze-15x15.ts'
import { mazeHard } from './maze-hard.ts'
import { mazeSmall } from './maze-small.ts'
import { paperMaze } from './paper-maze.ts'

export const mazeRecipes = {
  'maze-small': mazeSmall,
  'maze-9x9': maze9x9,
  'maze-15x15': maze15x15,
  'maze-hard': mazeHard,
  'paper-maze': paperMaze,
} as const satisfies PuzzleFamily['recipes']
