import { type EvaluationReport, evaluate, validityOf } from '@tiny-recursive-models/trm'
import {
  type CheckpointChoice,
  type OpenedModel,
  openModel,
  openOrtExecutor,
  sampleSet,
} from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
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
import { grouped, percent, plural, significant, validShare } from '../output/format.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'
import { readPuzzles, readTestSet } from '../puzzles.ts'

interface EvalOptions {
  readonly data?: string
  readonly checkpoint?: CheckpointChoice
  readonly maxSteps?: number
  readonly early?: true
  readonly limit?: number
  readonly device?: 'cpu' | 'webgpu'
  readonly threads?: number
  readonly json?: true
}

export function addEval(program: Command): void {
  program
    .command('eval <run>')
    .description('measure the model of a run folder or a checkpoint file on puzzles it has not seen')
    .option('--data <file>', "puzzles to measure on (default: the run's own test set)")
    .addOption(checkpointOption())
    .addOption(maxStepsOption())
    .option('--early', 'measure early halting too: end when the model believes that it is right')
    .option('--limit <count>', 'a random sample of so many puzzles', wholeNumber(1, 1e9))
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm eval runs/sudoku-6x6-0
  trm eval runs/sudoku-6x6-0 --early --max-steps 64
  trm eval runs/sudoku-small-0 --data hard.csv.gz --limit 500 --checkpoint final --json`,
    )
    .action(runEval)
}

async function runEval(run: string, options: EvalOptions): Promise<void> {
  const opened = await openModel(run, options.checkpoint)
  const whole =
    options.data === undefined ? await readTestSet(opened, run) : await readPuzzles(opened, options.data)
  const set = sampleSet(whole, options.limit ?? whole.count, opened.recipe.training.seed)
  const { device, threads } = options
  const executor = await openOrtExecutor({ ...given('device', device), ...given('threads', threads) })

  let interrupted = false
  const release = onInterrupt(() => {
    interrupted = true
  })
  const progress = new Progress(options.json === true)
  const measure = async (halting: 'full' | 'early'): Promise<EvaluationReport | null> => {
    const settings = {
      halting,
      ...given('maximumSteps', options.maxSteps),
      ...given('isValid', validityOf(opened.recipe.data, opened.model.config)),
      shouldStop: () => interrupted,
    }
    for await (const event of evaluate(executor, opened.model, set, settings)) {
      if (event.type === 'done') return event.report
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
    process.stderr.write('interrupted: nothing to report\n')
    process.exitCode = interruptedExitCode
    return
  }
  if (options.json) {
    const { which, source, step } = opened
    printJson({
      run,
      checkpoint: { which, source, step },
      puzzles: set.name,
      executor: executor.name,
      full,
      early,
    })
  } else print(describe(opened, `${plural(set.count, 'puzzle')} of ${whole.name}`, full, early))
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
    formatTable(header, rows, [...header.keys()]),
    '',
    summary(`all ${full.maximumSteps} steps`, full),
    ...(early ? [summary('early halting', early)] : []),
  ].join('\n')
}

function summary(what: string, report: EvaluationReport): string {
  const [low, high] = report.exactInterval
  return `${what.padEnd(14)} ${percent(report.exactAccuracy)} exact (95 %: ${percent(low)} to ${percent(high)})${validShare(report)}, ${percent(report.cellAccuracy)} of the cells, ${report.meanSteps.toFixed(1)} steps a puzzle, halting right ${percent(report.haltAccuracy)}, ${significant(report.puzzlesPerSecond)} puzzles/s`
}

/** Every step up to 16; beyond, every fourth and the last. */
function shownSteps(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  return all.filter((step) => step <= 16 || step % 4 === 0 || step === count)
}
