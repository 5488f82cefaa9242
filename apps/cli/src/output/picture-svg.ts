/** A picture as SVG text. */
import { type CellGrid, type CellStyle, inkOn, linesOf, type Panel, type Picture, runsOf } from './picture.ts'
import { escapeXml, svgFile } from './svg.ts'

/** Pixels. */
const margin = 20
const gap = 24
const lineHeight = 18
const maxCell = 22
const minCell = 8
/** The longest side of a grid, where the cells can be so small. */
const wantedSide = 260
const widest = 1100
/** An average character at 12 pixels; SVG cannot measure text. */
const characterWidth = 6.8

export function pictureSvg(picture: Picture): string {
  const sides = picture.rows.flatMap(({ groups }) =>
    groups.flat().flatMap(({ grid }) => [grid.rows, grid.columns]),
  )
  const cell = Math.max(minCell, Math.min(maxCell, Math.floor(wantedSide / Math.max(1, ...sides))))
  const shapes: string[] = []
  let [top, width] = [margin + lineHeight, 0]
  const write = (x: number, y: number, text: string, style = '') =>
    shapes.push(`<text x="${x}" y="${y}"${style}>${escapeXml(text)}</text>`)
  write(margin, top, picture.title, ' font-size="16"')
  width = textWidth(picture.title) * 1.4
  for (const { heading, groups } of picture.rows) {
    top += gap
    if (heading !== undefined) {
      top += lineHeight / 2
      write(margin, top, heading, ' font-weight="bold"')
      top += 4
      width = Math.max(width, textWidth(heading) * 1.1)
    }
    const sized = groups.map((group) => group.map((panel) => ({ panel, ...sizeOf(panel, cell) })))
    for (const line of linesOf(sized, widest, gap)) {
      let left = margin
      for (const { panel, width: panelWidth } of line) {
        drawPanel(panel, picture.palette, cell, left, top, write, shapes)
        width = Math.max(width, left - margin + panelWidth)
        left += panelWidth + gap
      }
      top += Math.max(...line.map(({ height }) => height)) + gap / 4
    }
  }
  const size = { width: Math.ceil(width + 2 * margin), height: Math.ceil(top + margin) }
  return svgFile({ ...size, fontSize: 12, isFixed: true }, shapes)
}

function sizeOf({ title, grid, caption }: Panel, cell: number): { width: number; height: number } {
  const texts = caption === undefined ? [title] : [title, caption]
  return {
    width: Math.max(grid.columns * cell, ...texts.map(textWidth)),
    height: lineHeight * texts.length + 6 + Math.max(grid.rows * cell, lineHeight),
  }
}

function drawPanel(
  { title, grid, caption }: Panel,
  palette: readonly CellStyle[],
  cell: number,
  left: number,
  top: number,
  write: (x: number, y: number, text: string) => void,
  shapes: string[],
): void {
  write(left, top + lineHeight - 4, title)
  const gridTop = top + lineHeight + 2
  const isEmpty = grid.rows === 0 || grid.columns === 0
  if (isEmpty) write(left, gridTop + lineHeight - 4, '(empty)')
  else shapes.push(...drawCells(grid, palette, cell, left, gridTop))
  if (caption !== undefined)
    write(left, gridTop + Math.max(grid.rows * cell, lineHeight) + lineHeight - 2, caption)
}

function drawCells(
  grid: CellGrid,
  palette: readonly CellStyle[],
  cell: number,
  left: number,
  top: number,
): string[] {
  const { rows, columns, cells, marked } = grid
  const shapes: string[] = []
  for (let row = 0; row < rows; row++)
    for (const { start, length, place } of runsOf(grid, row))
      shapes.push(
        `<rect x="${left + start * cell}" y="${top + row * cell}" width="${length * cell}" height="${cell}" fill="${palette[place]!.colour}"/>`,
      )
  const across = Array.from(
    { length: rows + 1 },
    (_, row) => `M${left} ${top + row * cell}h${columns * cell}`,
  )
  const down = Array.from(
    { length: columns + 1 },
    (_, column) => `M${left + column * cell} ${top}v${rows * cell}`,
  )
  shapes.push(`<path d="${[...across, ...down].join('')}" stroke="#777" stroke-width="0.5" fill="none"/>`)
  for (const place of marked ?? []) {
    const [x, y] = [left + (place % columns) * cell, top + Math.floor(place / columns) * cell]
    const [inset, reach] = [cell / 4, cell / 2]
    const ink = inkOn(palette[cells[place]!]!.colour)
    shapes.push(
      `<path d="M${x + inset} ${y + inset}l${reach} ${reach}m0 ${-reach}l${-reach} ${reach}" stroke="${ink}" stroke-width="2" fill="none"/>`,
    )
  }
  return shapes
}

const textWidth = (text: string): number => [...text].length * characterWidth
