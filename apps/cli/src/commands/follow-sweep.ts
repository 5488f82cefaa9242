import type { InputError } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import type { StoppableStream, SweepEvent, SweepJob } from '@tiny-recursive-models/trm/node'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { isOutputClosed, onOutputClosed, print, printJsonLine } from '../output/streams.ts'
import { SweepDisplay } from '../output/sweep-display.ts'

/** A run that failed, and why. */
export interface FailedRun<Job extends SweepJob> {
  readonly job: Job
  readonly error: InputError
  /** In an earlier call. */
  readonly before: boolean
}

/**
 * Shows a sweep, or prints its events, to its end; Ctrl-C stops and saves. A failed or interrupted one sets the exit
 * code.
 *
 * @param nameOf what a run is called, beside all of them
 * @returns the last event, undefined where it was interrupted; and the runs that failed
 */
export async function followSweep<Job extends SweepJob, Last extends { readonly type: 'results' } = never>(
  sweep: StoppableStream<SweepEvent<Job> | Last>,
  nameOf: (job: Job, all: readonly Job[]) => string,
  asJson: boolean,
): Promise<{ last: Extract<SweepEvent, { type: 'end' }> | Last | undefined; failures: FailedRun<Job>[] }> {
  const display = asJson ? null : new SweepDisplay(nameOf)
  const releaseKeys = onInterrupt(() => {
    sweep.stop()
    display?.close()
    if (!asJson)
      process.stderr.write('Stopping after these steps and saving. Press Ctrl-C again to quit now.\n')
  })
  const releaseOutput = onOutputClosed(() => sweep.stop())
  let jobs: readonly Job[] = []
  const failures: FailedRun<Job>[] = []
  let last: Awaited<ReturnType<typeof followSweep<Job, Last>>>['last']
  try {
    for await (const event of sweep.events) {
      if (asJson) printJsonLine(event)
      else display?.show(event)
      if (event.type === 'plan') jobs = event.jobs
      if (event.type === 'failed') {
        const job = jobs.find(({ index }) => index === event.job)!
        failures.push({ job, error: event.error, before: event.before })
      }
      if (event.type === 'end' || event.type === 'results') last = event
      if (event.type === 'stopped' && !asJson)
        print(
          `stopped and saved, ${event.finished} of ${plural(event.total, 'run')} finished; run the same command again to resume`,
        )
    }
  } finally {
    display?.close()
    releaseKeys()
    releaseOutput()
  }
  if (failures.length > 0) process.exitCode = 1
  if (last === undefined && !isOutputClosed()) process.exitCode = interruptedExitCode
  return { last, failures }
}
