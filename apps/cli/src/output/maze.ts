/** A maze on the terminal. */
import { formatMazeLine, mazeSizeOf, mazeTokens } from '@tiny-recursive-models/trm'
import pc from 'picocolors'
import { type GridCells, lowConfidence } from './grid.ts'

/**
 * The maze in a frame, two places a cell. With colours changed cells stand on yellow, doubtful ones are dim and cells
 * that no answer may change on red; without, changed cells carry a `*` and wrong ones a `!`.
 */
export function drawMaze(cells: GridCells, colours: boolean): string {
  const size = mazeSizeOf(cells.tokens.length)!
  const lines = [`┌${'─'.repeat(2 * size + 1)}┐`]
  for (let row = 0; row < size; row++) {
    const drawn = Array.from({ length: size }, (_, column) => drawCell(row * size + column, cells, colours))
    lines.push(`│${drawn.join('')} │`)
  }
  lines.push(`└${'─'.repeat(2 * size + 1)}┘`)
  return lines.join('\n')
}

/** Whether an answer changes more than an open cell into path. */
export function isWrongCell(given: number, token: number): boolean {
  return token !== given && !(given === mazeTokens.open && token === mazeTokens.path)
}

/** Two places: a mark or a space, then the character. */
function drawCell(
  cell: number,
  { tokens, question, changed, confidence }: GridCells,
  colours: boolean,
): string {
  const [token, given] = [tokens[cell]!, question[cell]!]
  const isWrong = isWrongCell(given, token)
  const isChanged = changed?.has(cell) ?? false
  const text = formatMazeLine([token])
  if (!colours) {
    if (isWrong) return `!${text}`
    if (token === mazeTokens.wall) return '██'
    return `${isChanged ? '*' : ' '}${text}`
  }
  const { bgRed, bgYellow, black, bold, cyan, dim, green, red, white } = pc.createColors(true)
  if (isWrong) return bgRed(white(` ${text}`))
  if (token === mazeTokens.wall) return dim('██')
  if (token === mazeTokens.start) return bold(green(' S'))
  if (token === mazeTokens.goal) return bold(red(' G'))
  if (isChanged) return bgYellow(black(` ${text}`))
  const doubtful = (confidence?.[cell] ?? 1) < lowConfidence
  return doubtful ? dim(` ${text}`) : cyan(` ${text}`)
}
