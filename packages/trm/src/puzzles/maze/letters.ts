/** The letters of written mazes. Those that are published are `# SGo`; others are read where their meaning is certain. */
import { mazeTokens } from './tokens.ts'

/** The character of every token; that of PAD never occurs. */
export const characters = '?# SGo'

const walls = '#█▓■*X'
const openings = ' .·'
const starts = 'Ss'
const goals = 'GgEe'
/** All of them, as the inside of a character class. */
export const letters = '#█▓■*X .·SsGgEeo'

export const lettersNamed =
  '# * █ or X for a wall, a space or . for an open cell, S for the start, G or E for the goal, o for the path'

export type Letters = ReadonlyMap<string, number>

/** What the letters of a text mean; one is left out where another of the same meaning stands beside it. */
export function lettersOf(text: string): Letters {
  const found = new Map<string, number>([['o', mazeTokens.path]])
  for (const mark of openings) found.set(mark, mazeTokens.open)
  for (const [marks, token] of [
    [walls, mazeTokens.wall],
    [starts, mazeTokens.start],
    [goals, mazeTokens.goal],
  ] as const) {
    // The first is the one of the list: beside # a * is no wall.
    const mark = [...marks].find((candidate) => text.includes(candidate))
    if (mark !== undefined) found.set(mark, token)
  }
  return found
}

const countOf = (text: string, marks: string): number =>
  Array.from(text).filter((mark) => marks.includes(mark)).length

/** Whether a text has one start and one goal and otherwise only letters of mazes. */
export function isWholeMaze(text: string): boolean {
  const known = lettersOf(text)
  return (
    countOf(text, starts) === 1 &&
    countOf(text, goals) === 1 &&
    Array.from(text).every((mark) => known.has(mark))
  )
}

/**
 * Whether numbers from 0 to 3 stand for walls, open cells, start and goal, and which for which is not known: a start
 * and a goal, and more of both others than any Sudoku has of one digit.
 */
export function isNumberMaze(text: string): boolean {
  const share = (digit: string) => countOf(text, digit) / text.length
  return (
    text.length >= 9 &&
    /^[0-3]+$/.test(text) &&
    countOf(text, '2') === 1 &&
    countOf(text, '3') === 1 &&
    Math.min(share('0'), share('1')) > 0.25
  )
}
