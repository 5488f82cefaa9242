/**
 * What the server answers, for both sides: nothing here needs Node. Every failure is an `ApiProblem` with the fitting
 * status.
 *
 *   GET /api/runs                      RunsAnswer
 *   GET /api/runs/NAME                 RunAnswer
 *   GET /api/runs/NAME/events          server-sent events, see `RunEventName`
 *   GET /api/runs/NAME/model/WHICH     safetensors; WHICH is best, final or the step of a checkpoint
 */
import type { Recipe, RunReport, RunSummary } from '@tiny-recursive-models/trm'

export type { ApiProblem } from '@tiny-recursive-models/http-server/problem'

/** A run in the list, without its place on the disk. */
export type StudioRun = Omit<RunSummary, 'path'>

export interface RunsAnswer {
  /** The folder's own name. */
  readonly folder: string
  readonly runs: readonly StudioRun[]
}

export interface RunAnswer {
  readonly summary: StudioRun
  /** Null where the run is damaged. */
  readonly recipe: Recipe | null
  /** `data.json` without its lists of rows; null where there is none. */
  readonly data: Readonly<Record<string, unknown>> | null
  readonly report: RunReport | null
  /** The best weights first. */
  readonly weights: readonly ('best' | 'final')[]
  /** Steps, the latest first. */
  readonly checkpoints: readonly number[]
}

/**
 * `begin` opens every stream and says which file it reads: of another one than before, lines known are worth nothing.
 * `run` is a line of events.jsonl; its number is the event's id. `live`: all that was there has been sent. `reset`: the
 * file was cut or replaced, and comes again from its first line. `damaged`: a line that is no JSON object.
 * `ended`: no trainer works on the run, and all has been sent; the stream ends.
 */
export type RunEventName = 'begin' | 'run' | 'live' | 'reset' | 'damaged' | 'ended'

export interface BeginData {
  readonly file: string
}

export interface EndedData {
  readonly status: StudioRun['status']
}
