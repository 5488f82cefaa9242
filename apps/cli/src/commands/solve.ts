import { setTimeout as pause } from 'node:timers/promises'
import type { Device } from '@tiny-recursive-models/tensor'
import { effortOf, type Thought, think } from '@tiny-recursive-models/trm'
import { percent, plural, significant } from '@tiny-recursive-models/trm/format'
import { type CheckpointChoice, openModel, openOrtExecutor } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import pc from 'picocolors'
import { addEffortOptions, attemptsEffort, type EffortOptions } from '../options/effort.ts'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import {
  checkpointOption,
  deviceOption,
  given,
  jsonOption,
  maxStepsOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { prepareFile, writeText } from '../output/files.ts'
import { gridSvg } from '../output/grid-svg.ts'
import { print, printJson } from '../output/streams.ts'
import { type AskedPuzzle, readPuzzle } from '../puzzles/puzzle-argument.ts'
import { modelAndPuzzle } from '../puzzles/solve-arguments.ts'
import { solveByAttempts } from './solve-attempts.ts'

interface SolveOptions extends EffortOptions {
  readonly model?: string
  readonly checkpoint?: CheckpointChoice
  readonly maxSteps?: number
  readonly early?: true
  readonly watch?: true
  readonly row: number
  readonly svg?: string
  readonly device?: Device
  readonly threads?: number
  readonly json?: true
}

/** How long each grid of `--watch` stays on a terminal. */
const watchMs = 350

export function addSolve(command: Command): void {
  command
    .usage('[options] [run] <puzzle>')
    .argument(
      '<run|puzzle>',
      'a run folder, a model file or the name of a shipped model, or at once the puzzle',
    )
    .argument('[puzzle]', 'the puzzle: written out, in a file, or "generated" for a new one')
    .option('--model <run>', 'the run, file or shipped model, where the puzzle stands alone')
    .addOption(checkpointOption())
    .addOption(maxStepsOption())
    .option('--early', 'end as soon as the model believes that it is right')
    .option('--watch', 'show the grid after every step')
    .option('--row <number>', 'which puzzle of a file, or which generated one', wholeNumber(1, 1e9), 1)
    .option('--svg <file>', 'draw the puzzle and the answer after every step')
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm solve "..1.3....32.12.4" --watch
  trm solve generated --model sudoku-6x6
  trm solve hard.txt --attempts 20 --max-steps 200
  trm solve runs/sudoku-4x4-0 "..1.3....32.12.4" --watch
  trm solve runs/sudoku-6x6-0 puzzles.csv --row 3 --max-steps 32
  trm solve runs/maze-small-0 puzzle.txt --watch
  trm solve runs/maze-small-0 generated --row 7 --svg drawing.svg`,
    )
    .action(runSolve)
  addEffortOptions(command)
}

async function runSolve(first: string, second: string | undefined, options: SolveOptions): Promise<void> {
  await prepareFile(options.svg, { replace: true })
  const { run, argument } = await modelAndPuzzle(first, second, options)
  const opened = await openModel(run, options.checkpoint)
  const puzzle = await readPuzzle(argument, options.row, opened)
  const { device, threads = 1 } = options
  const executor = await openOrtExecutor({ ...given('device', device), threads })
  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  if (!options.json && second === undefined && options.model === undefined) print(`model ${run}\n`)
  const several = attemptsEffort(options)
  if (several) {
    const effort = effortOf({ ...several, ...given('maximumSteps', options.maxSteps) }, opened.model.config)
    await solveByAttempts(executor, opened, puzzle, effort, options, run, () => interrupted)
    release()
    if (interrupted) process.exitCode = interruptedExitCode
    return
  }
  const show = options.json ? null : new ThoughtDisplay(puzzle, options.watch === true)
  const thoughts: Thought[] = []
  const settings = {
    ...given('maximumSteps', options.maxSteps),
    ...(options.early && { halting: 'early' as const }),
  }
  for await (const thought of think(executor, opened.model, puzzle.question, settings)) {
    thoughts.push(thought)
    await show?.step(thought)
    if (interrupted) break
  }
  release()
  if (interrupted) process.exitCode = interruptedExitCode
  if (options.json) printJson({ model: run, ...solveFacts(puzzle, thoughts) })
  else show?.end(thoughts.at(-1))
  if (options.svg !== undefined) await writeText(options.svg, drawThoughts(puzzle, thoughts))
}

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
    steps: thoughts.map(
      ({ step, answer, confidence, changed, haltProbability, answerChange, latentChange }) => ({
        step,
        answer: view.format(answer),
        changed,
        leastConfidence: Math.min(...confidence),
        haltProbability,
        answerChange,
        latentChange,
      }),
    ),
  }
}

const isEqual = (answer: Int32Array, label: Int32Array): boolean =>
  answer.every((token, cell) => token === label[cell])

/** The question and the answer after every step, beside each other, as SVG. */
export function drawThoughts({ view, question }: AskedPuzzle, thoughts: readonly Thought[]): string {
  const steps = thoughts.map(({ step, answer, changed, haltProbability }) =>
    view.panel(`step ${step}: believes it is right ${percent(haltProbability)}`, {
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
      const compared = label ? (isEqual(answer, label) ? 'equal to' : 'another one than') : null
      print(
        `answered after ${plural(last.step, 'step')}: ${compared ? `${compared} the known answer` : view.solution}`,
      )
    } else if (problems.length === 0) {
      const labelled =
        label && (isEqual(answer, label) ? ', equal to its label' : ', another one than its label')
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
    `${String(step === 1 ? 0 : changed.length).padStart(2)} cells changed`,
    `least sure ${percent(Math.min(...confidence), 0).padStart(5)}`,
    `believes it is right ${percent(haltProbability).padStart(7)}`,
    `state moved ${significant(latentChange)}`,
  ]
  // A line that wraps would be drawn over in part only.
  const columns = process.stdout.columns ?? Number.POSITIVE_INFINITY
  while (parts.length > 2 && parts.join(' · ').length > columns) parts.pop()
  return parts.join(' · ')
}
