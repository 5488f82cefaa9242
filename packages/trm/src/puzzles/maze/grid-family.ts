/** The family of square mazes: the shortest path from S to G. */
import { z } from 'zod'
import type { GridFamily } from '../family.ts'
import { type MazeKind, mazeBoard } from './board.ts'
import { generateMaze } from './generate.ts'
import { isMazeText, largestMaze, parseMaze, smallestMaze } from './grid.ts'

export const mazeGrid: GridFamily<MazeKind> = {
  name: 'maze',
  title: 'maze',
  plural: 'mazes',
  kind: z.strictObject({ puzzle: z.literal('maze'), size: z.int().min(smallestMaze).max(largestMaze) }),
  board: mazeBoard,
  writing: {
    marks: '# for a wall, a space or . for an open cell, S for the start, G for the goal, o for the path',
    wanted: 'a well-formed maze',
    wantedFirst: 'a square maze of # (wall), spaces (open), S and G',
    recognises: isMazeText,
    read(text, like) {
      const { size, tokens } = parseMaze(text, (like as MazeKind | undefined)?.size)
      return { kind: { puzzle: 'maze', size } as MazeKind, tokens }
    },
    // A # is a wall.
    isComment: () => false,
  },
  copies: 'turned or mirrored',
  generate: ({ size }, random) =>
    generateMaze(size, random, { minimumDensity: 0.3, maximumDensity: 0.5, minimumPath: size }),
}
