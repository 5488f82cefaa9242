/**
 * An MLflow tracking server, by its REST API (mlflow.org, "REST API", 2.0). Its experiment is
 * `MLFLOW_EXPERIMENT_NAME` or `tiny-recursive-models`; who asks is told by `MLFLOW_TRACKING_TOKEN`, or
 * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, as for MLflow's own programs.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { keepIdentity, readIdentity } from './kept-identity.ts'
import {
  flatSettings,
  type TrackedEnd,
  type TrackedFigures,
  type TrackedRun,
  type Tracker,
} from './tracker.ts'

/** How many a server takes at once. */
const maxMetrics = 1_000
const maxParameters = 100
/** Older servers take no longer values. */
const maxValueLength = 500
const maxNoteLength = 5_000
/** A server that says nothing for so long is asked again later. */
const answerMs = 20_000

const status: Readonly<Record<TrackedEnd, string>> = { done: 'FINISHED', stopped: 'KILLED', failed: 'FAILED' }

export function openMlflow(url: string): Tracker {
  const server = new MlflowServer(url)
  let runId: string | null = null
  return {
    async begin(run) {
      runId = (await server.resumed(run)) ?? (await server.create(run))
    },
    async record(figures) {
      const metrics = figures.flatMap(metricsOf)
      for (let from = 0; from < metrics.length; from += maxMetrics)
        await server.post('runs/log-batch', {
          run_id: runId,
          metrics: metrics.slice(from, from + maxMetrics),
        })
    },
    async end(end) {
      if (runId !== null)
        await server.post('runs/update', { run_id: runId, status: status[end], end_time: Date.now() })
    },
    close: async () => undefined,
  }
}

const metricsOf = ({ step, timeMs, values }: TrackedFigures) =>
  Object.entries(values).map(([key, value]) => ({ key, value, step, timestamp: Math.round(timeMs) }))

class MlflowServer {
  readonly #url: URL
  readonly #headers: Readonly<Record<string, string>>

  constructor(url: string) {
    this.#url = new URL(url)
    const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD } = process.env
    const user = decodeURIComponent(this.#url.username) || MLFLOW_TRACKING_USERNAME
    const password = decodeURIComponent(this.#url.password) || MLFLOW_TRACKING_PASSWORD
    // What is fetched may not carry them, nor may what is shown.
    this.#url.username = ''
    this.#url.password = ''
    this.#headers = {
      'content-type': 'application/json',
      ...(token
        ? { authorization: `Bearer ${token}` }
        : user
          ? { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` }
          : {}),
    }
  }

  /** The run that the folder's run is there, running again; null where there is none. */
  async resumed({ folder, resumedFrom }: TrackedRun): Promise<string | null> {
    const kept = resumedFrom === null ? null : await readIdentity(folder, 'mlflow')
    if (kept === null || kept.url !== this.#url.href || typeof kept.runId !== 'string') return null
    const { ok } = await this.#ask('runs/update', { run_id: kept.runId, status: 'RUNNING' })
    return ok ? kept.runId : null
  }

  async create(run: TrackedRun): Promise<string> {
    const { name, folder, recipe, startedMs } = run
    const made = await this.post('runs/create', {
      experiment_id: await this.#experiment(),
      run_name: name,
      start_time: Math.round(startedMs),
      tags: [
        { key: 'mlflow.source.name', value: 'trm' },
        { key: 'mlflow.note.content', value: recipe.description.slice(0, maxNoteLength) },
      ],
    })
    const runId = runAnswer.parse(made).run.info.run_id
    const parameters = Object.entries(flatSettings(recipe)).map(([key, value]) => ({
      key,
      value: String(value).slice(0, maxValueLength),
    }))
    for (let from = 0; from < parameters.length; from += maxParameters)
      await this.post('runs/log-batch', {
        run_id: runId,
        params: parameters.slice(from, from + maxParameters),
      })
    await keepIdentity(folder, 'mlflow', { url: this.#url.href, runId })
    return runId
  }

  async #experiment(): Promise<string> {
    const name = process.env.MLFLOW_EXPERIMENT_NAME || 'tiny-recursive-models'
    const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`
    const found = await this.#ask(path)
    if (found.ok) return experimentAnswer.parse(found.value).experiment.experiment_id
    if (found.status !== 404) throw this.#refused(path, found)
    const made = await this.#ask('experiments/create', { name })
    if (made.ok) return madeExperimentAnswer.parse(made.value).experiment_id
    // Another run of the same sweep may have made it in between.
    const again = await this.#ask(path)
    if (!again.ok) throw this.#refused('experiments/create', made)
    return experimentAnswer.parse(again.value).experiment.experiment_id
  }

  async post(path: string, body: object): Promise<unknown> {
    const answer = await this.#ask(path, body)
    if (!answer.ok) throw this.#refused(path, answer)
    return answer.value
  }

  async #ask(path: string, body?: object): Promise<Answer> {
    const target = new URL(`api/2.0/mlflow/${path}`, this.#url.href.replace(/\/*$/, '/'))
    try {
      const response = await fetch(target, {
        method: body === undefined ? 'GET' : 'POST',
        headers: this.#headers,
        signal: AbortSignal.timeout(answerMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { ok: response.ok, status: response.status, text, value: parsed(text) }
    } catch (error) {
      throw this.#unreachable(error)
    }
  }

  #refused(path: string, { status, text }: Answer): InputError {
    return new InputError({
      who: this.#url.href,
      expected: `an MLflow server that accepts ${path.split('?')[0]}`,
      got: `status ${status}: ${text.slice(0, 200)}`,
      hint: 'Check the address, and MLFLOW_TRACKING_TOKEN where the server wants one.',
    })
  }

  #unreachable(error: unknown): InputError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return new InputError(
      {
        who: this.#url.href,
        expected: 'an MLflow server that answers',
        got: cause instanceof Error ? cause.message || cause.name : String(cause),
        hint: 'Start it, or correct the address.',
      },
      { cause: error },
    )
  }
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly text: string
  readonly value: unknown
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

const runAnswer = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) })
const experimentAnswer = z.object({ experiment: z.object({ experiment_id: z.string() }) })
const madeExperimentAnswer = z.object({ experiment_id: z.string() })
