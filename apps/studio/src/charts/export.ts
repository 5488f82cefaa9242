/** A chart as a file: numbers for a spreadsheet, a drawing for a paper. */
import type { Line } from './curve.ts'
import { linearMarks, logMarks } from './marks.ts'

/** A row for each point of each line: lines need not have the same places. */
export function chartCsv(lines: readonly Pick<Line, 'label' | 'curve'>[]): string {
  const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = lines.flatMap(({ label, curve: { xs, ys, raw } }) =>
    xs.map((x, index) => [quoted(label), x, raw?.[index] ?? ys[index], ys[index]].join(',')),
  )
  return ['line,x,measured,drawn', ...rows, ''].join('\n')
}

export interface Drawing {
  readonly title: string
  readonly lines: readonly Line[]
  readonly background: readonly { readonly xs: readonly number[]; readonly ys: readonly number[] }[]
  readonly range: readonly [number, number] | undefined
  readonly isLogarithmic: boolean
  /** What the horizontal axis counts. */
  readonly titleX: string
  readonly formatX: (value: number) => string
  readonly formatMark: (value: number) => string
  /** The value of a colour of the design. */
  readonly colourOf: (name: string) => string
}

const [width, plotHeight] = [720, 268]
const [right, top, bottom] = [16, 36, 60]
const rowHeight = 18
/** Of the letters of marks and legends, on average at most. */
const letterWidth = 7
const sampleWidth = 30

/** An SVG of its own, in the colours that the page has now. */
export function chartSvg(drawing: Drawing): string {
  const { title, lines, background, isLogarithmic, titleX, formatX, formatMark, colourOf } = drawing
  const all = [...lines.map(({ curve }) => curve), ...background]
  const xs = all.flatMap((curve) => curve.xs)
  const ys = all.flatMap((curve) => curve.ys).filter((y) => Number.isFinite(y) && (!isLogarithmic || y > 0))
  const [x0, x1] = limits(xs)
  const [y0, y1] = drawing.range ?? limits(ys)
  const scale = (value: number): number => (isLogarithmic ? Math.log(value) : value)
  const marksY = isLogarithmic ? logMarks(y0, y1) : drawing.range ? evenly(y0, y1) : linearMarks(y0, y1)
  const left = Math.max(60, 16 + letterWidth * Math.max(0, ...marksY.map((mark) => formatMark(mark).length)))
  const places = legendPlaces(
    lines.map(({ label }) => label),
    left,
  )
  const end = top + plotHeight
  const height = end + bottom + rowHeight * (places.at(-1)?.row ?? 0)
  const toX = (x: number): number => left + ((x - x0) / (x1 - x0)) * (width - left - right)
  const toY = (y: number): number => end - ((scale(y) - scale(y0)) / (scale(y1) - scale(y0))) * plotHeight
  const pathOf = (curve: { readonly xs: readonly number[]; readonly ys: readonly number[] }): string =>
    curve.xs
      .flatMap((x, index) => {
        const y = curve.ys[index]!
        return Number.isFinite(y) && (!isLogarithmic || y > 0)
          ? [`${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`]
          : []
      })
      .map((point, index) => (index === 0 ? `M${point}` : `L${point}`))
      .join('')
  const [ink, soft, line, paper] = ['--ink', '--ink-soft', '--line', '--surface'].map(colourOf)
  const text = (x: number, y: number, content: string, more = ''): string =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(content)}</text>`
  const legend = lines.map(({ label, colour, dash }, index) => {
    const { x, row } = places[index]!
    const y = end + bottom - 8 + rowHeight * row
    const sample = `<path d="M${x} ${y - 4}h24" stroke="${colourOf(colour)}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`
    return sample + text(x + sampleWidth, y, label)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="${soft}">
<rect width="${width}" height="${height}" fill="${paper}"/>
${text(left, 20, title, `font-size="14" font-weight="600" fill="${ink}"`)}
${marksY.map((mark) => `<path d="M${left} ${toY(mark).toFixed(1)}H${width - right}" stroke="${line}"/>${text(left - 8, toY(mark) + 4, formatMark(mark), 'text-anchor="end"')}`).join('\n')}
${linearMarks(x0, x1)
  .map((mark) => text(toX(mark), end + 18, formatX(mark), 'text-anchor="middle"'))
  .join('\n')}
${text((left + width - right) / 2, end + 34, titleX, 'text-anchor="middle"')}
<g fill="none">
${background.map((curve) => `<path d="${pathOf(curve)}" stroke="${soft}" opacity="0.35"/>`).join('\n')}
${lines.map(({ colour, dash, curve }) => `<path d="${pathOf(curve)}" stroke="${colourOf(colour)}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`).join('\n')}
</g>
${legend.join('\n')}
</svg>
`
}

/** Side by side as far as there is room, then in another row. */
function legendPlaces(
  labels: readonly string[],
  left: number,
): { readonly x: number; readonly row: number }[] {
  let [x, row] = [left, 0]
  return labels.map((label) => {
    const needed = sampleWidth + letterWidth * label.length
    if (x > left && x + needed > width - right) [x, row] = [left, row + 1]
    const place = { x, row }
    x += needed + 16
    return place
  })
}

function limits(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(high >= low)) return [0, 1]
  return high > low ? [low, high] : [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2]
}

const evenly = (low: number, high: number): number[] =>
  Array.from({ length: 5 }, (_, index) => low + ((high - low) * index) / 4)

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
