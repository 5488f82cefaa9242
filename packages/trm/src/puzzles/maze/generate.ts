import { InputError, type RandomStream } from '@tiny-recursive-models/tensor'
import { percent } from '../../format/index.ts'
import { maxMazeSide, mazeTokens, minMazeSide } from './grid.ts'
import { explore, labelPath, openCells } from './path.ts'

/** A question whose goal can be reached, and the answer by the label rule. */
export interface Maze {
  readonly size: number
  /** [S] */
  readonly question: Int32Array
  /** [S] */
  readonly answer: Int32Array
}

/** What a generated maze must have: shares of walls, and the least length of its path in steps. */
export interface MazeOptions {
  /** Share of walls; each maze draws its own between the two. The published ones have 0.28 to 0.45. */
  readonly minDensity: number
  readonly maxDensity: number
  /** Steps from start to goal that the shortest path has at least; the published ones have 109. */
  readonly minPath: number
}

/** Layouts that were tried for one maze, in vain, before the generator gives up. */
const maxLayouts = 20_000

/** One random maze; throws if the path is too long for that many walls. */
export function generateMaze(size: number, random: RandomStream, options: MazeOptions): Maze {
  checkOptions(size, options)
  const { minDensity, maxDensity, minPath } = options
  const cells = size * size
  for (let layout = 0; layout < maxLayouts; layout++) {
    const share = minDensity + (maxDensity - minDensity) * random.float()
    const walls = Math.min(cells - 2, Math.round(share * cells))
    const question = new Int32Array(cells).fill(mazeTokens.open)
    for (const cell of random.permutation(cells).subarray(0, walls)) question[cell] = mazeTokens.wall
    const ends = drawEnds(size, question, random, minPath)
    if (ends === undefined) continue
    question[ends.start] = mazeTokens.start
    question[ends.goal] = mazeTokens.goal
    return { size, question, answer: labelPath(question)! }
  }
  throw new InputError({
    who: 'generateMaze',
    expected: `a ${size}×${size} maze with ${percent(minDensity, 0)} to ${percent(maxDensity, 0)} walls and a path of at least ${minPath} steps`,
    got: `none in ${maxLayouts} layouts`,
    hint: 'Lower minPath, or use a larger maze or a density near 0.35, where paths are longest.',
  })
}

/**
 * A start and a goal that lie far enough apart: a random start if it has such goals, or else the cell that is
 * farthest from it; undefined where that has none either.
 */
function drawEnds(
  size: number,
  question: Int32Array,
  random: RandomStream,
  minPath: number,
): { start: number; goal: number } | undefined {
  const isOpen = openCells(question)
  const open = [...question.keys()].filter((cell) => isOpen[cell])
  let start = open[random.integer(open.length)]!
  for (const _ of ['random', 'farthest']) {
    const { steps, order } = explore(size, start, isOpen)
    const farthest = order[order.length - 1]!
    // Cells are discovered in the order of their distance.
    const goals = order.filter((cell) => steps[cell]! >= minPath)
    if (goals.length > 0) return { start, goal: goals[random.integer(goals.length)]! }
    start = farthest
  }
  return undefined
}

function checkOptions(size: number, { minDensity, maxDensity, minPath }: MazeOptions): void {
  const who = 'generateMaze'
  if (!Number.isInteger(size) || size < minMazeSide || size > maxMazeSide) {
    throw refused(who, `a size from ${minMazeSide} to ${maxMazeSide}`, String(size), 'Mazes are size × size.')
  }
  if (!(minDensity >= 0 && maxDensity >= minDensity && maxDensity < 1)) {
    const got = `${minDensity} to ${maxDensity}`
    throw refused(who, 'a density from 0 to below 1, the lower bound first', got, 'Use 0.3 to 0.5.')
  }
  if (!Number.isInteger(minPath) || minPath < 1 || minPath >= size * size) {
    const expected = `a minimum path of 1 to ${size * size - 1} steps`
    throw refused(who, expected, String(minPath), 'A path of about size steps is easy to find.')
  }
}

function refused(who: string, expected: string, got: string, hint: string): InputError {
  return new InputError({ who, expected, got, hint })
}
