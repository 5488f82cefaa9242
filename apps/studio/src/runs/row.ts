/** A run of the page as a row of the table. */
import type { ListedRun, Setting } from '@tiny-recursive-models/studio-server/api'
import { msLeft, timeLeft } from '@tiny-recursive-models/trm/format'
import type { RunView } from '../charts/series.ts'
import type { FollowState } from './follower.ts'
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

export const followWords: Readonly<Record<FollowState, string>> = {
  queued: 'waiting: four runs are followed at a time',
  loading: 'loading…',
  live: 'live',
  reconnecting: 'connection lost, trying again…',
  ended: '',
}

/** A run whose events may be followed. */
interface Followed {
  /** Null where its curves are not drawn: then its events are not followed. */
  readonly look: number | null
  readonly series: RunView
}

/** The later of what the list and the events tell. */
export function stepOf(run: Followed | undefined, row: RunRow): number {
  return run && run.look !== null ? Math.max(row.step, run.series.step) : row.step
}

/** `, 3 min left` of a run that is running; else nothing. */
export function leftOf(run: Followed | undefined, row: RunRow): string {
  if (!run || row.state !== 'running') return ''
  const pace = run.series.msPerStep ?? (row.time !== null && row.step > 0 ? row.time / row.step : null)
  const left = msLeft({ step: stepOf(run, row), totalSteps: row.steps ?? 0, msPerStep: pace })
  return left === null ? '' : `, ${timeLeft(left)} left`
}
