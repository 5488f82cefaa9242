/** Breadth-first search through a maze, and the label rule that follows from its order. N = size, S = N² cells. */
import { mazeSizeOf, mazeTokens } from './grid.ts'

export interface Reach {
  /** [S] steps from the start; −1 where a cell is not reached */
  readonly steps: Int32Array
  /** [S] the cell from which each was discovered first; −1 where not reached, the start itself at the start */
  readonly from: Int32Array
  /** Cells in the order of their discovery. */
  readonly order: Int32Array
}

/**
 * All cells that can be reached from `start`, by breadth-first search with the neighbours in the order down, left,
 * right, up, each cell keeping its first discoverer. The published labels depend on this order (data notes).
 *
 * @param isOpen [S] 1 where a cell may be entered
 */
export function explore(size: number, start: number, isOpen: ArrayLike<number>): Reach {
  const cells = size * size
  const steps = new Int32Array(cells).fill(-1)
  const from = new Int32Array(cells).fill(-1)
  const order = new Int32Array(cells)
  let found = 0
  const discover = (cell: number, by: number, step: number) => {
    if (steps[cell]! >= 0 || !isOpen[cell]) return
    steps[cell] = step
    from[cell] = by
    order[found++] = cell
  }
  steps[start] = 0
  from[start] = start
  order[found++] = start
  for (let next = 0; next < found; next++) {
    const cell = order[next]!
    const column = cell % size
    const step = steps[cell]! + 1
    if (cell + size < cells) discover(cell + size, cell, step)
    if (column > 0) discover(cell - 1, cell, step)
    if (column < size - 1) discover(cell + 1, cell, step)
    if (cell >= size) discover(cell - size, cell, step)
  }
  return { steps, from, order: order.subarray(0, found) }
}

/** [S] 1 where a question can be walked: all but the walls. */
export function openCells(question: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(question, (token) => Number(token !== mazeTokens.wall))
}

/** Steps of the shortest path from start to goal: one more than its cells in between; undefined where there is none. */
export function shortestSteps(question: Int32Array): number | undefined {
  const ends = endsOf(question)
  const steps = ends && explore(ends.size, ends.start, openCells(question)).steps[ends.goal]!
  return steps === undefined || steps < 0 ? undefined : steps
}

/**
 * The answer by the label rule of the published mazes: of all shortest paths the one that `explore` discovers first,
 * marked as path between start and goal. It reproduces all 2,000 published labels.
 *
 * @param question [S]
 * @returns [S], or undefined where there is no path
 */
export function labelPath(question: Int32Array): Int32Array | undefined {
  const ends = endsOf(question)
  if (ends === undefined) return undefined
  const { from, steps } = explore(ends.size, ends.start, openCells(question))
  if (steps[ends.goal]! < 0) return undefined
  const answer = question.slice()
  for (let cell = from[ends.goal]!; cell !== ends.start; cell = from[cell]!) answer[cell] = mazeTokens.path
  return answer
}

/**
 * Whether an answer is a valid shortest path: the question unchanged but for open cells that became path, and these
 * cells exactly one shortest way from start to goal. Shortest paths are seldom unique, so this is more often true
 * than that the answer equals the label.
 *
 * @param question [S]
 * @param answer [S]
 */
export function isShortestPath(question: Int32Array, answer: Int32Array): boolean {
  if (answer.length !== question.length || changedGiven(question, answer) >= 0) return false
  const steps = shortestSteps(question)
  const path = answer.reduce((count, token) => count + Number(token === mazeTokens.path), 0)
  return steps !== undefined && path === steps - 1 && pathSteps(answer) === steps
}

/** The first cell where an answer changes more than an open cell into path; −1 where none does. */
export function changedGiven(question: Int32Array, answer: Int32Array): number {
  const { open, path } = mazeTokens
  return answer.findIndex((token, cell) => {
    const given = question[cell]!
    return token !== given && !(given === open && token === path)
  })
}

/** Steps of the shortest way from start to goal over path cells alone; undefined where they lead nowhere. */
export function pathSteps(answer: Int32Array): number | undefined {
  const { wall, open } = mazeTokens
  return shortestSteps(answer.map((token) => (token === open ? wall : token)))
}

/** Start and goal of a maze that has one of each; undefined otherwise. */
function endsOf(question: Int32Array): { size: number; start: number; goal: number } | undefined {
  const size = mazeSizeOf(question.length)
  const [start, goal] = [question.indexOf(mazeTokens.start), question.indexOf(mazeTokens.goal)]
  const isSingle =
    question.lastIndexOf(mazeTokens.start) === start && question.lastIndexOf(mazeTokens.goal) === goal
  return size === undefined || start < 0 || goal < 0 || !isSingle ? undefined : { size, start, goal }
}

/** [S] of all shortest paths the one that has most cells in common with an answer; undefined where there is none. */
export function nearestPath(question: Int32Array, answer: Int32Array): Int32Array | undefined {
  const ends = endsOf(question)
  if (ends === undefined) return undefined
  const { size, start, goal } = ends
  const { steps, order } = explore(size, start, openCells(question))
  if (steps[goal]! < 0) return undefined
  const common = new Int32Array(question.length)
  const from = new Int32Array(question.length)
  for (const cell of order.subarray(1)) {
    const column = cell % size
    const beside = [...(column > 0 ? [cell - 1] : []), ...(column < size - 1 ? [cell + 1] : [])]
    const before = [cell - size, cell + size, ...beside].filter((one) => steps[one] === steps[cell]! - 1)
    from[cell] = before.reduce((one, other) => (common[other]! > common[one]! ? other : one))
    common[cell] = common[from[cell]!]! + Number(answer[cell] === mazeTokens.path)
  }
  const nearest = question.slice()
  for (let cell = from[goal]!; cell !== start; cell = from[cell]!) nearest[cell] = mazeTokens.path
  return nearest
}
