/** The family of square mazes: the shortest path from S to G. */
import { z } from 'zod'
import type { GridFamily } from '../family.ts'
import { type MazeKind, mazeBoard } from './board.ts'
import { mazeGrids } from './drawn.ts'
import { generateMaze } from './generate.ts'
import { maxMazeSide, mazeCertainty, mazeTokens, minMazeSide, parseMaze } from './grid.ts'
import { lettersNamed } from './letters.ts'

/** A # is a wall too: a remark has words behind it. */
const isMazeComment = (line: string): boolean =>
  /^\s*\/\//.test(line) || (/^\s*[#%]/.test(line) && /[a-z]/i.test(line.replace(/[SsGgEeXo]/g, '')))

export const mazeGrid: GridFamily<MazeKind> = {
  name: 'maze',
  title: 'maze',
  plural: 'mazes',
  kind: z.strictObject({ puzzle: z.literal('maze'), size: z.int().min(minMazeSide).max(maxMazeSide) }),
  board: mazeBoard,
  writing: {
    marks: lettersNamed,
    wanted: 'a well-formed maze',
    wantedFirst: 'a square maze of # (wall), spaces (open), S and G',
    recognises: mazeCertainty,
    read(text, like) {
      const { size, tokens } = parseMaze(text, (like as MazeKind | undefined)?.size)
      return { kind: { puzzle: 'maze', size } as MazeKind, tokens }
    },
    isComment: isMazeComment,
    // Spaces are cells: what stands beside a maze cannot be told from it.
    find: (line) => (mazeCertainty(line) >= 1 ? [line] : []),
    grids: mazeGrids,
    questionOf: (answer) => answer.map((token) => (token === mazeTokens.path ? mazeTokens.open : token)),
  },
  copies: 'rotated or mirrored',
  generate: ({ size }, random) =>
    generateMaze(size, random, { minDensity: 0.3, maxDensity: 0.5, minPath: size }),
}
