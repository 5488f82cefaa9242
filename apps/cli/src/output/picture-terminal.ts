/** A picture as text for a terminal: every cell is two places wide, which makes it about square. */
import { type CellGrid, type CellStyle, inkOn, type Panel, type Picture, rgbOf, runsOf } from './picture.ts'

export interface TerminalLook {
  /** `none`: signs instead of colours; `indexed`: the palette of 256; `full`: 24 bits. */
  readonly colours: 'none' | 'indexed' | 'full'
  /** Places in a line; panels that do not fit beside the others go below them. */
  readonly width: number
}

const gap = '   '
const reset = '\x1b[0m'

/** The picture as lines without a line end at the end. */
export function drawPicture(picture: Picture, look: TerminalLook): string {
  const lines = [picture.title]
  for (const { heading, panels } of picture.rows) {
    lines.push('')
    if (heading !== undefined) lines.push(heading)
    const blocks = panels.map((panel) => drawPanel(panel, picture.palette, look))
    for (const beside of fitting(blocks, look.width)) lines.push(...joinBlocks(beside))
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
): Block {
  const { rows, columns } = grid
  const isEmpty = rows === 0 || columns === 0
  const rule = '─'.repeat(2 * columns)
  const body = isEmpty
    ? ['(empty)']
    : [
        `┌${rule}┐`,
        ...Array.from({ length: rows }, (_, row) => `│${drawRow(grid, row, palette, look)}│`),
        `└${rule}┘`,
      ]
  const bodyWidth = isEmpty ? body[0]!.length : 2 * columns + 2
  const texts = caption === undefined ? [] : [caption]
  const lines = [title, ...body, ...texts]
  const widths = [textWidth(title), ...body.map(() => bodyWidth), ...texts.map(textWidth)]
  return { width: Math.max(...widths), lines, widths }
}

/** One row; marked cells carry `><`, or without colours a `*` before their sign. */
function drawRow(grid: CellGrid, row: number, palette: readonly CellStyle[], look: TerminalLook): string {
  const { columns, cells, marked } = grid
  const isMarked = (column: number) => marked?.has(row * columns + column) ?? false
  if (look.colours === 'none')
    return Array.from({ length: columns }, (_, column) => {
      const { sign } = palette[cells[row * columns + column]!]!
      return `${isMarked(column) ? '*' : ' '}${sign}`
    }).join('')
  const code = look.colours === 'full' ? fullColour : indexedColour
  const parts: string[] = []
  for (const { start, length, place } of runsOf(grid, row)) {
    const { colour } = palette[place]!
    const texts = Array.from({ length }, (_, offset) => (isMarked(start + offset) ? '><' : '  '))
    const ink = texts.includes('><') ? `;${code(38, inkOn(colour))}` : ''
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

/** Blocks in groups that fit into a line. */
function fitting(blocks: readonly Block[], width: number): Block[][] {
  const groups: Block[][] = []
  let used = 0
  for (const block of blocks) {
    const group = groups.at(-1)
    if (group && used + gap.length + block.width <= width) {
      group.push(block)
      used += gap.length + block.width
    } else {
      groups.push([block])
      used = block.width
    }
  }
  return groups
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
