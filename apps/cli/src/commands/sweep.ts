import { InputError } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import {
  type Axis,
  type PlannedRun,
  parseAxis,
  planSweep,
  runSweep,
  shardOf,
  sweepTable,
  type TrackerChoice,
  tryOutputFolder,
} from '@tiny-recursive-models/trm/node'
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
  usage,
  wholeNumber,
} from '../options/options.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { jobsOption, retryDivergedOption, runsAtATime } from '../options/runs-at-a-time.ts'
import { trackOption } from '../options/track.ts'
import { print, printJson } from '../output/streams.ts'
import { formatSweepTable, sweepTableCsv } from '../output/sweep-table.ts'
import { formatTable } from '../output/table.ts'
import { followSweep } from './follow-sweep.ts'
import { commandLine } from './train.ts'

interface SweepCommandOptions extends ComputingOptions {
  readonly vary: readonly Axis[]
  readonly seeds: number
  readonly random?: number
  readonly randomSeed: number
  readonly set?: readonly string[]
  readonly out?: string
  readonly jobs?: number
  readonly shard?: Shard
  readonly takeOver?: true
  readonly retryDiverged?: true
  readonly testPuzzles?: number
  readonly track?: readonly TrackerChoice[]
  readonly plan?: true
  readonly table?: string
  readonly csv?: true
  readonly json?: true
}

interface Shard {
  readonly place: number
  readonly count: number
}

export function addSweep(command: Command): void {
  command
    .addOption(
      new Option(
        '--vary <field=values>',
        'a field and its values: 1e-3,2e-3, a range 64..256/4 (four values), log:1e-4..1e-2/5 (repeatable: every combination)',
      )
        .argParser((text: string, before: readonly Axis[]): readonly Axis[] => [...before, axis(text)])
        .default([], 'none'),
    )
    .option(
      '--seeds <count>',
      'runs of every combination, with consecutive training seeds',
      wholeNumber(1, 1000),
      1,
    )
    .option(
      '--random <count>',
      'draw so many combinations instead of taking all; ranges then need no number of values',
      wholeNumber(1, 100_000),
    )
    .option('--random-seed <number>', 'seed of these draws', wholeNumber(0, 2 ** 32 - 1), 0)
    .addOption(setOption())
    .option('--out <folder>', 'folder of the run folders (default: runs/sweep-<recipe>)')
    .addOption(jobsOption())
    .addOption(
      new Option('--shard <i/n>', 'one of n parts of the runs, counted from 0: 0/3, 1/3, 2/3').argParser(
        shard,
      ),
    )
    .option('--take-over', 'continue runs that a process on another machine has locked: only if it is gone')
    .addOption(retryDivergedOption())
    .addOption(threadsOption('1 each'))
    .addOption(executorOption())
    .addOption(deviceOption())
    .option('--test-puzzles <count>', 'test puzzles at the end of a run (default: 1000)', wholeNumber(1, 1e8))
    .addOption(trackOption())
    .option('--plan', 'list the runs, and train none')
    .option('--table <folder>', 'compare the runs of a folder, and train none')
    .option('--csv', 'with --table: one line a run, as CSV')
    .addOption(jsonOption('print every event as a line of JSON; with --plan and --table, one document'))
    .addHelpText('after', helpText)
    .action(sweep)
}

const helpText = `
Ctrl-C saves; run the same command again to resume. Runs that have their report are not trained again, so the same command may also run on several machines that share the folder.

Examples:
  trm sweep sudoku-6x6 --vary optimizer.learningRate=1e-3,2e-3 --vary model.width=64,96 --seeds 3
  trm sweep sudoku-6x6 --vary optimizer.learningRate=log:1e-4..1e-2 --vary model.width=32..128 --random 20
  trm sweep sudoku-6x6 --seeds 8 --shard $SLURM_ARRAY_TASK_ID/4
  trm sweep --table runs/sweep-sudoku-6x6 --csv > sweep.csv`

const axis = (text: string): Axis => usage(() => parseAxis(text))

function shard(text: string): Shard {
  const [, place, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  if (place !== undefined && Number(place) < Number(count))
    return { place: Number(place), count: Number(count) }
  throw new InvalidArgumentError('It must be i/n with i from 0 to n − 1: for three shards 0/3, 1/3 and 2/3.')
}

async function sweep(name: string | undefined, options: SweepCommandOptions): Promise<void> {
  if (options.table !== undefined) {
    if (name !== undefined) throw namedTwice(name)
    await showTable(options.table, options)
    return
  }
  const { jobs, folder } = await planOf(name, options)
  if (options.plan) showPlan(jobs, options.json === true)
  else await runAll(jobs, folder, options)
}

async function planOf(
  name: string | undefined,
  { vary, seeds, random, randomSeed, set = [], out, shard }: SweepCommandOptions,
): Promise<{ jobs: readonly PlannedRun[]; folder: string }> {
  if (name === undefined || (vary.length === 0 && seeds === 1)) throw nothingToVary(name)
  if (random !== undefined && vary.length === 0) throw nothingToDraw()
  const base = await resolveRecipe(name, set)
  const folder = out ?? `runs/sweep-${base.name.replace(/[^\w.-]+/g, '-')}`
  const draws = random === undefined ? undefined : { count: random, seed: randomSeed }
  const all = planSweep({ folder, base, axes: vary, seeds, ...given('random', draws) })
  return { jobs: shard ? shardOf(all, shard.place, shard.count) : all, folder }
}

async function runAll(
  jobs: readonly PlannedRun[],
  folder: string,
  options: SweepCommandOptions,
): Promise<void> {
  await tryOutputFolder(folder)
  const { testPuzzles, takeOver, retryDiverged, track, json } = options
  const training = {
    threads: 1,
    command: commandLine(),
    ...computingOf(options),
    measure: true,
    ...given('testPuzzles', testPuzzles),
    ...given('track', track),
  }
  const stream = runSweep({
    jobs,
    atATime: runsAtATime(options),
    training,
    ...given('takeOver', takeOver),
    ...given('retryDiverged', retryDiverged),
  })
  const { last, failures } = await followSweep(stream, runName, json === true)
  if (json) return
  if (last?.type === 'end') {
    if (last.finished > 0) print(`\n${formatSweepTable(await sweepTable(folder))}`)
    if (last.elsewhere > 0)
      print(
        `${plural(last.elsewhere, 'run')} in the hands of other processes: see \`trm sweep --table ${folder}\` later`,
      )
  }
  if (failures.length > 0) {
    process.stderr.write(`\n${plural(failures.length, 'run')} failed:\n`)
    for (const { job, error } of failures) process.stderr.write(`  ${runName(job)}: ${error.message}\n`)
    if (failures.some(({ before }) => before))
      process.stderr.write('What has diverged before was left as it is; --retry-diverged trains it again.\n')
  }
}

const runName = ({ settings, seed }: PlannedRun): string =>
  [
    ...Object.entries(settings).flatMap(([key, value]) =>
      key === 'training.seed' ? [] : [`${key}=${value}`],
    ),
    `seed ${seed}`,
  ].join(' ')

function showPlan(jobs: readonly PlannedRun[], asJson: boolean): void {
  if (asJson) {
    printJson(jobs.map(({ index, folder, settings, seed }) => ({ index, folder, settings, seed })))
    return
  }
  const keys = Object.keys(jobs[0]?.settings ?? {}).filter((key) => key !== 'training.seed')
  const rows = jobs.map(({ index, settings, seed, folder }) => [
    String(index),
    ...keys.map((key) => settings[key]!),
    String(seed),
    folder,
  ])
  print(plural(jobs.length, 'run'))
  print(formatTable(['run', ...keys, 'seed', 'folder'], rows, [0]))
}

async function showTable(folder: string, { csv, json }: SweepCommandOptions): Promise<void> {
  const table = await sweepTable(folder)
  if (json) printJson(table)
  else print(csv ? sweepTableCsv(table) : formatSweepTable(table))
}

const example = 'For example: trm sweep sudoku-6x6 --vary optimizer.learningRate=1e-3,2e-3 --seeds 3.'

const nothingToVary = (name: string | undefined): InputError =>
  new InputError({
    who: 'trm sweep',
    expected: name === undefined ? 'the name of a recipe, or --table FOLDER' : 'something to vary',
    got: name === undefined ? 'neither' : 'one combination with one seed',
    hint: example,
  })

const nothingToDraw = (): InputError =>
  new InputError({ who: '--random', expected: 'fields to draw', got: 'no --vary', hint: example })

const namedTwice = (name: string): InputError =>
  new InputError({
    who: '--table',
    expected: 'a folder alone',
    got: `the recipe ${name} as well`,
    hint: 'Leave the recipe out: the run folders say what they are.',
  })
