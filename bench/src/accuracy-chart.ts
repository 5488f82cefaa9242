/**
 * Draws docs/accuracy.svg: what share of 491 genuine Sudoku-Extreme test puzzles is solved after how much training.
 * `npm run chart` writes it anew.
 */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { percent } from '@tiny-recursive-models/trm/format'

interface Point {
  /** Floating-point operations of the whole training, in matrix products. */
  readonly flop: number
  /** Share of the test puzzles. */
  readonly exact: number
  /** How it was made to think, beside the point. */
  readonly thinking: string
}

interface Series {
  readonly name: string
  readonly colour: string
  /** The side of the points that the words stand on: right, where nothing else is said. */
  readonly labels?: 'left'
  /** More thinking at test by the same weights comes last. */
  readonly points: readonly Point[]
}

/** Where each figure is from stands in docs/experiments.md; that of the paper in arXiv 2510.04871. */
const series: readonly Series[] = [
  {
    name: 'plain TRM, 324,098 parameters',
    colour: '#767676',
    points: [{ flop: 2e14, exact: 0.198, thinking: '16 steps' }],
  },
  {
    name: 'groups, 89,609 parameters (pilot)',
    colour: '#b0741a',
    labels: 'left',
    points: [{ flop: 1.1e14, exact: 0.312, thinking: '400 steps' }],
  },
  {
    name: 'fields, 25,792 parameters (pilot)',
    colour: '#7a4fa3',
    labels: 'left',
    points: [
      { flop: 8.7e13, exact: 0.399, thinking: '100' },
      { flop: 8.7e13, exact: 0.483, thinking: '200 steps' },
    ],
  },
  {
    name: 'sudoku-extreme, 21,730 parameters',
    colour: '#1f6fb5',
    points: [
      { flop: 4e14, exact: 0.43, thinking: '16 steps' },
      { flop: 4e14, exact: 0.796, thinking: '100' },
      { flop: 4e14, exact: 0.982, thinking: 'up to 1,000' },
    ],
  },
  {
    name: 'TRM of the paper, 5 million parameters',
    colour: '#b5341f',
    labels: 'left',
    points: [{ flop: 2e18, exact: 0.874, thinking: '16 steps' }],
  },
]

const frame = { width: 760, height: 470, left: 60, right: 20, top: 24, bottom: 120 }
const [least, most] = [13, 19]

const x = (flop: number): number =>
  frame.left + ((Math.log10(flop) - least) / (most - least)) * (frame.width - frame.left - frame.right)
const y = (exact: number): number => frame.top + (1 - exact) * (frame.height - frame.top - frame.bottom)

function axes(): string[] {
  const lines: string[] = []
  for (let percent = 0; percent <= 100; percent += 20) {
    const at = y(percent / 100)
    lines.push(
      `<line x1="${frame.left}" x2="${frame.width - frame.right}" y1="${at}" y2="${at}" stroke="#e3e3e3"/>`,
      `<text x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${percent} %</text>`,
    )
  }
  for (let power = least; power <= most; power++) {
    const at = x(10 ** power)
    lines.push(
      `<line x1="${at}" x2="${at}" y1="${y(1)}" y2="${y(0)}" stroke="#f0f0f0"/>`,
      `<text x="${at}" y="${y(0) + 18}" text-anchor="middle">10<tspan dy="-5" font-size="9">${power}</tspan></text>`,
    )
  }
  const middle = (frame.left + frame.width - frame.right) / 2
  lines.push(`<text x="${middle}" y="${y(0) + 38}" text-anchor="middle">operations of the training</text>`)
  return lines
}

function drawn({ colour, labels, points }: Series): string {
  const line = points.map(
    ({ flop, exact }, place) => `${place === 0 ? 'M' : 'L'}${x(flop).toFixed(1)} ${y(exact).toFixed(1)}`,
  )
  const [aside, anchor] = labels === 'left' ? [-9, 'end'] : [9, 'start']
  const marks = points.map(
    ({ flop, exact, thinking }) =>
      `<circle cx="${x(flop).toFixed(1)}" cy="${y(exact).toFixed(1)}" r="4.5" fill="${colour}"/>` +
      `<text x="${(x(flop) + aside).toFixed(1)}" y="${(y(exact) + 4).toFixed(1)}" text-anchor="${anchor}" font-size="11" fill="${colour}">${percent(exact)} · ${thinking}</text>`,
  )
  return [`<path d="${line.join('')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`, ...marks].join('')
}

function legend(): string[] {
  return series.map(({ name, colour }, place) => {
    const [left, top] = [frame.left + (place % 2) * 340, frame.height - 62 + Math.floor(place / 2) * 20]
    return `<circle cx="${left + 5}" cy="${top - 4}" r="4.5" fill="${colour}"/><text x="${left + 16}" y="${top}">${name}</text>`
  })
}

const title = 'Share of 491 genuine Sudoku-Extreme test puzzles that is solved, by operations of the training'
const picture = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${frame.width} ${frame.height}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
  `<title>${title}</title>`,
  `<rect width="${frame.width}" height="${frame.height}" fill="#fff"/>`,
  ...axes(),
  ...series.map(drawn),
  ...legend(),
  '</svg>\n',
].join('\n')

const file = fileURLToPath(new URL('../../docs/accuracy.svg', import.meta.url))
writeFileSync(file, picture)
console.log(file)
