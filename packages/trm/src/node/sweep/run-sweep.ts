/** Trains many runs, each in a run folder of its own and several at a time. The folder may be shared by machines. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { assertSameRecipe } from '../../checkpoint/same-recipe.ts'
import type { RunReport } from '../../evaluate/run-facts.ts'
import { completeRecipe } from '../../recipes/complete.ts'
import type { Recipe } from '../../recipes/schema.ts'
import { dataReaderOf } from '../data-files.ts'
import { openRunFolder, runFiles } from '../run-folder.ts'
import { dropForeignLock, readLock } from '../run-lock.ts'
import { isReport } from '../run-report.ts'
import type { RunTrainingEvent } from '../run-training.ts'
import { trainInWorker, type WorkerTrainingOptions } from '../train-in-worker.ts'
import { mergeStreams, type StoppableStream } from './merge.ts'

/** One run of a sweep: what is trained, and where. */
export interface SweepJob {
  /** Its place in the whole plan, also where only a part of the plan is run here. */
  readonly index: number
  readonly folder: string
  readonly recipe: Recipe
}

/** How the runs of a sweep are trained. */
export interface SweepOptions<Job extends SweepJob> {
  readonly jobs: readonly Job[]
  /** Runs at a time, each in a thread of its own. */
  readonly atATime: number
  /** The same for every run: device, threads, test puzzles, the command for the reports. */
  readonly training: Omit<WorkerTrainingOptions, 'folder' | 'recipe' | 'resume'>
  /**
   * Locks of other machines are taken for abandoned. Only where something else, such as a scheduler, sees to it that
   * no run is trained twice at the same time.
   */
  readonly takeOver?: boolean
  /** Runs that have diverged are trained again from their last checkpoint; by default they are told as they ended. */
  readonly retryDiverged?: boolean
}

/** What a sweep tells; `job` is the index of the run. */
export type SweepEvent<Job extends SweepJob = SweepJob> =
  | { readonly type: 'plan'; readonly jobs: readonly Job[] }
  | { readonly type: 'run'; readonly job: number; readonly event: RunTrainingEvent }
  /** `before`: it was ended by an earlier call or another process, and was only read. */
  | {
      readonly type: 'finished'
      readonly job: number
      readonly report: RunReport
      readonly before: boolean
    }
  /**
   * `begun`: after a step of training; what fails earlier is wrong with the recipe, the data or the folder. `before`: it
   * diverged in an earlier call, and was only read.
   */
  | {
      readonly type: 'failed'
      readonly job: number
      readonly error: InputError
      readonly begun: boolean
      readonly before: boolean
    }
  /** Another process was training this run when its turn came, and had not ended it at the end. */
  | { readonly type: 'elsewhere'; readonly job: number; readonly holder: string }
  /** Asked to stop; every run is saved and goes on in the next call. */
  | { readonly type: 'stopped'; readonly finished: number; readonly total: number }
  /** The last event of a sweep that was not stopped. */
  | SweepEnd

/** How the runs of a sweep ended. */
export interface SweepEnd {
  readonly type: 'end'
  readonly finished: number
  readonly failed: number
  readonly elsewhere: number
}

/**
 * Trains every run that has no report yet. The same call resumes where an earlier one was stopped or killed, and
 * several processes may make it at the same time: the lock of a run folder keeps all but one out of it. A run that
 * fails yields `failed`, and the others continue; one that has diverged would do so again, and is not trained by another
 * call.
 *
 * The stream fails with an InputError if a folder holds a run of another recipe.
 */
export function runSweep<Job extends SweepJob>(options: SweepOptions<Job>): StoppableStream<SweepEvent<Job>> {
  const running = new Set<StoppableStream<SweepEvent<Job>>>()
  let stopped = false
  const stop = (): void => {
    stopped = true
    for (const run of running) run.stop()
  }
  return { events: sweepEvents(options, running, () => stopped), stop }
}

async function* sweepEvents<Job extends SweepJob>(
  options: SweepOptions<Job>,
  running: Set<StoppableStream<SweepEvent<Job>>>,
  stopped: () => boolean,
): AsyncGenerator<SweepEvent<Job>, void> {
  const { jobs, atATime } = options
  yield { type: 'plan', jobs }
  const count = { finished: 0, failed: 0 }
  const left: Job[] = []
  for (const job of jobs) {
    const ended = await endedBefore(job, options)
    if (ended === null) left.push(job)
    else {
      count[ended.type]++
      yield ended
    }
  }
  const open = (job: Job): StoppableStream<SweepEvent<Job>> => {
    const run = openRun(job, options)
    const stream = { events: untilEnd(run.events, () => running.delete(stream)), stop: run.stop }
    running.add(stream)
    return stream
  }
  const elsewhere = new Map<number, Extract<SweepEvent<Job>, { type: 'elsewhere' }>>()
  for await (const event of mergeStreams(left, atATime, open, stopped)) {
    if (event.type === 'elsewhere') elsewhere.set(event.job, event)
    else {
      if (event.type === 'finished' || event.type === 'failed') count[event.type]++
      yield event
    }
  }
  // Meanwhile the others may have ended theirs.
  for (const job of left.filter(({ index }) => elsewhere.has(index))) {
    const ended = await endedBefore(job, options)
    if (ended === null) yield elsewhere.get(job.index)!
    else {
      count[ended.type]++
      elsewhere.delete(job.index)
      yield ended
    }
  }
  // Asked to stop when everything was done already, it has ended all the same.
  if (count.finished + count.failed + elsewhere.size < jobs.length)
    yield { type: 'stopped', finished: count.finished, total: jobs.length }
  else yield { type: 'end', ...count, elsewhere: elsewhere.size }
}

async function* untilEnd<Event>(events: AsyncIterable<Event>, end: () => void): AsyncGenerator<Event, void> {
  try {
    yield* events
  } finally {
    end()
  }
}

function openRun<Job extends SweepJob>(
  job: Job,
  options: SweepOptions<Job>,
): StoppableStream<SweepEvent<Job>> {
  const { training: settings, takeOver } = options
  let training: StoppableStream<RunTrainingEvent> | null = null
  let asked = false
  const { index, folder, recipe } = job
  const lock = join(folder, runFiles.lock)
  async function* events(): AsyncGenerator<SweepEvent<Job>, void> {
    // Since the plan was read, another process may have come to this run.
    const ended = await endedBefore(job, options)
    if (ended !== null) {
      yield ended
      return
    }
    if (takeOver) await dropForeignLock(lock)
    if (asked) return
    let begun = false
    try {
      training = trainInWorker({ ...settings, folder, recipe, resume: true })
      for await (const event of training.events) {
        if (event.type === 'step') begun = true
        yield { type: 'run', job: index, event }
        if (event.type === 'report')
          yield { type: 'finished', job: index, report: event.report, before: false }
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const state = begun ? null : await readLock(lock)
      if (state?.kind === 'held') yield { type: 'elsewhere', job: index, holder: state.holder }
      else yield { type: 'failed', job: index, error, begun, before: false }
    }
  }
  const stop = (): void => {
    asked = true
    training?.stop()
  }
  return { events: events(), stop }
}

/** How a run has ended. */
type Ended = Extract<SweepEvent, { type: 'finished' | 'failed' }>

/**
 * How a run ended in an earlier call or another process; null where it is still to be trained.
 *
 * @throws InputError where the folder holds a run of another recipe: their figures could not be compared
 */
async function endedBefore(
  { index, folder, recipe }: SweepJob,
  { retryDiverged = false }: Pick<SweepOptions<SweepJob>, 'retryDiverged'>,
): Promise<Ended | null> {
  const begun = await stat(join(folder, runFiles.recipe)).then(
    () => true,
    () => false,
  )
  if (!begun) return null
  const run = await openRunFolder(folder)
  const wanted = await completeRecipe(recipe, dataReaderOf(await run.begunIn()))
  assertSameRecipe(run.recipe, wanted, folder, ['name', 'description'])
  // A damaged report is made anew by the run itself.
  const report = await run.readJson('report').catch((error: unknown) => {
    if (error instanceof InputError) return null
    throw error
  })
  if (isReport(report)) return { type: 'finished', job: index, report, before: true }
  const error = retryDiverged ? null : await run.divergence()
  return error && { type: 'failed', job: index, error, begun: true, before: true }
}
