/** Square grids as SVG: panels side by side, each a grid of coloured cells with a text. */
import { escapeXml, svgFile } from './svg.ts'

export interface SvgCell {
  readonly fill?: string
  readonly text?: string
  readonly textColour?: string
  readonly bold?: boolean
}

export interface SvgPanel {
  readonly title: string
  /** Cells of a row; there are as many rows. */
  readonly size: number
  /** [size²] row by row */
  readonly cells: readonly SvgCell[]
  /** A thicker line after so many rows and so many columns; by default at the edge only. */
  readonly box?: { readonly rows: number; readonly columns: number }
}

/** Width of a panel, and what lies between and around panels. */
const layout = { panel: 300, gap: 24, title: 24, perRow: 4 }

/** A drawing of at least one panel, four in a row. */
export function gridSvg(panels: readonly SvgPanel[]): string {
  const { panel, gap, title, perRow } = layout
  const columns = Math.min(perRow, panels.length)
  const rows = Math.ceil(panels.length / perRow)
  const width = gap + columns * (panel + gap)
  const height = gap + rows * (panel + title + gap)
  const drawn = panels.map((one, index) => {
    const left = gap + (index % perRow) * (panel + gap)
    const top = gap + Math.floor(index / perRow) * (panel + title + gap)
    return `<g transform="translate(${left} ${top})">\n${drawPanel(one)}\n</g>`
  })
  return svgFile({ width, height, fontSize: 13 }, drawn)
}

function drawPanel({ title, size, cells, box = { rows: size, columns: size } }: SvgPanel): string {
  const { panel, title: top } = layout
  const side = panel / size
  const at = (place: number) => number(place * side)
  const squares: string[] = []
  const texts: string[] = []
  cells.forEach(({ fill, text, textColour = '#222', bold }, cell) => {
    const [row, column] = [Math.floor(cell / size), cell % size]
    if (fill) {
      const size = number(side)
      squares.push(`<rect x="${at(column)}" y="${at(row)}" width="${size}" height="${size}" fill="${fill}"/>`)
    }
    if (text === undefined) return
    const weight = bold ? ' font-weight="bold"' : ''
    texts.push(
      `<text x="${number((column + 0.5) * side)}" y="${number((row + 0.68) * side)}" fill="${textColour}"${weight}>${escapeXml(text)}</text>`,
    )
  })
  const lines = Array.from({ length: size + 1 }, (_, place) => {
    const style = (every: number) =>
      place % every === 0 ? 'stroke="#444" stroke-width="1.5"' : 'stroke="#ccc" stroke-width="0.5"'
    return (
      `<line x1="0" x2="${panel}" y1="${at(place)}" y2="${at(place)}" ${style(box.rows)}/>` +
      `<line y1="0" y2="${panel}" x1="${at(place)}" x2="${at(place)}" ${style(box.columns)}/>`
    )
  })
  return [
    `<text y="12">${escapeXml(title)}</text>`,
    `<g transform="translate(0 ${top})" font-size="${number(side * 0.6)}" text-anchor="middle">`,
    ...squares,
    ...lines,
    ...texts,
    '</g>',
  ].join('\n')
}

const number = (value: number): string => String(Number(value.toFixed(2)))
