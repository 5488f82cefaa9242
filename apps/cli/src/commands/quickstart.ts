/** The first minute: a trained model at work, then one that is trained here, tested and shown on its slowest puzzle. */
import { join } from 'node:path'
import type { Executor } from '@tiny-recursive-models/tensor'
import {
  type AnyPuzzleSet,
  evaluate,
  findShippedModel,
  puzzleAt,
  type Recipe,
  type ShippedModel,
  type Thought,
  think,
} from '@tiny-recursive-models/trm'
import { grouped } from '@tiny-recursive-models/trm/format'
import {
  listShippedModels,
  type OpenedModel,
  openExecutor,
  openModel,
  openShippedModel,
  sampleSet,
  thinkingWorkload,
} from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { openFor } from '../options/open-chosen.ts'
import {
  type ComputingOptions,
  computingOf,
  deviceOption,
  executorOption,
  jsonOption,
  setOption,
  threadsOption,
} from '../options/options.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { writeText } from '../output/files.ts'
import { Progress } from '../output/progress.ts'
import { print, printJsonLine } from '../output/streams.ts'
import { type AskedPuzzle, puzzleOfSet, readPuzzle } from '../puzzles/puzzle-argument.ts'
import { readTestSet } from '../puzzles/test-puzzles.ts'
import { drawThoughts, solveFacts, ThoughtDisplay } from '../puzzles/thought-display.ts'
import { commandLine, runToEnd } from './train.ts'

interface QuickstartOptions extends ComputingOptions {
  readonly recipe: string
  readonly out: string
  readonly set?: readonly string[]
  readonly json?: true
}

const usualRecipe = 'sudoku-6x6'

/** A shipped model, and a puzzle (`trm data generate --seed 7`) on which it changes its mind many times. */
const example = {
  model: 'sudoku-extreme',
  puzzle: '379..8...5.8...4.........3..96....427...1........54.7..2.....16..382.......6.....',
  maxSteps: 100,
}

/** Test puzzles among which the slowest is looked for. */
const lookedThrough = 500
/** A puzzle may take so many times the steps of the training. */
const patience = 4

export function addQuickstart(command: Command): void {
  command
    .option('--recipe <name>', 'recipe to train', usualRecipe)
    .option('--out <folder>', 'the run folder', 'runs/quickstart')
    .addOption(setOption())
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption('skip the shipped model and print every event as a line of JSON'))
    .addHelpText(
      'after',
      '\nExamples:\n  trm quickstart\n  trm quickstart --recipe sudoku-4x4 --out runs/seconds',
    )
    .action(runQuickstart)
}

async function runQuickstart(options: QuickstartOptions): Promise<void> {
  const { recipe: name, out, set = [], json } = options
  const recipe = await resolveRecipe(name, set)
  const computing = computingOf(options)
  if (!json) {
    const shipped = findShippedModel(await listShippedModels(), example.model)
    announce(recipe, shipped, name === usualRecipe && set.length === 0)
    await showExample(shipped, await openExecutor(computing))
    print(`\n2. ${recipe.name}, trained from scratch:\n`)
  }
  const training = { folder: out, recipe, resume: true, command: commandLine(), ...computing, measure: true }
  const report = await runToEnd(training, json === true)
  if (report === undefined || report.test === null) return

  const opened = await openModel(out)
  const progress = new Progress(json === true)
  const test = await readTestSet(opened, out, progress.ofData())
  const looked = sampleSet(test, lookedThrough, recipe.training.seed)
  const executor = await openFor(thinkingWorkload(opened.model.config, looked.count), options, progress)
  progress.stop()
  const slowest = await slowestSolved(executor, opened, looked, json === true)
  const { inputs, labels } = puzzleAt(looked, slowest ?? 0)
  const puzzle = puzzleOfSet(opened, inputs, labels)
  const maxSteps = patience * opened.model.config.supervisionSteps
  if (json) {
    const thoughts = await thinkAloud(executor, opened, puzzle, maxSteps, null)
    return printJsonLine({ type: 'solve', ...solveFacts(puzzle, thoughts) })
  }
  const which = slowest === null ? 'one' : `the slowest of ${grouped(looked.count)}`
  print(`\n3. A puzzle that it has never seen, ${which}:\n`)
  const thoughts = await thinkAloud(executor, opened, puzzle, maxSteps, display(puzzle))
  const picture = join(out, 'solved.svg')
  await writeText(picture, drawThoughts(puzzle, thoughts))
  print(`\nevery step as a picture: ${picture}`)
  print(
    `\nNext:\n  trm eval ${out} --early\n  trm solve ${out} generated --watch\n  trm recipes\n  trm studio`,
  )
}

/** What will happen and how long it takes, before anything is computed. */
function announce(recipe: Recipe, { title }: ShippedModel, isUsual: boolean): void {
  const time = isUsual
    ? 'This takes one to two minutes on two cores:'
    : 'The time left is shown after a few training steps:'
  print(time)
  print(`  1. a trained model solves a hard ${title}`)
  print(`  2. a new model is trained (${recipe.name}) and tested`)
  print('  3. it solves a puzzle that it has never seen')
  print('Ctrl-C saves the training; run the same command again to resume.\n')
}

async function showExample({ name, parameters }: ShippedModel, executor: Executor): Promise<void> {
  const opened = await openShippedModel(name)
  const puzzle = await readPuzzle(example.puzzle, 1, opened)
  print(`1. ${name}, ${grouped(parameters)} parameters:\n`)
  await thinkAloud(executor, opened, puzzle, example.maxSteps, display(puzzle))
}

/** On a terminal the grid is drawn over the one before; elsewhere a line for every step and the last grid. */
const display = (puzzle: AskedPuzzle) => new ThoughtDisplay(puzzle, process.stdout.isTTY === true)

async function thinkAloud(
  executor: Executor,
  { model }: OpenedModel,
  puzzle: AskedPuzzle,
  maxSteps: number,
  shown: ThoughtDisplay | null,
): Promise<readonly Thought[]> {
  const thoughts: Thought[] = []
  for await (const thought of think(executor, model, puzzle.question, { halting: 'early', maxSteps })) {
    thoughts.push(thought)
    await shown?.step(thought)
  }
  shown?.end(thoughts.at(-1))
  const step = settledAt(thoughts)
  if (shown && step < thoughts.length) print(`The answer has not changed since step ${step}.`)
  return thoughts
}

/** The step from which on the answer is the last one. */
const settledAt = (thoughts: readonly Thought[]): number =>
  thoughts.findLast(({ step, changed }) => step === 1 || changed.length > 0)?.step ?? 0

/** The place of the puzzle that took the model the most steps until it was right; null where it solves none. */
async function slowestSolved(
  executor: Executor,
  { model }: OpenedModel,
  set: AnyPuzzleSet,
  isSilent: boolean,
): Promise<number | null> {
  const progress = new Progress(isSilent)
  const maxSteps = patience * model.config.supervisionSteps
  let slowest: { readonly puzzle: number; readonly steps: number } | null = null
  for await (const event of evaluate(executor, model, set, { halting: 'early', maxSteps })) {
    if (event.type === 'progress')
      progress.update(
        event.done / event.total,
        `looking for a slow puzzle: ${grouped(event.done)} of ${grouped(event.total)}`,
      )
    if (event.type !== 'answer' || (slowest && event.steps <= slowest.steps)) continue
    const { labels } = puzzleAt(set, event.puzzle)
    if (event.answer.every((token, cell) => token === labels[cell])) slowest = event
  }
  progress.stop()
  return slowest?.puzzle ?? null
}
