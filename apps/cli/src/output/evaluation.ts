/** What was measured, as tables and sentences. */
import type { AttemptsReport, Effort, EvaluationReport } from '@tiny-recursive-models/trm'
import { grouped, percent, plural, significant } from '@tiny-recursive-models/trm/format'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'
import { exactShare, noAnswers, validShare } from './accuracies.ts'
import { formatTable } from './table.ts'

/** @param puzzles what it was measured on, in words */
export function describeEvaluation(
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
    summary(`all ${full.maxSteps} steps`, full),
    ...(early ? [summary('early halting', early)] : []),
  ].join('\n')
}

function summary(what: string, report: EvaluationReport): string {
  const ofCells = report.cellAccuracy === null ? '' : `, ${percent(report.cellAccuracy)} of the cells`
  const ofHalting = report.haltAccuracy === null ? '' : `, halting accuracy ${percent(report.haltAccuracy)}`
  return `${what.padEnd(14)} ${exactShare(report)}${validShare(report)}${ofCells}, ${report.meanSteps.toFixed(1)} steps per puzzle${ofHalting}, ${significant(report.puzzlesPerSecond)} puzzles/s`
}

/** Every step up to 16; beyond, every fourth and the last. */
function shownSteps(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  return all.filter((step) => step <= 16 || step % 4 === 0 || step === count)
}

export interface MeasuredWay {
  readonly way: string
  readonly report: AttemptsReport
}

/** An effort in words: `up to 16 steps, until it halts`. */
export function describeEffort({ attempts, accept, stop, maxSteps }: Effort): string {
  if (attempts > 1) {
    const how = accept === 'valid' ? 'until an answer is valid' : 'majority vote'
    return `up to ${plural(attempts, 'attempt')}, ${how}`
  }
  if (stop === 'never') return plural(maxSteps, 'step')
  return `up to ${plural(maxSteps, 'step')}, ${stop === 'still' ? 'until the answer is stable' : 'until it halts'}`
}

/** What more thinking gives, and what it costs. */
export function describeWays(measured: readonly MeasuredWay[]): string {
  const rows = measured.map(({ way, report }) => [
    way,
    percent(report.exactAccuracy),
    report.validAccuracy === null ? '–' : percent(report.validAccuracy),
    report.meanSteps.toFixed(1),
    report.meanAttempts.toFixed(2),
    significant(report.flopPerPuzzle / 1e9),
    significant(report.puzzlesPerSecond),
  ])
  const header = ['thinking', 'exact', 'valid', 'steps', 'attempts', 'GFLOP/puzzle', 'puzzles/s']
  const interval = measured.at(-1)!.report.exactInterval
  return [
    formatTable(header, rows, [1, 2, 3, 4, 5, 6]),
    interval === null
      ? noAnswers
      : `95 % interval of the last row: ${percent(interval[0])} to ${percent(interval[1])} exact`,
    ...measured.flatMap(({ way, report: { settled, settledExact } }) =>
      settledExact === null
        ? []
        : [
            `${way}: ${percent(settled)} of the answers became stable, ${percent(settledExact)} of these exact`,
          ],
    ),
  ].join('\n')
}
