import type { Device } from '@tiny-recursive-models/tensor'
import {
  type AnyPuzzleSet,
  boardOfData,
  type EvaluationReport,
  evaluate,
  InputError,
  resizeModel,
} from '@tiny-recursive-models/trm'
import { checkSet, identifiersAreUncertain } from '@tiny-recursive-models/trm/evaluate'
import { type ArcBallot, type ArcFigures, formatSubmission } from '@tiny-recursive-models/trm/evaluate/arc'
import { grouped, percent, plural, significant } from '@tiny-recursive-models/trm/format'
import {
  type CheckpointChoice,
  type OpenedModel,
  openArcBallots,
  openModel,
  openOrtExecutor,
  sampleSet,
} from '@tiny-recursive-models/trm/node'
import { arcWithAugmentations, isArcPuzzleSet } from '@tiny-recursive-models/trm/puzzles/arc'
import type { Command } from 'commander'
import { addEffortOptions, attemptsEffort, type EffortOptions } from '../options/effort.ts'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import {
  checkpointOption,
  deviceOption,
  forceOption,
  given,
  jsonOption,
  maxStepsOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { exactShare, labelledShare, validShare } from '../output/accuracies.ts'
import { describeArc } from '../output/arc.ts'
import { prepareFile, writeText } from '../output/files.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'
import { readPuzzles, readTestSet, testFolderOf } from '../puzzles/test-puzzles.ts'
import { describeWays, effortWays, measureWays } from './eval-effort.ts'

interface EvalOptions extends EffortOptions {
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
  readonly device?: Device
  readonly threads?: number
  readonly json?: true
}

export function addEval(command: Command): void {
  command
    .option('--data <file>', "puzzles to measure on (default: the run's own test set)")
    .addOption(checkpointOption())
    .addOption(maxStepsOption())
    .option('--early', 'measure early halting too: end when the model believes that it is right')
    .option('--effort', 'a table of what more steps and more attempts give, and what they cost')
    .option('--limit <count>', 'a random sample of so many puzzles', wholeNumber(1, 1e9))
    .option(
      '--size <count>',
      'N of the N × N puzzles in --data, where they are larger or smaller than those of the training',
      wholeNumber(2, 30),
    )
    .option('--augmentations <count>', 'ARC: ask under so many only (default: all)', wholeNumber(0, 1e6))
    .option('--submission <file>', 'ARC: write the first two of the vote, with all steps, there')
    .addOption(forceOption())
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
  progress.update(null, 'opening the model …')
  const opened = openedAtSize(await openModel(run, options.checkpoint), options)
  const whole =
    options.data === undefined
      ? await readTestSet(opened, run, progress.ofData())
      : await readPuzzles(opened, options.data)
  const asked = askedPart(whole, options)
  const set = sampleSet(asked, options.limit ?? asked.count, opened.recipe.training.seed)
  const folder = options.data ?? (await testFolderOf(opened, run))
  const ballots = await openArcBallots(set, folder)
  checkSet(opened.model, set)
  const isForeign = options.data !== undefined || opened.which === 'file'
  if (isForeign && identifiersAreUncertain(opened.model, set)) {
    progress.stop()
    process.stderr.write(`${uncertainIdentifiers}\n`)
  }
  if (ballots === null) refuseArcOptions(whole.name, options)
  const { device, threads } = options
  const executor = await openOrtExecutor({ ...given('device', device), ...given('threads', threads) })

  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  progress.update(null, 'preparing the model …')
  if (byEffort) {
    const measured = await measureWays(
      executor,
      opened,
      set,
      effortWays(opened, options),
      progress,
      () => interrupted,
    )
    progress.stop()
    release()
    if (measured === null) return reportInterrupted()
    if (options.json) printJson({ run, puzzles: set.name, executor: executor.name, ways: measured })
    else print(`${plural(set.count, 'puzzle')} of ${whole.name}\n${describeWays(measured)}`)
    return
  }
  const measure = async (halting: 'full' | 'early'): Promise<Measured | null> => {
    const settings = {
      halting,
      ...given('maximumSteps', options.maxSteps),
      ...given('isValid', boardOfData(opened.recipe.data, opened.model.config)?.rule?.isSolved),
      shouldStop: () => interrupted,
    }
    const ballot = ballots?.() ?? null
    for await (const event of evaluate(executor, opened.model, set, settings)) {
      ballot?.note(event)
      if (event.type === 'done') return { report: event.report, ballot }
      if (event.type !== 'progress') continue
      const kind = halting === 'full' ? 'all steps' : 'early halting'
      progress.update(
        event.done / event.total,
        `${kind}: ${grouped(event.done)} of ${plural(event.total, 'puzzle')}`,
      )
    }
    return null
  }
  const full = await measure('full')
  const early = options.early && full ? await measure('early') : null
  progress.stop()
  release()
  if (full === null || (options.early && early === null)) {
    return reportInterrupted()
  }
  const arc = full.ballot && {
    full: full.ballot.figures(),
    early: early?.ballot?.figures() ?? null,
    submission: submission ?? null,
  }
  if (options.json) {
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
    print(describe(opened, puzzles, full.report, early?.report ?? null))
    if (arc) {
      const ways: [string, ArcFigures][] = [[`all ${full.report.maximumSteps} steps`, arc.full]]
      if (arc.early) ways.push(['early halting', arc.early])
      print(`\n${describeArc(ways)}`)
    }
  }
  if (submission === undefined || !full.ballot) return
  await writeText(submission, formatSubmission(full.ballot.submission()))
  if (!options.json) print(`submission in ${submission}`)
}

/** Where only their number could be compared. */
const uncertainIdentifiers =
  'note: there are as many puzzle identifiers as the model was trained with; whether they stand for the same puzzles cannot be told'

const noVote = (): InputError =>
  new InputError({
    who: '--submission',
    expected: 'one attempt at every puzzle',
    got: '--effort or --attempts',
    hint: 'Leave one of the two out.',
  })

/** The model as it is, or for puzzles of another side. */
function openedAtSize(opened: OpenedModel, { size, data }: EvalOptions): OpenedModel {
  if (size === undefined) return opened
  if (data !== undefined) return { ...opened, ...resizeModel(opened, size) }
  throw new InputError({
    who: '--size',
    expected: 'puzzles of that size, by --data FILE',
    got: 'none',
    hint: 'Add --data FILE, or leave --size out.',
  })
}

function reportInterrupted(): void {
  process.stderr.write('interrupted: nothing to report\n')
  process.exitCode = interruptedExitCode
}

interface Measured {
  readonly report: EvaluationReport
  readonly ballot: ArcBallot | null
}

/** The puzzles under so many augmentations. */
export function askedPart(
  set: AnyPuzzleSet,
  { augmentations }: Pick<EvalOptions, 'augmentations'>,
): AnyPuzzleSet {
  if (augmentations === undefined) return set
  if (isArcPuzzleSet(set)) return arcWithAugmentations(set, augmentations)
  throw new InputError({
    who: '--augmentations',
    expected: 'a run on ARC tasks',
    got: `one on ${set.name}`,
    hint: 'Leave --augmentations out; --limit takes a part of a data folder.',
  })
}

/** Refuses what only a vote can give. */
export function refuseArcOptions(name: string, { submission }: Pick<EvalOptions, 'submission'>): void {
  if (submission === undefined) return
  throw new InputError({
    who: '--submission',
    expected: 'a run on ARC tasks',
    got: `one on ${name}`,
    hint: 'Leave --submission out.',
  })
}

function describe(
  { which, step, source }: OpenedModel,
  puzzles: string,
  full: EvaluationReport,
  early: EvaluationReport | null,
): string {
  const showsValid = full.byStep.some((step) => validShare(step) !== '')
  const rows = shownSteps(full.byStep.length).map((shown) => {
    const { exactAccuracy, validAccuracy, cellAccuracy } = full.byStep[shown - 1]!
    const valid = showsValid ? [percent(validAccuracy)] : []
    const halted = early ? [percent(early.byStep[shown - 1]!.exactAccuracy)] : []
    return [String(shown), percent(exactAccuracy), ...valid, percent(cellAccuracy), ...halted]
  })
  const header = [
    'step',
    'exact',
    ...(showsValid ? ['valid'] : []),
    'cells',
    ...(early ? ['exact, early'] : []),
  ]
  return [
    `${which === 'file' ? source : which === step ? 'checkpoint' : `${which} weights`}, step ${grouped(step)}, on ${puzzles}`,
    ...(full.exactAccuracy === null && !showsValid
      ? []
      : [formatTable(header, rows, [...header.keys()]), '']),
    summary(`all ${full.maximumSteps} steps`, full),
    ...(early ? [summary('early halting', early)] : []),
  ].join('\n')
}

function summary(what: string, report: EvaluationReport): string {
  const ofCells = report.cellAccuracy === null ? '' : `, ${percent(report.cellAccuracy)} of the cells`
  const ofHalting = report.haltAccuracy === null ? '' : `, halting right ${percent(report.haltAccuracy)}`
  return `${what.padEnd(14)} ${exactShare(report)}${validShare(report)}${ofCells}, ${report.meanSteps.toFixed(1)} steps a puzzle${ofHalting}, ${significant(report.puzzlesPerSecond)} puzzles/s`
}

/** Every step up to 16; beyond, every fourth and the last. */
function shownSteps(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  return all.filter((step) => step <= 16 || step % 4 === 0 || step === count)
}
