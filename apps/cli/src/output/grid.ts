/** A puzzle on the terminal. */
import type { Board } from '@tiny-recursive-models/trm'
import pc from 'picocolors'

export interface GridCells {
  /** [S] tokens to show */
  readonly tokens: ArrayLike<number>
  /** [S] the puzzle: its givens are set apart */
  readonly question: ArrayLike<number>
  readonly changed?: ReadonlySet<number>
  /** [S] probability of the symbol shown */
  readonly confidence?: ArrayLike<number>
}

/** Below this a symbol is little more than a guess, and is shown dimmed. */
export const lowConfidence = 0.5

/** Whether a cell of a question is to be found. */
export const isOpenCell = ({ structure }: Board, given: number): boolean => structure.open.includes(given)

/** Whether an answer has in a cell what it may not: another symbol than the given, or one that only questions have. */
export function isWrongCell(board: Board, given: number, token: number): boolean {
  return token !== given && !(isOpenCell(board, given) && board.structure.answers.includes(token))
}

/**
 * The grid, two places a cell, with a rule around its regions; in a frame where cells may be solid. With colours givens
 * are bold, changed cells stand on yellow, doubtful ones are dim and wrong ones red; without, changed cells carry a `*`
 * and wrong ones a `!`.
 */
export function drawGrid(board: Board, cells: GridCells, colours: boolean): string {
  const { rows, columns, regionOf, looks } = board
  const isFramed = looks.some(({ shape }) => shape === 'solid')
  const isEdge = (cell: number, other: number) => regionOf !== undefined && regionOf[cell] !== regionOf[other]
  const line = (row: number): string =>
    Array.from({ length: columns }, (_, column) => {
      const cell = row * columns + column
      const edge = column > 0 && isEdge(cell - 1, cell) ? ' │' : ''
      return edge + drawCell(board, cell, cells, colours)
    }).join('')
  /** Below a row, where all of its cells are in other regions than those under them. */
  const rule = (row: number): string =>
    Array.from({ length: columns }, (_, column) => {
      const cell = row * columns + column
      return `${column > 0 && isEdge(cell - 1, cell) ? '─┼' : ''}──`
    })
      .join('')
      .concat('─')
  const lines: string[] = []
  for (let row = 0; row < rows; row++) {
    if (row > 0 && isEdge((row - 1) * columns, row * columns)) lines.push(rule(row))
    lines.push(isFramed ? `│${line(row)} │` : `${line(row)} `.trimEnd())
  }
  if (!isFramed) return lines.join('\n')
  const bar = '─'.repeat(2 * columns + 1)
  return [`┌${bar}┐`, ...lines, `└${bar}┘`].join('\n')
}

/** Two places: a mark or a space, then the character. */
function drawCell(
  board: Board,
  cell: number,
  { tokens, question, changed, confidence }: GridCells,
  colours: boolean,
): string {
  const [token, given] = [tokens[cell]!, question[cell]!]
  const { shape } = board.looks[token]!
  const text = characterOf(board, token)
  const isWrong = isWrongCell(board, given, token)
  const isChanged = changed?.has(cell) ?? false
  if (!colours) {
    if (isWrong) return `!${text}`
    if (shape === 'solid') return '██'
    return `${isChanged ? '*' : ' '}${text}`
  }
  const { bgRed, bgYellow, black, bold, cyan, dim, green, red, white } = pc.createColors(true)
  if (isWrong) return bgRed(white(` ${text}`))
  if (shape === 'solid') return dim('██')
  if (shape === 'start') return bold(green(` ${text}`))
  if (shape === 'end') return bold(red(` ${text}`))
  if (!isOpenCell(board, given)) return ` ${bold(text)}`
  if (isChanged) return ` ${bgYellow(black(text))}`
  if ((confidence?.[cell] ?? 1) < lowConfidence) return ` ${dim(text)}`
  return ` ${shape === 'dot' ? cyan(text) : text}`
}

/** A blank that an answer may not have is drawn as a dot. */
function characterOf({ looks, marks, structure }: Board, token: number): string {
  const isBlank = structure.open.includes(token) && !structure.answers.includes(token)
  return isBlank ? '·' : looks[token]!.text || (marks[token] ?? '?')
}
