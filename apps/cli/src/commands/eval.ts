import {
  boardOfData,
  type EvaluationReport,
  type Executor,
  evaluate,
  InputError,
} from '@tiny-recursive-models/trm'
import { checkSet, identifiersAreUncertain } from '@tiny-recursive-models/trm/evaluate'
import { type ArcBallot, type ArcFigures, formatSubmission } from '@tiny-recursive-models/trm/evaluate/arc'
import { grouped, plural } from '@tiny-recursive-models/trm/format'
import {
  type CheckpointChoice,
  openArcBallots,
  sampleSet,
  thinkingWorkload,
  type Workload,
} from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { askedPart, refuseArcOptions } from '../arc/asked-part.ts'
import { addEffortOptions, attemptsEffort, type EffortOptions } from '../options/effort.ts'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { openFor } from '../options/open-chosen.ts'
import {
  type ComputingOptions,
  checkpointOption,
  deviceOption,
  executorOption,
  forceOption,
  given,
  jsonOption,
  maxStepsOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { labelledShare } from '../output/accuracies.ts'
import { describeArc } from '../output/arc.ts'
import { describeEvaluation, describeWays } from '../output/evaluation.ts'
import { prepareFile, writeText } from '../output/files.ts'
import { openShownModel } from '../output/open-model.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import { openedAtSize, readPuzzles, readTestSet, testFolderOf } from '../puzzles/test-puzzles.ts'
import { measureWays } from './eval-effort.ts'

interface EvalOptions extends EffortOptions, ComputingOptions {
  readonly effort?: true
  readonly data?: string
  readonly checkpoint?: CheckpointChoice
  readonly maxSteps?: number
  readonly early?: true
  readonly limit?: number
  readonly size?: number
  readonly augmentations?: number
  readonly submission?: string
  readonly force?: true
  readonly json?: true
}

export function addEval(command: Command): void {
  command
    .option('--data <file>', 'puzzles to evaluate on (default: the test set of the run)')
    .addOption(checkpointOption())
    .addOption(maxStepsOption())
    .option('--early', 'also evaluate early halting: stop when the model predicts that it is correct')
    .option('--effort', 'print a table of what more steps and more attempts gain and cost')
    .option('--limit <count>', 'evaluate a random sample of this many puzzles', wholeNumber(1, 1e9))
    .option(
      '--size <count>',
      'N of the N × N puzzles in --data, if it differs from training',
      wholeNumber(2, 30),
    )
    .option(
      '--augmentations <count>',
      'ARC: use only this many augmentations (default: all)',
      wholeNumber(0, 1e6),
    )
    .option('--submission <file>', 'ARC: write the top two of the vote, with all steps, to this file')
    .addOption(forceOption())
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm eval runs/sudoku-6x6-0
  trm eval sudoku-6x6 --early
  trm eval sudoku-extreme --data hard.csv --limit 100 --max-steps 400 --attempts 8
  trm eval runs/sudoku-6x6-0 --early --max-steps 64
  trm eval runs/maze-15x15-0 --data maze-hard-test.csv.gz --size 30 --max-steps 200
  trm eval runs/arc-agi-1-0 --augmentations 100 --submission submission.json
  trm eval runs/sudoku-small-0 --data hard.csv.gz --limit 500 --checkpoint final --json`,
    )
    .action(runEval)
  addEffortOptions(command)
}

async function runEval(run: string, options: EvalOptions): Promise<void> {
  const { submission } = options
  const byEffort = options.effort || options.attempts !== undefined || attemptsEffort(options) !== null
  if (byEffort && submission !== undefined) throw noVote()
  await prepareFile(submission, { replace: options.force === true })
  const progress = new Progress(options.json === true)
  const asked = await openAsked(run, options, progress)
  const executor = await openFor(workloadOf(asked, options), options, progress)
  let interrupted = false
  const shouldStop = () => interrupted
  const release = onInterrupt(() => {
    interrupted = true
  })
  progress.update(null, 'preparing the model …')
  const measured = byEffort
    ? await measureWays(executor, asked.opened, asked.set, options, progress, shouldStop)
    : await measureHalting(executor, asked, options, progress, shouldStop)
  progress.stop()
  release()
  if (measured === null) {
    process.stderr.write('interrupted: nothing to report\n')
    process.exitCode = interruptedExitCode
  } else if ('full' in measured) await report(run, executor, asked, measured, options)
  else if (options.json) printJson({ run, puzzles: asked.set.name, executor: executor.name, ways: measured })
  else print(`${plural(asked.set.count, 'puzzle')} of ${asked.whole.name}\n${describeWays(measured)}`)
}

/** With attempts it is more. */
const workloadOf = ({ opened, set }: Asked, { maxSteps, attempts = 1 }: EvalOptions): Workload => {
  const { config } = opened.model
  return thinkingWorkload(config, set.count, attempts * (maxSteps ?? config.supervisionSteps))
}

type Asked = Awaited<ReturnType<typeof openAsked>>

/** The model, and the puzzles that it is measured on. */
async function openAsked(run: string, options: EvalOptions, progress: Progress) {
  progress.update(null, 'opening the model …')
  const opened = openedAtSize(
    await openShownModel(run, options.checkpoint, { silent: options.json === true }),
    options,
  )
  const whole =
    options.data === undefined
      ? await readTestSet(opened, run, progress.ofData())
      : await readPuzzles(opened, options.data)
  const part = askedPart(whole, options)
  const set = sampleSet(part, options.limit ?? part.count, opened.recipe.training.seed)
  const ballots = await openArcBallots(set, options.data ?? (await testFolderOf(opened, run)))
  checkSet(opened.model, set)
  const isForeign = options.data !== undefined || opened.which === 'file'
  if (isForeign && identifiersAreUncertain(opened.model, set)) {
    progress.stop()
    process.stderr.write(`${uncertainIdentifiers}\n`)
  }
  if (ballots === null) refuseArcOptions(whole.name, options)
  return { opened, whole, set, ballots }
}

interface Measured {
  readonly report: EvaluationReport
  readonly ballot: ArcBallot | null
}

interface MeasuredHalting {
  readonly full: Measured
  readonly early: Measured | null
}

/** With all steps and, where that is asked for, with early halting; null where it was interrupted. */
async function measureHalting(
  executor: Executor,
  { opened: { model, recipe }, set, ballots }: Asked,
  options: EvalOptions,
  progress: Progress,
  shouldStop: () => boolean,
): Promise<MeasuredHalting | null> {
  const measure = async (halting: 'full' | 'early'): Promise<Measured | null> => {
    const settings = {
      halting,
      ...given('maxSteps', options.maxSteps),
      ...given('isValid', boardOfData(recipe.data, model.config)?.rule?.isSolved),
      shouldStop,
    }
    const ballot = ballots?.() ?? null
    for await (const event of evaluate(executor, model, set, settings)) {
      ballot?.note(event)
      if (event.type === 'done') return { report: event.report, ballot }
      if (event.type !== 'progress') continue
      const kind = halting === 'full' ? 'all steps' : 'early halting'
      const text = `${kind}: ${grouped(event.done)} of ${plural(event.total, 'puzzle')}`
      progress.update(event.done / event.total, text)
    }
    return null
  }
  const full = await measure('full')
  const early = options.early && full ? await measure('early') : null
  return full === null || (options.early && early === null) ? null : { full, early }
}

/** Prints the reports, and writes the submission. */
async function report(
  run: string,
  executor: Executor,
  { opened, whole, set }: Asked,
  { full, early }: MeasuredHalting,
  { json, submission }: EvalOptions,
): Promise<void> {
  const arc = full.ballot && {
    full: full.ballot.figures(),
    early: early?.ballot?.figures() ?? null,
    submission: submission ?? null,
  }
  if (json) {
    const { which, source, step } = opened
    printJson({
      run,
      checkpoint: { which, source, step },
      puzzles: set.name,
      executor: executor.name,
      full: full.report,
      early: early?.report ?? null,
      ...(arc && { arc }),
    })
  } else {
    const puzzles = `${plural(set.count, 'puzzle')} of ${whole.name}${labelledShare(full.report)}`
    print(describeEvaluation(opened, puzzles, full.report, early?.report ?? null))
    if (arc) {
      const ways: [string, ArcFigures][] = [[`all ${full.report.maxSteps} steps`, arc.full]]
      if (arc.early) ways.push(['early halting', arc.early])
      print(`\n${describeArc(ways)}`)
    }
  }
  if (submission === undefined || !full.ballot) return
  await writeText(submission, formatSubmission(full.ballot.submission()))
  if (!json) print(`submission in ${submission}`)
}

/** Where only their number could be compared. */
const uncertainIdentifiers =
  'note: the number of puzzle identifiers is that of the training data; whether they mean the same puzzles cannot be checked'

const noVote = (): InputError =>
  new InputError({
    who: '--submission',
    expected: 'one attempt at every puzzle',
    got: '--effort or --attempts',
    hint: 'Use only one of them.',
  })
