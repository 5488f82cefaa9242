/** A look inside a thought on the terminal: what every call of the net left, as a strip of figures or grid by grid. */
import { setTimeout as pause } from 'node:timers/promises'
import { cellsRight, type InnerThought, type Thought } from '@tiny-recursive-models/trm'
import { percent } from '@tiny-recursive-models/trm/format'
import { namesOfCalls } from '@tiny-recursive-models/trm/models'
import pc from 'picocolors'
import { gridSvg, type SvgPanel } from '../output/grid-svg.ts'
import { print } from '../output/streams.ts'
import type { AskedPuzzle } from './puzzle-argument.ts'

/** How long each grid of `--watch` stays on a terminal. */
const watchMs = 250

/** How many of the cells to be found are right, as far as it can be told. */
type CountRight = (answer: Int32Array) => number | null

function countRight({ view: { board }, question, label }: AskedPuzzle): CountRight {
  const solved = label ?? (board.rule?.hasManyAnswers ? null : board.rule?.solve(question))
  const solution = solved instanceof Int32Array ? solved : null
  return (answer) => cellsRight(board, question, answer, solution)
}

/** What `--json` prints of every call. */
export function insideFacts(puzzle: AskedPuzzle, { inside = [] }: Thought) {
  const { view } = puzzle
  const right = countRight(puzzle)
  const names = namesOfCalls(inside)
  return inside.map(({ round, state, answer, confidence, changed }, index) => ({
    call: names[index],
    round,
    state,
    answer: view.format(answer),
    changed,
    leastConfidence: Math.min(...confidence),
    cellsRight: right(answer),
  }))
}

/** The question and what every call of the net left, beside each other, as SVG. */
export function drawInside(puzzle: AskedPuzzle, thoughts: readonly Thought[]): string {
  const { view, question } = puzzle
  const right = countRight(puzzle)
  const panels = thoughts.flatMap(({ step, inside = [] }): SvgPanel[] => {
    const names = namesOfCalls(inside)
    return inside.map(({ answer, changed }, index) => {
      const share = right(answer)
      const figure = share === null ? '' : `: ${percent(share, 0)} of cells right`
      const isFirst = step === 1 && index === 0
      return view.panel(`step ${step}, ${names[index]}${figure}`, {
        tokens: answer,
        question,
        changed: new Set(isFirst ? [] : changed),
      })
    })
  })
  return gridSvg([view.panel('question', { tokens: question, question }), ...panels])
}

const bars = [...'▁▂▃▄▅▆▇█']

/** Shares from 0 to 1 as one column each. */
const barOf = (share: number): string => bars[Math.min(bars.length - 1, Math.floor(share * bars.length))]!

/**
 * Names of the calls and, below each, the share of cells that are right, or, where that cannot be told, how sure it is
 * of a cell on average. Rounds stand apart; a line holds as many calls as fit.
 */
function insideStrip(inside: readonly InnerThought[], right: CountRight, columns: number): string {
  const names = namesOfCalls(inside)
  const shares = inside.map(({ answer }) => right(answer))
  const isTold = shares.every((share) => share !== null)
  const label = isTold ? 'cells right' : 'sure of cells'
  const figures = inside.map(({ confidence }, index) => shares[index] ?? mean(confidence))
  const cells = inside.map(({ round }, index) => {
    const gap = index > 0 && inside[index - 1]!.round !== round ? '│ ' : ''
    const figure = `${barOf(figures[index]!)} ${Math.round(100 * figures[index]!)}`
    return [names[index]!, figure].map((text, line) => `${line === 0 ? gap : gap && '│ '}${text.padEnd(6)}`)
  })
  const perLine = Math.max(1, Math.floor((columns - margin.length - label.length) / 8))
  const lines: string[] = []
  for (let from = 0; from < cells.length; from += perLine) {
    const part = cells.slice(from, from + perLine)
    lines.push(`${margin}${''.padEnd(label.length + 2)}${part.map(([name]) => name).join('')}`.trimEnd())
    lines.push(
      `${margin}${label}  ${part
        .map(([, figure]) => figure)
        .join('')
        .trimEnd()} %`,
    )
  }
  return lines.join('\n')
}

const margin = '  '

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Prints the calls of a step; with `watch` as grids, one after the other: what the state holds beside the last answer. */
export class InsideDisplay {
  readonly #puzzle: AskedPuzzle
  readonly #watch: boolean
  readonly #right: CountRight
  readonly #colours = pc.isColorSupported && process.stdout.isTTY === true
  readonly #redraw = process.stdout.isTTY === true
  #answer: { readonly title: string; readonly tokens: Int32Array; readonly confidence?: Float32Array }

  constructor(puzzle: AskedPuzzle, watch: boolean) {
    this.#puzzle = puzzle
    this.#watch = watch
    this.#right = countRight(puzzle)
    this.#answer = { title: 'question', tokens: puzzle.question }
  }

  async step({ step, inside = [] }: Thought): Promise<void> {
    const columns = process.stdout.columns ?? 100
    if (!this.#watch) return print(insideStrip(inside, this.#right, columns))
    const names = namesOfCalls(inside)
    for (const [index, frame] of inside.entries()) {
      const isEnd = index === inside.length - 1
      const name = names[index]!
      const title = frame.isAnswer || isEnd ? `${name}, the answer` : `${name}, scratch paper`
      const { answer: tokens, confidence } = frame
      const grid = this.#draw(tokens, confidence, step === 1 && index === 0 ? [] : frame.changed)
      const last = this.#draw(this.#answer.tokens, this.#answer.confidence, [])
      const text = [
        `step ${step}, round ${frame.round}`,
        sideBySide([title, ...grid.split('\n')], [this.#answer.title, ...last.split('\n')]),
        insideStrip(inside.slice(0, index + 1), this.#right, columns),
        '',
      ].join('\n')
      print(text)
      if (frame.isAnswer || isEnd)
        this.#answer = { title: `answer ${name} of step ${step}`, tokens, confidence }
      if (!this.#redraw) continue
      await pause(watchMs)
      if (!isEnd) process.stdout.write(`\x1b[${text.split('\n').length}A\x1b[J`)
    }
  }

  #draw(tokens: Int32Array, confidence: Float32Array | undefined, changed: readonly number[]): string {
    const { view, question } = this.#puzzle
    return view.draw(
      { tokens, question, changed: new Set(changed), ...(confidence && { confidence }) },
      this.#colours,
    )
  }
}

/** Two columns of lines. */
function sideBySide(left: readonly string[], right: readonly string[]): string {
  const width = Math.max(...left.map((line) => lengthOf(line))) + 4
  return left
    .map((line, index) => `  ${line}${' '.repeat(Math.max(0, width - lengthOf(line)))}${right[index] ?? ''}`)
    .join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such sequences
const lengthOf = (line: string): number => line.replace(/\x1b\[[0-9;]*m/g, '').length
