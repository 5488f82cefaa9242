import { availableParallelism } from 'node:os'
import { InputError, type Recipe } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import {
  benchPaper,
  type PaperBenchOptions,
  type PaperResults,
  tryOutputFolder,
} from '@tiny-recursive-models/trm/node'
import {
  findPaperVariant,
  mainPaperVariants,
  type PaperVariantName,
  paperColumns,
  paperVariantNames,
  paperVariants,
} from '@tiny-recursive-models/trm/recipes'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import {
  type ComputingOptions,
  computingOf,
  deviceOption,
  executorOption,
  jsonOption,
  setOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { PaperDisplay } from '../output/paper-display.ts'
import { writePaperResults } from '../output/paper-files.ts'
import { paperTable } from '../output/paper-table.ts'
import { isOutputClosed, onOutputClosed, print, printJsonLine } from '../output/streams.ts'
import { commandLine } from './train.ts'

interface BenchPaperOptions extends ComputingOptions {
  readonly base?: readonly string[]
  readonly variants: readonly PaperVariantName[]
  readonly seeds: number
  readonly steps?: number
  readonly minutes?: number
  readonly jobs?: number
  readonly set?: readonly string[]
  readonly out: string
  readonly json?: true
}

const defaultBase = paperColumns[0]!.base

export function addBenchPaper(bench: Command): void {
  bench
    .command('paper')
    .description('train the models of the paper on the same data with several seeds and compare them')
    .addOption(
      new Option('--base <recipe>', `data and settings (repeatable; default: ${defaultBase})`).argParser(
        (value: string, before: readonly string[] = []): readonly string[] => [...before, value],
      ),
    )
    .addOption(
      new Option('--variants <names>', 'models, separated by commas; all = every model')
        .argParser(variantNames)
        .default(mainPaperVariants, mainPaperVariants.join(',')),
    )
    .option('--seeds <count>', 'runs of each model, with the training seeds 0, 1, …', wholeNumber(1, 1000), 3)
    .option(
      '--steps <count>',
      'optimiser steps of every run (default: as in the base recipe)',
      wholeNumber(1, 1e9),
    )
    .addOption(
      new Option('--minutes <count>', 'train every run for this long instead, at a constant learning rate')
        .argParser(minutes)
        .conflicts('steps'),
    )
    .option('--jobs <count>', 'runs at a time (default: as many as the cores allow)', wholeNumber(1, 256))
    .addOption(threadsOption('1 each'))
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(setOption())
    .option('--out <folder>', 'folder for runs and results', 'runs/paper')
    .addOption(jsonOption('print every event as a line of JSON'))
    .addHelpText('after', helpText)
    .action(runBenchPaper)
}

const helpText = `
Models:
${paperVariantNames.map((name) => `  ${name.padEnd(20)}${paperVariants[name].description}`).join('\n')}

The results are written to table.md, results.json and chart.svg in the folder. Ctrl-C saves; run the same command again to resume.

Examples:
  trm bench paper
  trm bench paper --base sudoku-6x6-trm --variants trm-mlp,no-ema --seeds 5 --out runs/average
  trm bench paper --base sudoku-extreme-mlp --variants all --device webgpu --set data.train=train.csv --set data.test=test.csv`

function variantNames(text: string): readonly PaperVariantName[] {
  if (text === 'all') return paperVariantNames
  try {
    return text.split(',').map((name) => findPaperVariant(name.trim()))
  } catch (error) {
    throw error instanceof InputError ? new InvalidArgumentError(error.message) : error
  }
}

function minutes(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value > 0 && value <= 1e6) return value
  throw new InvalidArgumentError('It must be a number of minutes above 0.')
}

async function runBenchPaper(options: BenchPaperOptions): Promise<void> {
  const { variants, seeds, out, json } = options
  await tryOutputFolder(out)
  const results = await runToResults(
    {
      folder: out,
      bases: await basesOf(options),
      variants,
      seeds,
      threads: 1,
      jobs: options.jobs ?? defaultJobs(options),
      command: commandLine(),
      ...computingOf(options),
    },
    json === true,
  )
  if (results === undefined) {
    if (!isOutputClosed()) process.exitCode = interruptedExitCode
    return
  }
  if (!json) for (const table of results.tables) print(`\n${paperTable(table)}`)
  const files = await writePaperResults(out, results)
  if (!json) print(`\n${files.join(', ')}`)
}

/** One run a device on a GPU. */
const defaultJobs = ({ device, threads = 1 }: BenchPaperOptions): number =>
  device === 'webgpu' ? 1 : Math.max(1, Math.floor(availableParallelism() / threads))

/** With a time budget nobody knows the number of steps, so the learning rate cannot fall towards the last one. */
async function basesOf({
  base = [defaultBase],
  set = [],
  steps,
  minutes,
}: BenchPaperOptions): Promise<Recipe[]> {
  const budget =
    minutes === undefined
      ? steps === undefined
        ? []
        : [`training.steps=${steps}`]
      : ['training.steps=1000000000', `training.stopAfterSeconds=${60 * minutes}`, 'optimizer.minRatio=1']
  return Promise.all(base.map((name) => resolveRecipe(name, [...budget, ...set])))
}

/** Trains and shows it; undefined where it was interrupted. */
async function runToResults(options: PaperBenchOptions, asJson: boolean): Promise<PaperResults | undefined> {
  const bench = benchPaper(options)
  const display = asJson ? null : new PaperDisplay()
  const releaseKeys = onInterrupt(() => {
    bench.stop()
    display?.close()
    if (!asJson)
      process.stderr.write('Stopping after these steps and saving. Press Ctrl-C again to quit now.\n')
  })
  const releaseOutput = onOutputClosed(() => bench.stop())
  const failures: InputError[] = []
  let results: PaperResults | undefined
  try {
    for await (const event of bench.events) {
      if (asJson) printJsonLine(event)
      else display?.show(event)
      if (event.type === 'failed') failures.push(event.error)
      if (event.type === 'results') results = event.results
      if (event.type === 'stopped' && !asJson)
        print(
          `stopped and saved, ${event.finished} of ${plural(event.total, 'run')} finished; run the same command again to resume`,
        )
    }
  } finally {
    display?.close()
    releaseKeys()
    releaseOutput()
  }
  if (failures.length > 0) process.exitCode = 1
  return results
}
