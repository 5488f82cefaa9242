/**
 * What the server answers, for both sides: nothing here needs Node. Every failure is an `ApiProblem` with the fitting
 * status.
 *
 *   GET /api/runs                      RunsAnswer
 *   GET /api/curves                    CurvesAnswer
 *   GET /api/runs/NAME                 RunAnswer
 *   GET /api/runs/NAME/events          server-sent events, see `RunEventName`
 *   GET /api/runs/NAME/model/WHICH     safetensors; WHICH is best, final or the step of a checkpoint
 *
 * A run of a sweep, one folder further down, is called SWEEP/NAME; in an address its slash is %2F.
 */
import type { Recipe, RunReport, RunSummary } from '@tiny-recursive-models/trm'

export type { ApiProblem } from '@tiny-recursive-models/http-server/problem'

/** A run, without its place on the disk. */
export interface StudioRun extends Omit<RunSummary, 'path'> {
  readonly seed: number | null
  readonly parameters: number | null
  /** Milliseconds of training, evaluations left out; null before the first step. */
  readonly elapsedMs: number | null
  /** When its folder was begun, in milliseconds since 1970; null where it is damaged. */
  readonly begunAt: number | null
  /** Shares of unseen test puzzles, with all steps and with early halting; null before there is a report. */
  readonly exactAccuracy: number | null
  readonly earlyAccuracy: number | null
  /** Floating-point operations of the training; null before there is a report. */
  readonly trainingFlop: number | null
}

/** A value of a recipe; lists and the like as JSON. */
export type Setting = string | number | boolean | null

export interface ListedRun extends StudioRun {
  /** For each of the answer's `fields` the value, null where the recipe has no such field. */
  readonly settings: readonly Setting[]
}

export interface RunsAnswer {
  /** The folder's own name; null where the studio was started without one, and shows no runs. */
  readonly folder: string | null
  /** The fields in which recipes of the list differ, such as `model.width`. */
  readonly fields: readonly string[]
  readonly runs: readonly ListedRun[]
}

/** Validation accuracy over training, at most a hundred points of it. */
export interface RunCurve {
  readonly name: string
  readonly steps: readonly number[]
  /** Of training; null where it was not recorded. */
  readonly seconds: readonly (number | null)[]
  /** 0 to 1 */
  readonly exactAccuracy: readonly number[]
}

export interface CurvesAnswer {
  /** Of the runs that have been evaluated. */
  readonly curves: readonly RunCurve[]
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
