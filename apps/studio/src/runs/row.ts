/** A run of the page as a row of the table. */
import type { ListedRun, Setting } from '@tiny-recursive-models/studio-server/api'
import type { RunView } from '../charts/series.ts'
import type { RunRow } from './table.ts'

/** What a row tells of: a listed run, or an opened file, which has no summary. */
export interface ShownRun {
  readonly name: string
  readonly summary: ListedRun | null
  readonly series: RunView
}

export function rowOf(run: ShownRun, fields: readonly string[]): RunRow {
  const { name, summary } = run
  if (!summary) return fileRow(run)
  const { exactAccuracy, bestExactAccuracy } = summary
  const settings: Record<string, Setting> = {}
  for (const [index, key] of fields.entries()) settings[key] = summary.settings[index] ?? null
  return {
    name,
    state: summary.status,
    recipe: summary.recipe,
    seed: summary.seed,
    exact: exactAccuracy ?? bestExactAccuracy,
    isTested: exactAccuracy !== null,
    early: summary.earlyAccuracy,
    step: summary.step,
    steps: summary.steps,
    parameters: summary.parameters,
    time: summary.elapsedMs,
    flop: summary.trainingFlop,
    begun: summary.begunAt,
    settings,
  }
}

function fileRow({ name, series }: ShownRun): RunRow {
  const seen = series.evaluations.map(({ exactAccuracy }) => exactAccuracy).filter(Number.isFinite)
  return {
    name,
    state: 'file',
    recipe: null,
    seed: null,
    exact: seen.length === 0 ? null : Math.max(...seen),
    isTested: false,
    early: null,
    step: series.step,
    steps: series.start?.totalSteps ?? null,
    parameters: series.start?.parameters ?? null,
    time: Number.isFinite(series.elapsedMs) ? series.elapsedMs : null,
    flop: null,
    begun: null,
    settings: {},
  }
}
