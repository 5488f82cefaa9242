/** Keys and clicks on a grid, as functions from one question to the next. N = size, S = N² cells. */
import { blankToken, digitOffset, mazeTokens, type PuzzleKind, puzzleSize } from '@tiny-recursive-models/trm'

/** The cell that a key leads to from another; undefined for keys that do not move. */
export function moveByKey(size: number, cell: number, key: string, isControl = false): number | undefined {
  const row = Math.floor(cell / size)
  const column = cell % size
  const last = size - 1
  switch (key) {
    case 'ArrowUp':
      return row > 0 ? cell - size : cell
    case 'ArrowDown':
      return row < last ? cell + size : cell
    case 'ArrowLeft':
      return column > 0 ? cell - 1 : cell
    case 'ArrowRight':
      return column < last ? cell + 1 : cell
    case 'Home':
      return isControl ? 0 : cell - column
    case 'End':
      return isControl ? size * size - 1 : cell + last - column
    default:
      return undefined
  }
}

const erasers = ['Backspace', 'Delete', '0', '.', ' ']

/** The question after a key that writes into a cell; undefined for other keys. */
export function writeByKey(
  kind: PuzzleKind,
  question: Int32Array,
  cell: number,
  key: string,
): Int32Array | undefined {
  const token =
    kind.puzzle === 'maze' ? mazeTokenOfKey(question[cell]!, key) : digitOfKey(puzzleSize(kind), key)
  if (token === undefined) return undefined
  return kind.puzzle === 'maze' ? withMazeToken(question, cell, token) : question.with(cell, token)
}

function digitOfKey(size: number, key: string): number | undefined {
  if (erasers.includes(key)) return blankToken
  return /^[1-9]$/.test(key) && Number(key) <= size ? Number(key) + digitOffset : undefined
}

function mazeTokenOfKey(now: number, key: string): number | undefined {
  switch (key.toLowerCase()) {
    case '#':
    case 'w':
      return mazeTokens.wall
    case 's':
      return mazeTokens.start
    case 'g':
      return mazeTokens.goal
    case 'enter':
      return now === mazeTokens.wall ? mazeTokens.open : mazeTokens.wall
    case 'o':
      return mazeTokens.open
    default:
      return erasers.includes(key) ? mazeTokens.open : undefined
  }
}

/** A maze has one start and one goal: placing one takes it away where it stood. */
export function withMazeToken(question: Int32Array, cell: number, token: number): Int32Array {
  const { start, goal, open } = mazeTokens
  const next =
    token === start || token === goal ? question.map((was) => (was === token ? open : was)) : question.slice()
  next[cell] = token
  return next
}

/** What a click on a maze puts there. */
export type MazeTool = 'wall' | 'start' | 'goal'

export function applyMazeTool(question: Int32Array, cell: number, tool: MazeTool): Int32Array {
  if (tool !== 'wall') return withMazeToken(question, cell, mazeTokens[tool])
  const { wall, open } = mazeTokens
  return withMazeToken(question, cell, question[cell] === wall ? open : wall)
}
