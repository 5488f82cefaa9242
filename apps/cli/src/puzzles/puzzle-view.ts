/** How a puzzle is written, drawn and judged, whatever its family. */
import type { Board } from '@tiny-recursive-models/trm'
import { drawGrid, type GridCells, isOpenCell, isWrongCell } from '../output/grid.ts'
import type { SvgCell, SvgPanel } from '../output/grid-svg.ts'

export interface PuzzleView {
  readonly board: Board
  /** One line of S characters. */
  readonly format: (tokens: ArrayLike<number>) => string
  readonly draw: (cells: GridCells, colours: boolean) => string
  readonly panel: (title: string, cells: GridCells) => SvgPanel
  /** What keeps an answer [S] from solving a question [S]; empty where it does; null where no rule tells. */
  readonly problems: (question: Int32Array, answer: Int32Array) => string[] | null
  /** What an answer without problems is. */
  readonly solution: string
}

const colours = {
  changed: '#ffe08a',
  wrong: '#e5705c',
  given: '#222',
  answer: '#1f6f8b',
  solid: '#555',
  dot: '#bfe3ea',
  start: '#a9dba4',
  end: '#f3b6a8',
}

export function puzzleView(board: Board): PuzzleView {
  const { rule, marks, rows, columns, regionOf } = board
  return {
    board,
    format: (tokens) => Array.from(tokens, (token) => marks[token] ?? '?').join(''),
    draw: (cells, coloured) => drawGrid(board, cells, coloured),
    panel: (title, cells) => ({
      title,
      rows,
      columns,
      ...(regionOf && { regionOf }),
      cells: Array.from({ length: rows * columns }, (_, cell) => svgCell(board, cells, cell)),
    }),
    problems: (question, answer) => rule?.problems(question, answer).map(({ message }) => message) ?? null,
    solution: rule?.solution ?? 'no known rule to check it by',
  }
}

function svgCell(board: Board, { tokens, question, changed }: GridCells, cell: number): SvgCell {
  const [token, given] = [tokens[cell]!, question[cell]!]
  const { shape, text } = board.looks[token]!
  const isChanged = changed?.has(cell) ?? false
  const isGiven = !isOpenCell(board, given)
  const weight = isGiven ? { bold: true } : {}
  if (isWrongCell(board, given, token)) return { text: board.marks[token]!, fill: colours.wrong, ...weight }
  if (shape === 'solid') return { fill: colours.solid }
  if (shape === 'start' || shape === 'end') return { text, bold: true, fill: colours[shape] }
  const fill = isChanged ? colours.changed : shape === 'dot' ? colours.dot : undefined
  if (shape === 'empty') return fill ? { fill } : {}
  return {
    text,
    textColour: isGiven ? colours.given : colours.answer,
    ...weight,
    ...(fill && { fill }),
  }
}
