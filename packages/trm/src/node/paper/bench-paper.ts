/** Trains the models of the paper side by side: the same data, the same training settings, several seeds. */
import type { Device } from '@tiny-recursive-models/tensor'
import type { ExecutorChoice } from '@tiny-recursive-models/tensor/node'
import type { StoppableStream } from '../sweep/merge.ts'
import { runSweep, type SweepEnd, type SweepEvent } from '../sweep/run-sweep.ts'
import type { TrackerChoice } from '../track/tracker.ts'
import { type PaperJob, type PaperPlan, planPaperJobs } from './plan.ts'
import { type FinishedJob, type PaperResults, paperResults } from './results.ts'

/** How `benchPaper` trains: several runs at a time, on which device. */
export interface PaperBenchOptions extends PaperPlan {
  /** Runs at a time, each in a thread of its own. */
  readonly jobs: number
  /** Threads of each run; more runs at a time use the cores better than more threads. */
  readonly threads: number
  readonly executor?: ExecutorChoice
  /** As in `runTraining`. */
  readonly measure?: boolean
  readonly device?: Device
  /** As in `runSweep`. */
  readonly retryDiverged?: boolean
  /** Where every run is followed too. */
  readonly track?: readonly TrackerChoice[]
  /** The command as it was typed, for the results. */
  readonly command?: string
}

/** What the comparison tells; `job` is a place in the plan. */
export type PaperEvent =
  | Exclude<SweepEvent<PaperJob>, SweepEnd>
  /** The last event of a comparison that was not stopped. */
  | { readonly type: 'results'; readonly results: PaperResults }

/**
 * Trains every model of the plan with every seed, each in its own run folder, and ends with the results: a sweep (see
 * `runSweep`) whose plan is the paper's tables.
 *
 * A run that fails during training, for example by diverging, yields `failed`, and the others continue; what fails
 * before its first step would fail in all of them, and is thrown.
 *
 * @throws InputError if two bases have the same name; the stream, if a folder holds a run of another recipe
 */
export function benchPaper(options: PaperBenchOptions): StoppableStream<PaperEvent> {
  const { threads, executor, measure, device, track, command, retryDiverged } = options
  const sweep = runSweep({
    jobs: planPaperJobs(options),
    atATime: options.jobs,
    ...(retryDiverged && { retryDiverged }),
    training: {
      threads,
      ...(executor && { executor }),
      ...(measure && { measure }),
      ...(device && { device }),
      ...(track && { track }),
      ...(command && { command }),
    },
  })
  return { events: withResults(sweep.events, options), stop: sweep.stop }
}

async function* withResults(
  events: AsyncIterable<SweepEvent<PaperJob>>,
  { command, threads, jobs: atATime }: PaperBenchOptions,
): AsyncGenerator<PaperEvent, void> {
  let jobs: ReadonlyMap<number, PaperJob> = new Map()
  const finished: FinishedJob[] = []
  for await (const event of events) {
    if (event.type === 'end') {
      const results = paperResults(finished, { command: command ?? null, threads, jobs: atATime })
      yield { type: 'results', results }
      return
    }
    if (event.type === 'plan') jobs = new Map(event.jobs.map((job) => [job.index, job]))
    if (event.type === 'finished') finished.push({ job: jobs.get(event.job)!, report: event.report })
    if (event.type === 'failed' && !event.begun) throw event.error
    yield event
  }
}
