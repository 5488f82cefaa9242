/** `trm eval --effort`: what more thinking gives, and what it costs. */
import {
  type AnyPuzzleSet,
  type AttemptsReport,
  attemptAll,
  boardOfData,
  type Effort,
  type Executor,
  effortOf,
} from '@tiny-recursive-models/trm'
import { endsByStandingStill } from '@tiny-recursive-models/trm/evaluate'
import { grouped, percent, plural, significant } from '@tiny-recursive-models/trm/format'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'
import { attemptsEffort, type EffortOptions } from '../options/effort.ts'
import { given } from '../options/options.ts'
import { noAnswers } from '../output/accuracies.ts'
import type { Progress } from '../output/progress.ts'
import { formatTable } from '../output/table.ts'

export interface EffortWay {
  readonly way: string
  readonly effort: Effort
}

export interface MeasuredWay {
  readonly way: string
  readonly report: AttemptsReport
}

/**
 * From little to much: as many steps as the recipe trains with, then up to the longest and ending early, then several
 * attempts.
 */
export function effortWays(
  { model, recipe }: Pick<OpenedModel, 'model' | 'recipe'>,
  options: EffortOptions & { readonly maxSteps?: number },
): readonly EffortWay[] {
  const { config } = model
  const short = recipe.model.supervisionSteps
  const long = options.maxSteps ?? config.supervisionSteps
  const stop = endsByStandingStill(config) ? 'still' : 'halting'
  const why = stop === 'still' ? 'until it stands still' : 'until it believes'
  const ways: EffortWay[] = [
    { way: plural(short, 'step'), effort: effortOf({ maximumSteps: short }, config) },
    { way: `up to ${grouped(long)}, ${why}`, effort: effortOf({ maximumSteps: long, stop }, config) },
  ]
  const several = attemptsEffort(options)
  if (several) {
    const effort = effortOf({ ...several, maximumSteps: long }, config)
    const how = effort.accept === 'valid' ? 'until the rule is kept' : 'the most frequent answer'
    ways.push({ way: `up to ${plural(effort.attempts, 'attempt')}, ${how}`, effort })
  }
  return ways
}

/** Measures one way after the other; null where it was interrupted. */
export async function measureWays(
  executor: Executor,
  { model, recipe }: OpenedModel,
  set: AnyPuzzleSet,
  ways: readonly EffortWay[],
  progress: Progress,
  shouldStop: () => boolean,
): Promise<readonly MeasuredWay[] | null> {
  const measured: MeasuredWay[] = []
  for (const { way, effort } of ways) {
    const board = boardOfData(recipe.data, model.config)
    const settings = {
      ...given('isValid', board?.rule?.isSolved),
      ...given('symmetry', board?.symmetry),
      shouldStop,
    }
    for await (const event of attemptAll(executor, model, set, effort, settings)) {
      if (event.type === 'done') measured.push({ way, report: event.report })
      if (event.type === 'progress')
        progress.update(
          event.done / event.total,
          `${way}: ${grouped(event.done)} of ${plural(event.total, 'puzzle')}`,
        )
    }
    if (shouldStop()) return null
  }
  return measured
}

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
  const header = ['thinking', 'exact', 'valid', 'steps', 'attempts', 'GFLOP a puzzle', 'puzzles/s']
  const interval = measured.at(-1)!.report.exactInterval
  return [
    formatTable(header, rows, [1, 2, 3, 4, 5, 6]),
    interval === null
      ? noAnswers
      : `95 % interval of the last: ${percent(interval[0])} to ${percent(interval[1])} exact`,
    ...measured.flatMap(({ way, report: { settled, settledExact } }) =>
      settledExact === null
        ? []
        : [`${way}: ${percent(settled)} stood still, ${percent(settledExact)} of them exact`],
    ),
  ].join('\n')
}
