/** All steps of a thought as one picture to keep: an SVG that needs nothing else. S cells. */
import type { Board, Thought } from '@tiny-recursive-models/trm'
import { lookOf } from '../grid/cells.ts'
import { isGiven, regionEdges } from '../puzzles/cells.ts'

export interface FilmStrip {
  readonly title: string
  readonly board: Board
  /** [S] */
  readonly question: Int32Array
  readonly thoughts: readonly Pick<
    Thought,
    'step' | 'answer' | 'changed' | 'confidence' | 'haltProbability'
  >[]
  /** Wrong cells of each step, as far as it is known which. */
  readonly wrong: readonly (readonly number[])[]
}

export interface Picture {
  readonly svg: string
  readonly width: number
  readonly height: number
}

/** Light colours of tokens.css: a picture is for paper and for pages of others. */
const colours = {
  paper: '#ffffff',
  ink: '#1b1e23',
  soft: '#5a5f68',
  line: '#dcd9d1',
  strong: '#6b6a66',
  answer: '#0067a3',
  wrong: '#c04a00',
  change: '#d98e00',
  wall: '#3c4048',
} as const

const side = 220
const gap = 24
const caption = 30
const heading = 46
const mostInRow = 6

export function filmStrip({ title, board, question, thoughts, wrong }: FilmStrip): Picture {
  const cell = side / Math.max(board.rows, board.columns)
  const inRow = Math.min(mostInRow, Math.max(1, thoughts.length))
  const rows = Math.ceil(thoughts.length / inRow)
  const width = gap + inRow * (side + gap)
  const height = heading + rows * (side + caption + gap) + caption
  const frames = thoughts.map((thought, index) => {
    const x = gap + (index % inRow) * (side + gap)
    const y = heading + Math.floor(index / inRow) * (side + caption + gap)
    const sure = `sure ${thought.haltProbability.toFixed(2)}`
    const label = `<text x="0" y="${side + 20}" fill="${colours.soft}" font-size="14">Step ${thought.step} · ${sure}</text>`
    return `<g transform="translate(${x} ${y})">${cells(board, question, thought, new Set(wrong[index]), cell)}${label}</g>`
  })
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    `<text x="${gap}" y="30" fill="${colours.ink}" font-size="17" font-weight="600">${escaped(title)}</text>`,
    ...frames,
    `<text x="${gap}" y="${height - 14}" fill="${colours.soft}" font-size="14">${legendOf(board, wrong)}</text>`,
    '</svg>',
  ].join('\n')
  return { svg, width, height }
}

/** What the signs mean: a picture travels without its page. */
function legendOf(board: Board, wrong: FilmStrip['wrong']): string {
  const answers = board.structure.answers.some((token) => lookOf(board, token).shape === 'text')
  const given = answers ? 'Black: given. Blue: answered, paler where it is less sure. ' : ''
  const mistakes = wrong.some((cells) => cells.length > 0) ? ' Orange: wrong.' : ''
  return `${given}Framed: changed in this step.${mistakes}`
}

function cells(
  board: Board,
  question: Int32Array,
  { step, answer, changed, confidence }: FilmStrip['thoughts'][number],
  wrong: ReadonlySet<number>,
  size: number,
): string {
  const parts: string[] = []
  const lines: string[] = []
  for (const [at, token] of answer.entries()) {
    const [x, y] = [(at % board.columns) * size, Math.floor(at / board.columns) * size]
    const isPart = isGiven(board, question[at]!)
    const { shape, text } = lookOf(board, isPart ? question[at]! : token)
    const middle = `${round(x + size / 2)}`
    const isWrong = wrong.has(at)
    const fill = isPart ? colours.ink : isWrong ? colours.wrong : colours.answer
    parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(size)}" height="${round(size)}" fill="${shape === 'solid' ? colours.wall : 'none'}" stroke="${colours.line}"/>`,
    )
    if (step > 1 && changed.includes(at))
      parts.push(
        `<rect x="${round(x + 2)}" y="${round(y + 2)}" width="${round(size - 4)}" height="${round(size - 4)}" fill="none" stroke="${colours.change}" stroke-width="2"/>`,
      )
    // Never so pale that it cannot be read.
    const opacity = isPart ? 1 : round(0.45 + 0.55 * (confidence[at] ?? 1))
    if (isWrong && shape === 'empty') {
      const [x0, y0, arm] = [round(x + 0.35 * size), round(y + 0.35 * size), round(0.3 * size)]
      parts.push(
        `<path d="M${x0} ${y0}l${arm} ${arm}m0 ${-arm}l${-arm} ${arm}" stroke="${colours.wrong}" stroke-width="2"/>`,
      )
    } else if (shape === 'dot')
      parts.push(
        `<circle cx="${middle}" cy="${round(y + size / 2)}" r="${round(size / 5)}" fill="${fill}" opacity="${opacity}"/>`,
      )
    else if (text !== '')
      parts.push(
        `<text x="${middle}" y="${round(y + size * 0.69)}" text-anchor="middle" font-size="${round(size * 0.55)}" font-weight="${isPart ? 700 : 400}" fill="${fill}" opacity="${opacity}"${isWrong ? ' text-decoration="line-through"' : ''}>${escaped(text)}</text>`,
      )
    const { right, bottom } = regionEdges(board, at)
    if (right) lines.push(`M${round(x + size)} ${round(y)}v${round(size)}`)
    if (bottom) lines.push(`M${round(x)} ${round(y + size)}h${round(size)}`)
  }
  const [width, height] = [round(board.columns * size), round(board.rows * size)]
  return `${parts.join('')}<path d="${lines.join('')}" stroke="${colours.strong}" stroke-width="1.5"/><rect width="${width}" height="${height}" fill="none" stroke="${colours.strong}" stroke-width="2"/>`
}

const round = (value: number): number => Math.round(100 * value) / 100

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The picture as PNG, drawn at twice its size. */
export async function asPng({ svg, width, height }: Picture): Promise<Uint8Array> {
  const image = new Image(width, height)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = 2 * width
  canvas.height = 2 * height
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('This browser cannot draw so large a picture: keep the SVG.')
  return new Uint8Array(await blob.arrayBuffer())
}
