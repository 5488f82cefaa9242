import { InputError, overrideRecipe, type Recipe, type RunReport } from '@tiny-recursive-models/trm'
import { percent, significant } from '@tiny-recursive-models/trm/format'
import {
  openRunFolder,
  type TrackerChoice,
  trainInWorker,
  tryOutputFolder,
  type WorkerTrainingOptions,
} from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
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
import { isHelper, mpiOption, type RanksOptions, ranksOf, rankTimeoutOption } from '../options/ranks.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { trackOption } from '../options/track.ts'
import { sparkline } from '../output/chart.ts'
import { type Course, readCourse, writeCurve } from '../output/curve.ts'
import { isOutputClosed, onOutputClosed, print, printJsonLine } from '../output/streams.ts'
import { describeReport, TrainingDisplay } from '../output/training.ts'

interface TrainOptions extends ComputingOptions, RanksOptions {
  readonly set?: readonly string[]
  readonly out?: string
  readonly resume?: true
  readonly from?: string
  readonly steps?: number
  readonly testPuzzles?: number
  readonly track?: readonly TrackerChoice[]
  readonly json?: true
}

export function addTrain(command: Command): void {
  command
    .addOption(setOption())
    .option('--out <folder>', 'the run folder (default: runs/<recipe>-<seed>)')
    .option('--resume', 'resume the run in the folder; needs no recipe')
    .option('--from <model>', 'start from the weights of a run folder, a model file or a shipped model')
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--steps <count>', 'the same as --set training.steps=<count>', wholeNumber(1, 1_000_000_000))
    .option(
      '--test-puzzles <count>',
      'evaluate this many test puzzles at the end (default: 1000)',
      wholeNumber(1, 1e8),
    )
    .addOption(trackOption())
    .addOption(mpiOption())
    .addOption(rankTimeoutOption())
    .addOption(jsonOption('print every event as a line of JSON'))
    .addHelpText(
      'after',
      `
Examples:
  trm train sudoku-4x4
  trm train sudoku-6x6 --out runs/wide --set model.width=192 --set optimizer.learningRate=5e-4
  trm train --resume --out runs/wide --steps 4000
  trm train sudoku-extreme --from sudoku-extreme --set data.train=train.csv
  trm train sudoku-extreme-mlp --set data.train=train.csv --set data.test=test.csv
  mpirun -n 4 trm train sudoku-6x6 --out runs/four`,
    )
    .action(async (name: string | undefined, options: TrainOptions) => {
      const mpi = ranksOf(options)
      // Another rank is told by rank 0 what to train.
      const { recipe, folder } = isHelper(mpi?.launch)
        ? { recipe: null, folder: '' }
        : await chooseRun(name, options)
      const { testPuzzles, resume, from } = options
      await runToEnd(
        {
          folder,
          recipe,
          command: commandLine(),
          ...computingOf(options),
          measure: true,
          ...given('testPuzzles', testPuzzles),
          ...given('resume', resume),
          ...given('from', from),
          ...given('track', options.track),
          ...given('mpi', mpi),
        },
        options.json === true,
      )
    })
}

/** Open MPI hands it on to the ranks and, other than Ctrl-C, lets them take the time that they need. */
const forwardedByMpirun = 'SIGUSR2'

/** Trains and shows it; the report, or undefined where it was interrupted. */
export async function runToEnd(
  options: WorkerTrainingOptions,
  asJson: boolean,
): Promise<RunReport | undefined> {
  let isHelping = isHelper(options.mpi?.launch)
  if (!isHelping) await tryOutputFolder(options.folder)
  const training = trainInWorker(isHelping ? { ...options, track: [] } : options)
  const display = asJson || isHelping ? null : new TrainingDisplay()
  const releaseKeys = onInterrupt(
    () => {
      training.stop()
      display?.close()
      if (!asJson && !isHelping)
        process.stderr.write('Stopping after this step and saving. Press Ctrl-C again to quit now.\n')
    },
    options.mpi ? [forwardedByMpirun] : [],
  )
  const releaseOutput = onOutputClosed(() => training.stop())
  let report: RunReport | undefined
  let stopped = false
  try {
    for await (const event of training.events) {
      if (event.type === 'rank') isHelping = event.rank > 0
      if (isHelping) continue
      if (asJson) printJsonLine(event)
      else display?.show(event)
      if (event.type === 'report') report = event.report
      if (event.type === 'stopped') stopped = true
    }
  } finally {
    display?.close()
    releaseKeys()
    releaseOutput()
  }
  if (isHelping) return undefined
  if (stopped && !isOutputClosed()) process.exitCode = interruptedExitCode
  const course = await readCourse(options.folder)
  if (!asJson) printOutcome(options.folder, course, stopped, report)
  // Last, so that the figures are shown whatever becomes of the file.
  const path = await writeCurve(options.folder, course)
  if (path !== null && !asJson) print(`training curve in ${path}`)
  return report
}

function printOutcome(
  folder: string,
  { loss, validation }: Course,
  stopped: boolean,
  report: RunReport | undefined,
): void {
  // Beside the line stand its name and two figures.
  const width = Math.max(10, Math.min(60, (process.stdout.columns ?? 100) - 35))
  if (loss.length > 1) {
    const losses = loss.map(([, value]) => value)
    print(
      `loss        ${sparkline(losses, width)} ${significant(losses[0]!)} → ${significant(losses.at(-1)!)}`,
    )
  }
  if (validation.length > 1) {
    const shares = validation.map(([, value]) => value)
    print(`validation  ${sparkline(shares, width, [0, 1])} ${percent(shares[0])} → ${percent(shares.at(-1))}`)
  }
  if (stopped) print(`stopped and saved; resume with: trm train --resume --out ${folder}`)
  else if (report) print(describeReport(report))
}

async function chooseRun(
  name: string | undefined,
  { set = [], steps, out, resume }: TrainOptions,
): Promise<{ recipe: Recipe | null; folder: string }> {
  const overrides = steps === undefined ? set : [...set, `training.steps=${steps}`]
  if (name !== undefined) {
    const recipe = await resolveRecipe(name, overrides)
    return { recipe, folder: out ?? defaultFolder(recipe) }
  }
  if (!resume || out === undefined) {
    throw new InputError({
      who: 'trm train',
      expected: 'the name of a recipe, or --resume with --out FOLDER',
      got: resume ? '--resume alone' : 'neither',
      hint: 'For example: trm train sudoku-6x6. `trm recipes` lists all recipes.',
    })
  }
  const { recipe } = await openRunFolder(out)
  return { recipe: overrideRecipe(recipe, overrides), folder: out }
}

/** Every path of a run's name is a good folder name: what is not becomes a dash. */
function defaultFolder({ name, training }: Recipe): string {
  return `runs/${name.replace(/[^\w.-]+/g, '-')}-${training.seed}`
}

/** The command as it was typed, for reports. */
export function commandLine(): string {
  const words = process.argv.slice(2)
  return ['trm', ...words]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ')
}
