/** Square mazes of one size as a board. N = size, S = N² cells. */
import type { Board, PuzzleKind, SymbolLook } from '../family.ts'
import { drawTurn, squareFingerprint } from '../square.ts'
import { augmentMaze } from './augment.ts'
import { checkMazeAnswer, checkMazeLabel, checkMazeQuestion } from './check.ts'
import { characters, mazeNames, mazeTokens, parseMaze } from './grid.ts'
import { isShortestPath, labelPath, nearestPath, shortestSteps } from './path.ts'
import { mazeStructure } from './structure.ts'

export interface MazeKind extends PuzzleKind {
  readonly puzzle: 'maze'
  readonly size: number
}

const { wall, open, start, goal, path } = mazeTokens

/** In the order of the tokens. */
const looks: readonly SymbolLook[] = [
  { shape: 'empty', text: '' },
  { shape: 'solid', text: '' },
  { shape: 'empty', text: '' },
  { shape: 'start', text: 'S' },
  { shape: 'end', text: 'G' },
  { shape: 'dot', text: 'o' },
]

export function mazeBoard({ size }: MazeKind): Board {
  const cells = size * size
  return {
    kind: { puzzle: 'maze', size } as MazeKind,
    title: `${size}×${size} maze`,
    rows: size,
    columns: size,
    names: mazeNames,
    marks: [...characters],
    looks,
    structure: mazeStructure(size),
    candidates: [path, open, wall, start, goal],
    editing: {
      mode: 'paint',
      palette: [wall, start, goal],
      keys: { '#': wall, w: wall, s: start, g: goal, o: open },
      single: [start, goal],
      help: 'Click cells, or use the keyboard: arrows, # or W for a wall, space for an open cell, S and G.',
    },
    empty() {
      const question = new Int32Array(cells).fill(open)
      question[0] = start
      question[cells - 1] = goal
      return question
    },
    parse: (text) => parseMaze(text, size).tokens,
    mistakes: checkMazeQuestion,
    check: checkMazeQuestion,
    rule: {
      solution: 'a valid shortest path',
      hasManyAnswers: true,
      problems: checkMazeAnswer,
      isSolved: isShortestPath,
      solve: (question) => labelPath(question) ?? 'the goal cannot be reached from the start',
      labelProblem: (question, label) => checkMazeLabel(question, label)[0],
      wrongCells,
    },
    symmetry: drawTurn,
    augment: augmentMaze,
    fingerprint: squareFingerprint,
    demand: (question) => shortestSteps(question) ?? 0,
  }
}

/** Shortest paths are many: wrong is where the answer differs from the nearest of them. */
function wrongCells(question: Int32Array, answer: Int32Array): number[] {
  const nearest = nearestPath(question, answer) ?? question
  return [...answer.keys()].filter((cell) => answer[cell] !== nearest[cell])
}
