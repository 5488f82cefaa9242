import { setTimeout as pause } from 'node:timers/promises'
import { checkAnswer, formatSudokuLine, type Thought, think } from '@tiny-recursive-models/trm'
import { type CheckpointChoice, openModel, openOrtExecutor } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import pc from 'picocolors'
import { interruptedExitCode, onInterrupt } from '../interrupt.ts'
import {
  checkpointOption,
  deviceOption,
  given,
  jsonOption,
  maxStepsOption,
  threadsOption,
  wholeNumber,
} from '../options.ts'
import { percent, plural, significant } from '../output/format.ts'
import { drawGrid } from '../output/grid.ts'
import { print, printJson } from '../output/streams.ts'
import { type AskedPuzzle, readPuzzle, sudokuShapeOf } from '../puzzle-argument.ts'

interface SolveOptions {
  readonly checkpoint?: CheckpointChoice
  readonly maxSteps?: number
  readonly early?: true
  readonly watch?: true
  readonly row: number
  readonly device?: 'cpu' | 'webgpu'
  readonly threads?: number
  readonly json?: true
}

/** How long each grid of `--watch` stays on a terminal. */
const watchMs = 350

export function addSolve(program: Command): void {
  program
    .command('solve <run> <puzzle>')
    .description('let a trained model solve a Sudoku: written in one line (. for a blank) or in a file')
    .addOption(checkpointOption())
    .addOption(maxStepsOption())
    .option('--early', 'end as soon as the model believes that it is right')
    .option('--watch', 'show the grid after every step')
    .option('--row <number>', 'which puzzle of a file', wholeNumber(1, 1e9), 1)
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm solve runs/sudoku-4x4-0 "..1.3....32.12.4" --watch
  trm solve runs/sudoku-6x6-0 puzzles.csv --row 3 --max-steps 32`,
    )
    .action(runSolve)
}

async function runSolve(run: string, argument: string, options: SolveOptions): Promise<void> {
  const opened = await openModel(run, options.checkpoint)
  const puzzle = await readPuzzle(argument, options.row, sudokuShapeOf(opened))
  const { device, threads = 1 } = options
  const executor = await openOrtExecutor({ ...given('device', device), threads })
  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  const show = options.json ? null : new ThoughtDisplay(puzzle, options.watch === true)
  const thoughts: Thought[] = []
  const settings = { ...given('maximumSteps', options.maxSteps), ...given('earlyHalting', options.early) }
  for await (const thought of think(executor, opened.model, puzzle.question, settings)) {
    thoughts.push(thought)
    await show?.step(thought)
    if (interrupted) break
  }
  release()
  if (interrupted) process.exitCode = interruptedExitCode
  if (options.json) printJson(solveFacts(puzzle, thoughts))
  else show?.end(thoughts.at(-1))
}

/** What `--json` prints. */
export function solveFacts(puzzle: AskedPuzzle, thoughts: readonly Thought[]) {
  const last = thoughts.at(-1)
  const problems = last ? checkAnswer(puzzle.shape, puzzle.question, last.answer) : []
  return {
    question: formatSudokuLine(puzzle.question),
    warning: puzzle.warning,
    answer: last ? formatSudokuLine(last.answer) : null,
    solved: last !== undefined && problems.length === 0,
    problems: problems.map(({ message }) => message),
    steps: thoughts.map(
      ({ step, answer, confidence, changed, haltProbability, answerChange, latentChange }) => ({
        step,
        answer: formatSudokuLine(answer),
        changed,
        leastConfidence: Math.min(...confidence),
        haltProbability,
        answerChange,
        latentChange,
      }),
    ),
  }
}

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
    print(drawGrid(puzzle.shape, { tokens: puzzle.question, question: puzzle.question }, this.#colours))
    print()
  }

  async step(thought: Thought): Promise<void> {
    const { answer, confidence } = thought
    const line = describeThought(thought)
    if (!this.#watch) return print(line)
    const { shape, question } = this.#puzzle
    // In the first step every blank cell is new: nothing to highlight.
    const changed = new Set(thought.step === 1 ? [] : thought.changed)
    const grid = drawGrid(shape, { tokens: answer, question, changed, confidence }, this.#colours)
    const text = `${line}\n${grid}\n`
    if (this.#redraw && this.#drawnLines > 0) process.stdout.write(`\x1b[${this.#drawnLines}A\x1b[J`)
    this.#drawnLines = text.split('\n').length
    print(text)
    if (this.#redraw) await pause(watchMs)
  }

  end(last: Thought | undefined): void {
    if (last === undefined) return
    const { shape, question } = this.#puzzle
    const { answer, confidence } = last
    if (!this.#watch) print(`\n${drawGrid(shape, { tokens: answer, question, confidence }, this.#colours)}\n`)
    const problems = checkAnswer(shape, question, answer)
    const { green, red } = pc.createColors(this.#colours)
    if (problems.length === 0) print(green(`solved after ${plural(last.step, 'step')}: a valid solution`))
    else {
      print(red(`not solved: ${plural(problems.length, 'problem')}`))
      for (const { message } of problems.slice(0, 3)) print(`  ${message}`)
    }
  }
}

function describeThought({ step, changed, confidence, haltProbability, latentChange }: Thought): string {
  return [
    `step ${String(step).padStart(2)}`,
    `${String(step === 1 ? 0 : changed.length).padStart(2)} cells changed`,
    `least sure ${percent(Math.min(...confidence), 0).padStart(5)}`,
    `believes it is right ${percent(haltProbability).padStart(7)}`,
    `state moved ${significant(latentChange)}`,
  ].join(' · ')
}
