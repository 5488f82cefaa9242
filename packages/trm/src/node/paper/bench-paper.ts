/** Trains the models of the paper side by side: the same data, the same training settings, several seeds. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Device, InputError } from '@tiny-recursive-models/tensor'
import type { ExecutorChoice } from '@tiny-recursive-models/tensor/node'
import { assertSameRecipe } from '../../checkpoint/same-recipe.ts'
import type { RunReport } from '../../evaluate/run-facts.ts'
import { openRunFolder, runFiles } from '../run-folder.ts'
import { isReport } from '../run-report.ts'
import type { RunTrainingEvent } from '../run-training.ts'
import { trainInWorker } from '../train-in-worker.ts'
import { mergeStreams, type StoppableStream } from './merge.ts'
import { type PaperJob, type PaperPlan, planPaperJobs } from './plan.ts'
import { type FinishedJob, type PaperResults, paperResults } from './results.ts'

/** How `benchPaper` trains: several runs at a time, on which device. */
export interface PaperBenchOptions extends PaperPlan {
  /** Runs at a time, each in a thread of its own. */
  readonly jobs: number
  /** Threads of each run; more runs at a time use the cores better than more threads. */
  readonly threads: number
  readonly executor?: ExecutorChoice
  readonly device?: Device
  /** The command as it was typed, for the results. */
  readonly command?: string
}

/** What the comparison tells; `job` is a place in the plan. */
export type PaperEvent =
  | { readonly type: 'plan'; readonly jobs: readonly PaperJob[] }
  | { readonly type: 'run'; readonly job: number; readonly event: RunTrainingEvent }
  /** `before`: it had ended in an earlier call, and was only read. */
  | {
      readonly type: 'finished'
      readonly job: number
      readonly report: RunReport
      readonly before: boolean
    }
  | { readonly type: 'failed'; readonly job: number; readonly error: InputError }
  /** Asked to stop; every run is saved and goes on in the next call. */
  | { readonly type: 'stopped'; readonly finished: number; readonly total: number }
  /** The last event of a comparison that was not stopped. */
  | { readonly type: 'results'; readonly results: PaperResults }

/**
 * Trains every model of the plan with every seed, each in its own run folder, and ends with the results. The same
 * call resumes where an earlier one was stopped or killed.
 *
 * A run that fails during training, for example by diverging, yields `failed`, and the others continue; what fails
 * before its first step would fail in all of them, and is thrown.
 *
 * @throws InputError if a folder holds a run of another recipe
 */
export function benchPaper(options: PaperBenchOptions): StoppableStream<PaperEvent> {
  const running = new Set<StoppableStream<RunTrainingEvent>>()
  let stopped = false
  const stop = (): void => {
    stopped = true
    for (const run of running) run.stop()
  }
  return { events: benchEvents(options, running, () => stopped), stop }
}

async function* benchEvents(
  options: PaperBenchOptions,
  running: Set<StoppableStream<RunTrainingEvent>>,
  stopped: () => boolean,
): AsyncGenerator<PaperEvent, void> {
  const jobs = planPaperJobs(options)
  yield { type: 'plan', jobs }
  const finished: FinishedJob[] = []
  const left: PaperJob[] = []
  for (const job of jobs) {
    const report = await finishedReport(job)
    if (report === null) left.push(job)
    else {
      finished.push({ job, report })
      yield { type: 'finished', job: job.index, report, before: true }
    }
  }
  const open = (job: PaperJob): StoppableStream<PaperEvent> => {
    const training = startJob(job, options)
    running.add(training)
    return { events: jobEvents(job, training, () => running.delete(training)), stop: training.stop }
  }
  let failed = 0
  for await (const event of mergeStreams(left, options.jobs, open, stopped)) {
    if (event.type === 'finished') finished.push({ job: jobs[event.job]!, report: event.report })
    if (event.type === 'failed') failed++
    yield event
  }
  // Asked to stop when everything was done already, there is a result all the same.
  if (finished.length + failed < jobs.length)
    yield { type: 'stopped', finished: finished.length, total: jobs.length }
  else yield { type: 'results', results: resultsOf(finished, options) }
}

const resultsOf = (finished: readonly FinishedJob[], { command, threads, jobs }: PaperBenchOptions) =>
  paperResults(finished, { command: command ?? null, threads, jobs })

function startJob({ folder, recipe }: PaperJob, options: PaperBenchOptions) {
  const { threads, executor, device, command } = options
  return trainInWorker({
    folder,
    recipe,
    resume: true,
    threads,
    ...(executor && { executor }),
    ...(device && { device }),
    ...(command && { command }),
  })
}

async function* jobEvents(
  { index }: PaperJob,
  training: StoppableStream<RunTrainingEvent>,
  end: () => void,
): AsyncGenerator<PaperEvent, void> {
  let begun = false
  try {
    for await (const event of training.events) {
      if (event.type === 'step') begun = true
      yield { type: 'run', job: index, event }
      if (event.type === 'report') yield { type: 'finished', job: index, report: event.report, before: false }
    }
  } catch (error) {
    if (!begun || !(error instanceof InputError)) throw error
    yield { type: 'failed', job: index, error }
  } finally {
    end()
  }
}

/**
 * The report of a run that has ended; null where it is still to be trained.
 *
 * @throws InputError where the folder holds a run of another recipe: their figures could not be compared
 */
async function finishedReport({ folder, recipe }: PaperJob): Promise<RunReport | null> {
  const begun = await stat(join(folder, runFiles.recipe)).then(
    () => true,
    () => false,
  )
  if (!begun) return null
  const run = await openRunFolder(folder)
  assertSameRecipe(run.recipe, recipe, folder, ['name', 'description'])
  // A damaged report is made anew by the run itself.
  const report = await run.readJson('report').catch((error: unknown) => {
    if (error instanceof InputError) return null
    throw error
  })
  return isReport(report) ? report : null
}
