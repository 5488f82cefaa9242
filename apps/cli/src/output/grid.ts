/** A Sudoku grid on the terminal. */
import { type BoxShape, blankToken, digitOffset, sudokuLayout } from '@tiny-recursive-models/trm'
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

/**
 * The grid with a rule around its boxes. With colours givens are bold, changed cells stand on yellow and doubtful
 * ones are dim; without, changed cells carry a `*`.
 */
export function drawGrid(shape: BoxShape, cells: GridCells, colours: boolean): string {
  const { size, boxRows, boxColumns } = sudokuLayout(shape)
  const stacks = size / boxColumns
  const rule = Array.from({ length: stacks }, () => '─'.repeat(2 * boxColumns + 1)).join('┼')
  const lines: string[] = []
  for (let row = 0; row < size; row++) {
    if (row > 0 && row % boxRows === 0) lines.push(rule)
    const groups = Array.from({ length: stacks }, (_, stack) => {
      const first = row * size + stack * boxColumns
      return Array.from({ length: boxColumns }, (_, column) => drawCell(first + column, cells, colours)).join(
        '',
      )
    })
    lines.push(
      groups
        .map((group) => `${group} `)
        .join('│')
        .trimEnd(),
    )
  }
  return lines.join('\n')
}

/** Two places: a mark or a space, then the digit. */
function drawCell(
  cell: number,
  { tokens, question, changed, confidence }: GridCells,
  colours: boolean,
): string {
  const token = tokens[cell]!
  const text = token > blankToken ? String(token - digitOffset) : '·'
  const isChanged = changed?.has(cell) ?? false
  if (!colours) return `${isChanged ? '*' : ' '}${text}`
  const { bold, bgYellow, black, dim, red } = pc.createColors(true)
  const given = question[cell]! > blankToken
  if (given) return ` ${given && token !== question[cell] ? red(text) : bold(text)}`
  if (isChanged) return ` ${bgYellow(black(text))}`
  return ` ${(confidence?.[cell] ?? 1) < lowConfidence ? dim(text) : text}`
}
