import { type Executor, effortOf, type Thought, think } from '@tiny-recursive-models/trm'
import {
  type CheckpointChoice,
  type OpenedModel,
  openExecutor,
  thinkingWorkload,
} from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { addEffortOptions, attemptsEffort, type EffortOptions } from '../options/effort.ts'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { openFor } from '../options/open-chosen.ts'
import {
  type ComputingOptions,
  checkpointOption,
  computingOf,
  deviceOption,
  executorOption,
  given,
  jsonOption,
  maxStepsOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { prepareFile, writeText } from '../output/files.ts'
import { openShownModel } from '../output/open-model.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import { drawInside, InsideDisplay } from '../puzzles/inside-display.ts'
import { readPuzzle } from '../puzzles/puzzle-argument.ts'
import { modelAndPuzzle } from '../puzzles/solve-arguments.ts'
import { drawThoughts, solveFacts, ThoughtDisplay } from '../puzzles/thought-display.ts'
import { solveByAttempts } from './solve-attempts.ts'

interface SolveOptions extends EffortOptions, ComputingOptions {
  readonly model?: string
  readonly checkpoint?: CheckpointChoice
  readonly maxSteps?: number
  readonly early?: true
  readonly watch?: true
  readonly inside?: true
  readonly row: number
  readonly svg?: string
  readonly json?: true
}

export function addSolve(command: Command): void {
  command
    .usage('[options] [run] <puzzle>')
    .argument(
      '<run|puzzle>',
      'a run folder, a model file, the name of a shipped model or hf:OWNER/NAME on the hub; optional',
    )
    .argument('[puzzle]', 'the puzzle: written out, in a file, or "generated" for a new one')
    .option('--model <run>', 'the model, if the puzzle is the only argument')
    .addOption(checkpointOption())
    .addOption(maxStepsOption())
    .option('--early', 'stop as soon as the model predicts that it is correct')
    .option('--watch', 'show the grid after every step')
    .option('--inside', 'show what every call of the net leaves within a step, latent included')
    .option(
      '--row <number>',
      'number of the puzzle in the file, or of the generated puzzle',
      wholeNumber(1, 1e9),
      1,
    )
    .option('--svg <file>', 'draw the puzzle and the answer after every step in this file')
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm solve "..1.3....32.12.4" --watch
  trm solve generated --model sudoku-6x6 --inside
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
  const opened = await openShownModel(run, options.checkpoint, { silent: options.json === true })
  const puzzle = await readPuzzle(argument, options.row, opened)
  const executor = await openForPuzzle(opened, options)
  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  if (!options.json && second === undefined && options.model === undefined) print(`model ${run}\n`)
  const several = attemptsEffort(options)
  if (several) {
    const effort = effortOf({ ...several, ...given('maxSteps', options.maxSteps) }, opened.model.config)
    await solveByAttempts(executor, opened, puzzle, effort, options, run, () => interrupted)
    release()
    if (interrupted) process.exitCode = interruptedExitCode
    return
  }
  const isInside = options.inside === true
  const show = options.json ? null : new ThoughtDisplay(puzzle, options.watch === true && !isInside)
  const within = options.json || !isInside ? null : new InsideDisplay(puzzle, options.watch === true)
  const thoughts: Thought[] = []
  const settings = {
    ...given('maxSteps', options.maxSteps),
    ...(options.early && { halting: 'early' as const }),
    inside: isInside,
  }
  for await (const thought of think(executor, opened.model, puzzle.question, settings)) {
    thoughts.push(thought)
    await show?.step(thought)
    await within?.step(thought)
    if (interrupted) break
  }
  release()
  if (interrupted) process.exitCode = interruptedExitCode
  if (options.json) printJson({ model: run, ...solveFacts(puzzle, thoughts) })
  else show?.end(thoughts.at(-1))
  if (options.svg !== undefined) {
    const drawing = isInside ? drawInside(puzzle, thoughts) : drawThoughts(puzzle, thoughts)
    await writeText(options.svg, drawing)
  }
}

/** Steps in all below which it would take longer to find out how much work they are. */
const fewSteps = 200

async function openForPuzzle({ model: { config } }: OpenedModel, options: SolveOptions): Promise<Executor> {
  const computing = { threads: 1, ...options }
  const { attempts = 1 } = attemptsEffort(options) ?? {}
  const steps = attempts * (options.maxSteps ?? config.supervisionSteps)
  if (steps < fewSteps) return openExecutor(computingOf(computing))
  const progress = new Progress(options.json === true)
  const executor = await openFor(thinkingWorkload(config, 1, steps), computing, progress)
  progress.stop()
  return executor
}
