import type { PuzzleFamily } from '../family.ts'
import { maxMazeSide, mazeNames, mazeSizeOf, mazeSymbols } from './grid.ts'
import { mazeGrid } from './grid-family.ts'
import { mazeRecipes } from './recipes/index.ts'
import { generatedMazes, mazeFiles } from './sources.ts'

export { checkMazeAnswer, checkMazeQuestion, type MazeProblem } from './check.ts'
export { generateMaze, type Maze, type MazeOptions } from './generate.ts'
export { formatMaze, formatMazeLine, type MazeText, parseMaze } from './grid.ts'
export { isShortestPath, labelPath } from './path.ts'
export { mazeTokens } from './tokens.ts'

/** Mazes: the shortest path from start to goal in a square grid. */
export const maze = {
  name: 'maze',
  grid: mazeGrid,
  sources: [generatedMazes, mazeFiles],
  recipes: mazeRecipes,
  paper: {
    benchmark: 'Maze-Hard',
    base: 'paper-maze',
    accuracies: { 'trm-mlp': 0, 'trm-att': 0.853, hrm: 0.745, direct: 0 },
  },
  published: {
    sizes: [{ symbols: mazeSymbols, cells: maxMazeSide ** 2 }],
    latentUpdates: 4,
    dataOf(cells) {
      const size = mazeSizeOf(cells)
      return size === undefined ? undefined : { kind: 'maze-file', size, augment: false }
    },
    names: () => mazeNames,
  },
} as const satisfies PuzzleFamily
