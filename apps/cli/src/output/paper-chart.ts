/** The comparison with the paper as bars: mean, spread, every seed, and what the paper reports. */

import { grouped } from '@tiny-recursive-models/trm/format'
import type { PaperRow, PaperTable } from '@tiny-recursive-models/trm/node'
import { percentSpread } from './paper-table.ts'
import { escapeXml, svgFile } from './svg.ts'

const width = 760
const left = 150
const right = 130
const rowHeight = 30
const panelGap = 64
const top = 56

const across = (share: number): string => (left + (width - left - right) * share).toFixed(1)

/** The drawing as SVG text: one panel a table. */
export function drawPaperChart(tables: readonly PaperTable[]): string {
  let from = top
  const panels = tables.map((table) => {
    const panel = drawPanel(table, from)
    from += table.rows.length * rowHeight + panelGap
    return panel
  })
  const height = from - panelGap + 64
  const title = 'Exact accuracy of the models of the paper: mean, spread and single seeds'
  return svgFile({ width, height, fontSize: 13, title }, [...panels, drawLegend(height - 20)])
}

function drawPanel({ base, rows, testPuzzles }: PaperTable, from: number): string {
  const bottom = from + rows.length * rowHeight
  const levels = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${across(share)}" x2="${across(share)}" y1="${from}" y2="${bottom}" stroke="#ddd"/>` +
      `<text x="${across(share)}" y="${bottom + 16}" text-anchor="middle" font-size="11">${100 * share} %</text>`,
  )
  const title = `${base}: exact accuracy on ${grouped(testPuzzles)} unseen puzzles`
  return [
    `<text x="${left}" y="${from - 16}" font-size="15">${escapeXml(title)}</text>`,
    ...levels,
    ...rows.map((row, index) => drawRow(row, from + index * rowHeight)),
  ].join('\n')
}

function drawRow({ variant, exactAccuracy, runs, published }: PaperRow, y: number): string {
  const middle = y + rowHeight / 2
  const parts = [
    `<text x="${left - 10}" y="${middle + 4}" text-anchor="end">${escapeXml(variant)}</text>`,
    `<text x="${width - right + 14}" y="${middle + 4}">${percentSpread(exactAccuracy)}</text>`,
  ]
  if (exactAccuracy !== null) {
    const { mean, deviation } = exactAccuracy
    const length = Number(across(mean)) - left
    parts.push(
      `<rect x="${left}" y="${y + 6}" width="${length.toFixed(1)}" height="${rowHeight - 12}" fill="#9fbfdb"/>`,
    )
    if (deviation !== null) {
      const [low, high] = [across(Math.max(0, mean - deviation)), across(Math.min(1, mean + deviation))]
      parts.push(
        `<path d="M${low} ${middle}H${high}M${low} ${middle - 5}v10M${high} ${middle - 5}v10" stroke="#2b5d8a" stroke-width="1.5" fill="none"/>`,
      )
    }
  }
  for (const run of runs)
    if (run.exactAccuracy !== null)
      parts.push(`<circle cx="${across(run.exactAccuracy)}" cy="${middle}" r="3" fill="#2b5d8a"/>`)
  if (published.exactAccuracy !== null) parts.push(diamond(Number(across(published.exactAccuracy)), middle))
  return parts.join('')
}

const diamond = (x: number, y: number): string =>
  `<path d="M${x} ${y - 6}l6 6l-6 6l-6 -6z" fill="#fff" stroke="#b5341f" stroke-width="1.5"/>`

const drawLegend = (y: number): string =>
  `<rect x="${left}" y="${y - 10}" width="18" height="12" fill="#9fbfdb"/><text x="${left + 24}" y="${y}">mean ± standard deviation</text>` +
  `<circle cx="${left + 225}" cy="${y - 4}" r="3" fill="#2b5d8a"/><text x="${left + 235}" y="${y}">one seed</text>` +
  `${diamond(left + 320, y - 4)}<text x="${left + 332}" y="${y}">paper, full size</text>`
