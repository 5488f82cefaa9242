import { type GeneratedSets, generateSets, type SetCounts } from '../../data/generated-sets.ts'
import { generateMazes, type MazeOptions } from './generate.ts'
import { mazeSet } from './read.ts'

export interface GenerateMazeSetsOptions extends SetCounts, MazeOptions {
  readonly size: number
  readonly seed: number
}

/** Three sets of generated mazes of which no two, in the same set or in different ones, are copies of each other. */
export function generateMazeSets(options: GenerateMazeSetsOptions): GeneratedSets {
  const { size, seed } = options
  return generateSets(options, {
    who: 'generateMazeSets',
    name: `generated ${size}×${size} mazes`,
    generate: (total) => generateMazes(size, total, seed, options),
    toSet: (mazes, name) => mazeSet(mazes, { name, size }),
  })
}
