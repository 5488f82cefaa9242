/** How each kind of puzzle is written, drawn and judged. */
import {
  type BoxShape,
  blankToken,
  checkAnswer,
  checkMazeAnswer,
  digitOffset,
  formatMazeLine,
  formatSudokuLine,
  mazeTokens,
  sudokuLayout,
} from '@tiny-recursive-models/trm'
import { drawGrid, type GridCells } from './output/grid.ts'
import type { SvgCell, SvgPanel } from './output/grid-svg.ts'
import { drawMaze, isWrongCell } from './output/maze.ts'

export interface PuzzleView {
  /** One line of S characters. */
  readonly format: (tokens: ArrayLike<number>) => string
  readonly draw: (cells: GridCells, colours: boolean) => string
  readonly panel: (title: string, cells: GridCells) => SvgPanel
  /** What keeps an answer [S] from solving a question [S]; empty where it does. */
  readonly problems: (question: Int32Array, answer: Int32Array) => string[]
  /** What an answer without problems is. */
  readonly solution: string
}

const colours = { changed: '#ffe08a', wrong: '#e5705c', given: '#222', answer: '#1f6f8b' }

export function sudokuView(shape: BoxShape): PuzzleView {
  const { size, boxRows, boxColumns } = sudokuLayout(shape)
  const cellOf = ({ tokens, question, changed }: GridCells, cell: number): SvgCell => {
    const [token, given] = [tokens[cell]!, question[cell]!]
    const isGiven = given > blankToken
    const isWrong = isGiven && token !== given
    return {
      ...(token > blankToken && { text: String(token - digitOffset) }),
      ...((isWrong || changed?.has(cell)) && { fill: isWrong ? colours.wrong : colours.changed }),
      textColour: isGiven ? colours.given : colours.answer,
      bold: isGiven,
    }
  }
  return {
    format: formatSudokuLine,
    draw: (cells, coloured) => drawGrid(shape, cells, coloured),
    panel: (title, cells) => ({
      title,
      size,
      box: { rows: boxRows, columns: boxColumns },
      cells: Array.from({ length: size * size }, (_, cell) => cellOf(cells, cell)),
    }),
    problems: (question, answer) => checkAnswer(shape, question, answer).map(({ message }) => message),
    solution: 'a valid solution',
  }
}

export function mazeView(size: number): PuzzleView {
  const { wall, open, start, path } = mazeTokens
  const cellOf = ({ tokens, question, changed }: GridCells, cell: number): SvgCell => {
    const token = tokens[cell]!
    if (isWrongCell(question[cell]!, token)) return { text: formatMazeLine([token]), fill: colours.wrong }
    if (token === wall) return { fill: '#555' }
    const fill = changed?.has(cell) ? colours.changed : token === path ? '#bfe3ea' : undefined
    if (token === open) return fill ? { fill } : {}
    if (token === path) return { text: 'o', textColour: colours.answer, ...(fill && { fill }) }
    return { text: token === start ? 'S' : 'G', bold: true, fill: token === start ? '#a9dba4' : '#f3b6a8' }
  }
  return {
    format: formatMazeLine,
    draw: drawMaze,
    panel: (title, cells) => ({
      title,
      size,
      cells: Array.from({ length: size * size }, (_, cell) => cellOf(cells, cell)),
    }),
    problems: (question, answer) => checkMazeAnswer(question, answer).map(({ message }) => message),
    solution: 'a valid shortest path',
  }
}
