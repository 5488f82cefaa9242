/** Grids as SVG: panels side by side, each a grid of coloured cells with a text. */
import { escapeXml, svgFile } from './svg.ts'

export interface SvgCell {
  readonly fill?: string
  readonly text?: string
  readonly textColour?: string
  readonly bold?: boolean
}

export interface SvgPanel {
  readonly title: string
  readonly rows: number
  readonly columns: number
  /** [rows · columns] row by row */
  readonly cells: readonly SvgCell[]
  /** [rows · columns] a thick line stands between cells of different regions; by default at the edge only. */
  readonly regionOf?: ArrayLike<number>
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

function drawPanel({ title, rows, columns, cells, regionOf }: SvgPanel): string {
  const { panel, title: top } = layout
  const side = panel / Math.max(rows, columns)
  const at = (place: number) => number(place * side)
  const squares: string[] = []
  const texts: string[] = []
  cells.forEach(({ fill, text, textColour = '#222', bold }, cell) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns]
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
  const across = Array.from({ length: rows - 1 }, (_, row) => `M0 ${at(row + 1)}h${at(columns)}`)
  const down = Array.from({ length: columns - 1 }, (_, column) => `M${at(column + 1)} 0v${at(rows)}`)
  const edges = cells.flatMap((_, cell) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns]
    const differs = (other: number) => regionOf !== undefined && regionOf[cell] !== regionOf[other]
    return [
      ...(column > 0 && differs(cell - 1) ? [`M${at(column)} ${at(row)}v${at(1)}`] : []),
      ...(row > 0 && differs(cell - columns) ? [`M${at(column)} ${at(row)}h${at(1)}`] : []),
    ]
  })
  const frame = `M0 0h${at(columns)}v${at(rows)}H0z`
  return [
    `<text y="12">${escapeXml(title)}</text>`,
    `<g transform="translate(0 ${top})" font-size="${number(side * 0.6)}" text-anchor="middle">`,
    ...squares,
    `<path d="${[...across, ...down].join('')}" fill="none" stroke="#ccc" stroke-width="0.5"/>`,
    `<path d="${[frame, ...edges].join('')}" fill="none" stroke="#444" stroke-width="1.5"/>`,
    ...texts,
    '</g>',
  ].join('\n')
}

const number = (value: number): string => String(Number(value.toFixed(2)))
