import { InputError, type Recipe } from '@tiny-recursive-models/trm'
import {
  benchPaper,
  type PaperJob,
  type TrackerChoice,
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
import {
  type ComputingOptions,
  computingOf,
  deviceOption,
  executorOption,
  given,
  jsonOption,
  setOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { jobsOption, retryDivergedOption, runsAtATime } from '../options/runs-at-a-time.ts'
import { trackOption } from '../options/track.ts'
import { writePaperResults } from '../output/paper-files.ts'
import { paperTable } from '../output/paper-table.ts'
import { print } from '../output/streams.ts'
import { followSweep } from './follow-sweep.ts'
import { commandLine } from './train.ts'

interface BenchPaperOptions extends ComputingOptions {
  readonly base?: readonly string[]
  readonly variants: readonly PaperVariantName[]
  readonly seeds: number
  readonly steps?: number
  readonly minutes?: number
  readonly jobs?: number
  readonly set?: readonly string[]
  readonly track?: readonly TrackerChoice[]
  readonly out: string
  readonly retryDiverged?: true
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
    .addOption(jobsOption())
    .addOption(retryDivergedOption())
    .addOption(threadsOption('1 each'))
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(trackOption())
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
  const { last } = await followSweep(
    benchPaper({
      folder: out,
      bases: await basesOf(options),
      variants,
      seeds,
      threads: 1,
      jobs: runsAtATime(options),
      command: commandLine(),
      ...computingOf(options),
      ...given('track', options.track),
      ...given('retryDiverged', options.retryDiverged),
      measure: true,
    }),
    runName,
    json === true,
  )
  if (last?.type !== 'results') return
  const { results } = last
  if (!json) for (const table of results.tables) print(`\n${paperTable(table)}`)
  const files = await writePaperResults(out, results)
  if (!json) print(`\n${files.join(', ')}`)
}

/** The base is told where there are several. */
function runName({ base, variant, seed }: PaperJob, all: readonly PaperJob[]): string {
  const several = all.some((job) => job.base !== base)
  return `${several ? `${base} ` : ''}${variant} seed ${seed}`
}

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
