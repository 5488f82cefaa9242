/** A thought about a puzzle as a person or a program reads it: grids and lines, SVG, JSON. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Thought } from '@tiny-recursive-models/trm'
import { percent, plural, significant } from '@tiny-recursive-models/trm/format'
import pc from 'picocolors'
import { gridSvg } from '../output/grid-svg.ts'
import { print } from '../output/streams.ts'
import { insideFacts } from './inside-display.ts'
import type { AskedPuzzle } from './puzzle-argument.ts'

/** How long each grid of `--watch` stays on a terminal. */
const watchMs = 350

/** What `--json` prints. */
export function solveFacts(puzzle: AskedPuzzle, thoughts: readonly Thought[]) {
  const { view, question, label, warning } = puzzle
  const last = thoughts.at(-1)
  const problems = last ? view.problems(question, last.answer) : []
  const equalsLabel = label && last ? isEqual(last.answer, label) : null
  return {
    question: view.format(question),
    warning,
    answer: last ? view.format(last.answer) : null,
    solved: problems ? last !== undefined && problems.length === 0 : equalsLabel,
    problems,
    label: label && view.format(label),
    equalsLabel,
    steps: thoughts.map((thought) => ({
      step: thought.step,
      answer: view.format(thought.answer),
      changed: thought.changed,
      leastConfidence: Math.min(...thought.confidence),
      haltProbability: thought.haltProbability,
      answerChange: thought.answerChange,
      latentChange: thought.latentChange,
      ...(thought.inside && { inside: insideFacts(puzzle, thought) }),
    })),
  }
}

const isEqual = (answer: Int32Array, label: Int32Array): boolean =>
  answer.every((token, cell) => token === label[cell])

/** The question and the answer after every step, beside each other, as SVG. */
export function drawThoughts({ view, question }: AskedPuzzle, thoughts: readonly Thought[]): string {
  const steps = thoughts.map(({ step, answer, changed, haltProbability }) =>
    view.panel(`step ${step}: halting probability ${percent(haltProbability)}`, {
      tokens: answer,
      question,
      changed: changedCells(step, changed),
    }),
  )
  return gridSvg([view.panel('question', { tokens: question, question }), ...steps])
}

/** In the first step every cell is new: nothing to highlight. */
const changedCells = (step: number, changed: readonly number[]): ReadonlySet<number> =>
  new Set(step === 1 ? [] : changed)

/** Shows a model at work: a line for every step, or with `watch` the grid, drawn over the one before on a terminal. */
export class ThoughtDisplay {
  readonly #puzzle: AskedPuzzle
  readonly #watch: boolean
  readonly #colours = pc.isColorSupported && process.stdout.isTTY === true
  readonly #redraw = process.stdout.isTTY === true
  #drawnLines = 0

  constructor(puzzle: AskedPuzzle, watch: boolean) {
    this.#puzzle = puzzle
    this.#watch = watch
    if (puzzle.warning !== null) print(`note: ${puzzle.warning}`)
    const { view, question } = puzzle
    print(view.draw({ tokens: question, question }, this.#colours))
    print()
  }

  async step(thought: Thought): Promise<void> {
    const { answer, confidence, step } = thought
    const line = describeThought(thought)
    if (!this.#watch) return print(line)
    const { view, question } = this.#puzzle
    const changed = changedCells(step, thought.changed)
    const grid = view.draw({ tokens: answer, question, changed, confidence }, this.#colours)
    const text = `${line}\n${grid}\n`
    if (this.#redraw && this.#drawnLines > 0) process.stdout.write(`\x1b[${this.#drawnLines}A\x1b[J`)
    this.#drawnLines = text.split('\n').length
    print(text)
    if (this.#redraw) await pause(watchMs)
  }

  end(last: Thought | undefined): void {
    if (last === undefined) return
    const { view, question, label } = this.#puzzle
    const { answer, confidence } = last
    if (!this.#watch) print(`\n${view.draw({ tokens: answer, question, confidence }, this.#colours)}\n`)
    const problems = view.problems(question, answer)
    const { green, red } = pc.createColors(this.#colours)
    if (problems === null) {
      const compared = label ? (isEqual(answer, label) ? 'matches' : 'differs from') : null
      print(
        `answered after ${plural(last.step, 'step')}: ${compared ? `${compared} the known answer` : view.solution}`,
      )
    } else if (problems.length === 0) {
      const labelled = label && (isEqual(answer, label) ? ', matches its label' : ', differs from its label')
      print(green(`solved after ${plural(last.step, 'step')}: ${view.solution}${labelled ?? ''}`))
    } else {
      print(red(`not solved: ${plural(problems.length, 'problem')}`))
      for (const message of problems.slice(0, 3)) print(`  ${message}`)
      print('More steps (--max-steps 1000) or several attempts (--attempts 8) may solve it.')
    }
  }
}

function describeThought({ step, changed, confidence, haltProbability, latentChange }: Thought): string {
  const parts = [
    `step ${String(step).padStart(2)}`,
    // What was there before the first answer is no answer that could change.
    step === 1 ? 'first answer'.padStart(16) : `${plural(changed.length, 'cell').padStart(8)} changed`,
    `predicts it is correct: ${percent(haltProbability).padStart(7)}`,
    `lowest cell confidence ${percent(Math.min(...confidence), 0).padStart(5)}`,
    `latent change ${significant(latentChange)}`,
  ]
  // A line that wraps would be drawn over in part only.
  const columns = process.stdout.columns ?? Number.POSITIVE_INFINITY
  while (parts.length > 2 && parts.join(' · ').length > columns) parts.pop()
  return parts.join(' · ')
}
