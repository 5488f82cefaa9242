/** A picture as text for a terminal: every cell is two places wide, which makes it about square. */
import pc from 'picocolors'
import {
  type CellGrid,
  type CellStyle,
  inkOn,
  linesOf,
  type Panel,
  type Picture,
  rgbOf,
  runsOf,
} from './picture.ts'

export interface TerminalLook {
  /** `none`: signs instead of colours; `indexed`: the palette of 256; `full`: 24 bits. */
  readonly colours: 'none' | 'indexed' | 'full'
  /** Places in a line; panels that do not fit beside the others go below them. */
  readonly width: number
}

/** What stdout can show. Where it is no terminal, colours must be asked for by FORCE_COLOR. */
export function terminalLook(): TerminalLook {
  const { stdout, env } = process
  const hasColours = pc.isColorSupported && (stdout.isTTY === true || env.FORCE_COLOR !== undefined)
  const depth = stdout.isTTY ? stdout.getColorDepth() : /truecolor|24bit/.test(env.COLORTERM ?? '') ? 24 : 8
  return {
    colours: !hasColours || depth < 8 ? 'none' : depth < 24 ? 'indexed' : 'full',
    width: stdout.columns ?? 100,
  }
}

const gap = '   '
const reset = '\x1b[0m'

/** The picture as lines without a line end at the end. */
export function drawPicture(picture: Picture, look: TerminalLook): string {
  const lines = [picture.title]
  for (const { heading, groups } of picture.rows) {
    lines.push('')
    if (heading !== undefined) lines.push(heading)
    const draw = (cellWidth: 1 | 2) =>
      linesOf(
        groups.map((group) => group.map((panel) => drawPanel(panel, picture.palette, look, cellWidth))),
        look.width,
        gap.length,
      )
    let blocks = draw(2)
    // Narrow cells have no room for a sign and a mark.
    if (blocks.length > 1 && look.colours !== 'none') blocks = draw(1)
    lines.push(...blocks.map(joinBlocks).flatMap((block, index) => (index > 0 ? ['', ...block] : block)))
  }
  return lines.join('\n')
}

interface Block {
  readonly width: number
  readonly lines: readonly string[]
  /** Places that each line fills, which its length does not say where it has colours. */
  readonly widths: readonly number[]
}

function drawPanel(
  { title, grid, caption }: Panel,
  palette: readonly CellStyle[],
  look: TerminalLook,
  cellWidth: 1 | 2,
): Block {
  const { rows, columns } = grid
  const isEmpty = rows === 0 || columns === 0
  const rule = '─'.repeat(cellWidth * columns)
  const row = (index: number) =>
    look.colours === 'none'
      ? signRow(grid, index, palette)
      : colourRow(grid, index, palette, look.colours, cellWidth)
  const body = isEmpty
    ? ['(empty)']
    : [`┌${rule}┐`, ...Array.from({ length: rows }, (_, index) => `│${row(index)}│`), `└${rule}┘`]
  const bodyWidth = isEmpty ? body[0]!.length : cellWidth * columns + 2
  const texts = caption === undefined ? [] : [caption]
  const widths = [textWidth(title), ...body.map(() => bodyWidth), ...texts.map(textWidth)]
  return { width: Math.max(...widths), lines: [title, ...body, ...texts], widths }
}

const isMarked = ({ columns, marked }: CellGrid, row: number, column: number): boolean =>
  marked?.has(row * columns + column) ?? false

/** Two places a cell: its sign, with a `*` before it where it is marked. */
function signRow(grid: CellGrid, row: number, palette: readonly CellStyle[]): string {
  return Array.from({ length: grid.columns }, (_, column) => {
    const { sign } = palette[grid.cells[row * grid.columns + column]!]!
    return `${isMarked(grid, row, column) ? '*' : ' '}${sign}`
  }).join('')
}

/** Cells as grounds; marked ones carry `><`, or `×` where they are narrow. */
function colourRow(
  grid: CellGrid,
  row: number,
  palette: readonly CellStyle[],
  colours: 'indexed' | 'full',
  cellWidth: 1 | 2,
): string {
  const code = colours === 'full' ? fullColour : indexedColour
  const [blank, mark] = cellWidth === 2 ? ['  ', '><'] : [' ', '×']
  const parts: string[] = []
  for (const { start, length, place } of runsOf(grid, row)) {
    const { colour } = palette[place]!
    const texts = Array.from({ length }, (_, offset) => (isMarked(grid, row, start + offset) ? mark : blank))
    const ink = texts.includes(mark) ? `;${code(38, inkOn(colour))}` : ''
    parts.push(`\x1b[${code(48, colour)}${ink}m${texts.join('')}`)
  }
  return `${parts.join('')}${reset}`
}

/** @param kind 38 for the text, 48 for its ground (ECMA-48, SGR) */
const fullColour = (kind: 38 | 48, colour: string): string => `${kind};2;${rgbOf(colour).join(';')}`

/** The nearest colour of the 6 × 6 × 6 cube that begins at 16. */
function indexedColour(kind: 38 | 48, colour: string): string {
  const [red, green, blue] = rgbOf(colour).map(cubeStep) as [number, number, number]
  return `${kind};5;${16 + 36 * red + 6 * green + blue}`
}

/** The cube's steps are 0, 95, 135, 175, 215, 255. */
function cubeStep(value: number): number {
  if (value < 48) return 0
  return value < 115 ? 1 : Math.round((value - 55) / 40)
}

/** Blocks side by side, their first lines at one height. */
function joinBlocks(blocks: readonly Block[]): string[] {
  const height = Math.max(...blocks.map(({ lines }) => lines.length))
  return Array.from({ length: height }, (_, index) =>
    blocks
      .map(({ width, lines, widths }) => (lines[index] ?? '') + ' '.repeat(width - (widths[index] ?? 0)))
      .join(gap)
      .trimEnd(),
  )
}

const textWidth = (text: string): number => [...text].length
