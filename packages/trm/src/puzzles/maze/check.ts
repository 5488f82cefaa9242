import { nameCell } from '../../data/cells.ts'
import { mazeSizeOf, mazeTokens } from './grid.ts'
import { changedGiven, labelPath, pathSteps, shortestSteps } from './path.ts'

/** Everything that can be wrong with a maze; `cells` are for a page to mark, `message` is for people. */
export interface MazeProblem {
  readonly kind:
    | 'wrong-length'
    /** A token that no question, or no answer, may hold. */
    | 'wrong-token'
    | 'no-start'
    | 'several-starts'
    | 'no-goal'
    | 'several-goals'
    /** No way from start to goal. */
    | 'unreachable'
    /** The answer changes a cell that was not open. */
    | 'answer-differs'
    /** The path of the answer does not join start and goal. */
    | 'broken'
    /** The path is longer than the shortest. */
    | 'detour'
    /** Path cells that do not belong to the way. */
    | 'stray'
    /** A shortest path, but not the one of the label rule. */
    | 'other-label'
  readonly message: string
  readonly cells: readonly number[]
}

/**
 * What is wrong with a question: its length, its tokens, start and goal, and whether the goal can be reached.
 *
 * @param question [S]
 */
export function checkMazeQuestion(question: Int32Array): MazeProblem[] {
  const size = mazeSizeOf(question.length)
  if (size === undefined) {
    const message = `a square maze has N² cells, not ${question.length}`
    return [{ kind: 'wrong-length', message, cells: [] }]
  }
  const { wall, goal, start } = mazeTokens
  const wrong = question.findIndex((token) => token < wall || token > goal)
  if (wrong >= 0) {
    const what = question[wrong] === mazeTokens.path ? 'path' : `token ${question[wrong]}`
    const message = `${nameCell(wrong, size)}: ${what}, where a question may have only walls, open cells, S and G`
    return [{ kind: 'wrong-token', message, cells: [wrong] }]
  }
  for (const [token, name, mark] of [
    [start, 'start', 'S'],
    [goal, 'goal', 'G'],
  ] as const) {
    const cells = [...question.keys()].filter((cell) => question[cell] === token)
    if (cells.length === 0) {
      return [{ kind: `no-${name}`, message: `there is no ${name} (${mark})`, cells: [] }]
    }
    if (cells.length > 1) {
      const [first, second] = cells.map((cell) => nameCell(cell, size))
      const message = `there is more than one ${name} (${mark}): ${first} and ${second}`
      return [{ kind: `several-${name}s`, message, cells }]
    }
  }
  if (shortestSteps(question) !== undefined) return []
  const message = 'the goal cannot be reached from the start'
  return [{ kind: 'unreachable', message, cells: [question.indexOf(start), question.indexOf(goal)] }]
}

/**
 * What keeps an answer from being a valid shortest path; empty exactly where `isShortestPath` says so.
 *
 * @param question [S] without problems
 * @param answer [S]
 */
export function checkMazeAnswer(question: Int32Array, answer: Int32Array): MazeProblem[] {
  if (answer.length !== question.length) {
    const message = `the answer has ${answer.length} cells instead of ${question.length}`
    return [{ kind: 'wrong-length', message, cells: [] }]
  }
  const size = mazeSizeOf(question.length)!
  const changed = changedGiven(question, answer)
  if (changed >= 0) {
    const [was, is] = [question[changed]!, answer[changed]!].map(nameToken)
    const message = `${nameCell(changed, size)}: the answer has ${is}, the question has ${was}`
    return [{ kind: 'answer-differs', message, cells: [changed] }]
  }
  const path = [...answer.keys()].filter((cell) => answer[cell] === mazeTokens.path)
  const steps = pathSteps(answer)
  if (steps === undefined) {
    const message = 'the path does not lead from the start to the goal'
    return [{ kind: 'broken', message, cells: path }]
  }
  const shortest = shortestSteps(question)!
  if (steps > shortest) {
    const message = `the path has ${steps} steps, the shortest has ${shortest}`
    return [{ kind: 'detour', message, cells: path }]
  }
  const extra = path.length - (steps - 1)
  if (extra === 0) return []
  const message = `the path marks ${path.length} cells, a shortest one has ${steps - 1}`
  return [{ kind: 'stray', message, cells: path }]
}

/** The same, and then whether it is the shortest path of the label rule. */
export function checkMazeLabel(question: Int32Array, answer: Int32Array): MazeProblem[] {
  const problems = checkMazeAnswer(question, answer)
  if (problems.length > 0) return problems
  const label = labelPath(question)!
  const cells = [...answer.keys()].filter((cell) => answer[cell] !== label[cell])
  if (cells.length === 0) return []
  const place = nameCell(cells[0]!, mazeSizeOf(question.length)!)
  const message = `a shortest path, but not the one chosen by the label rule: they first differ at ${place}`
  return [{ kind: 'other-label', message, cells }]
}

function nameToken(token: number): string {
  const { wall, open, start, goal, path } = mazeTokens
  const names = { [wall]: 'a wall', [open]: 'an open cell', [start]: 'S', [goal]: 'G', [path]: 'path' }
  return (names as Record<number, string>)[token] ?? `token ${token}`
}
