import type { PuzzleFamily } from '../family.ts'
import { largestMaze, mazeNames, mazeSizeOf, mazeSymbols } from './grid.ts'
import { mazeGrid } from './grid-family.ts'
import { generatedMazes, mazeFiles } from './sources.ts'

export const maze = {
  name: 'maze',
  grid: mazeGrid,
  sources: [generatedMazes, mazeFiles],
  published: {
    sizes: [{ symbols: mazeSymbols, cells: largestMaze ** 2 }],
    latentUpdates: 4,
    dataOf(cells) {
      const size = mazeSizeOf(cells)
      return size === undefined ? undefined : { kind: 'maze-file', size, augment: false }
    },
    names: () => mazeNames,
  },
} as const satisfies PuzzleFamily
