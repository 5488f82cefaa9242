/** Shows a sweep, or the comparison with the paper, while it goes on. */

import { duration, grouped, percent, plural, significant, timeLeft } from '@tiny-recursive-models/trm/format'
import type { RunTrainingEvent, SweepEvent, SweepJob } from '@tiny-recursive-models/trm/node'
import { noAnswers } from './accuracies.ts'
import { Bars } from './bars.ts'
import { describeChoice } from './executor-choice.ts'
import { StepWindow } from './step-window.ts'

interface Running {
  readonly window: StepWindow
  /** Share of the run that was done when it was taken up. */
  readonly from: number
  share: number
}

/** The bar that is about all of them. */
const overall = 'all'

/** What is shown: also the last event of the comparison with the paper, with which bars end. */
type ShownEvent<Job extends SweepJob> = SweepEvent<Job> | { readonly type: 'results' }

export class SweepDisplay<Job extends SweepJob> {
  readonly #nameOf: (job: Job, all: readonly Job[]) => string
  readonly #bars = new Bars()
  readonly #running = new Map<number, Running>()
  readonly #startedMs = performance.now()
  #jobs: ReadonlyMap<number, Job> = new Map()
  #finished = 0
  /** Runs' worth of training done in this call. */
  #done = 0

  /** @param nameOf what a run is called, beside all of them */
  constructor(nameOf: (job: Job, all: readonly Job[]) => string) {
    this.#nameOf = nameOf
  }

  show(event: ShownEvent<Job>): void {
    switch (event.type) {
      case 'plan':
        this.#jobs = new Map(event.jobs.map((job) => [job.index, job]))
        this.#bars.note(
          `${plural(event.jobs.length, 'run')}; Ctrl-C saves, run the same command again to resume`,
        )
        return
      case 'run':
        this.#showRun(this.#jobs.get(event.job)!, event.event)
        return
      case 'finished': {
        this.#finished++
        if (event.before) return
        this.#end(event.job)
        const { test, trainingSeconds } = event.report
        this.#bars.note(
          `${this.#name(event.job)}: ${test === null ? 'no test puzzles' : test.full.exactAccuracy === null ? noAnswers : `${percent(test.full.exactAccuracy)} of ${plural(test.full.puzzles, 'test puzzle')} exact`}, trained ${duration(1000 * trainingSeconds)}`,
        )
        return
      }
      case 'failed':
        this.#end(event.job)
        this.#bars.note(
          `${this.#name(event.job)} ${event.before ? 'has diverged before' : 'failed'}: ${event.error.message}`,
        )
        return
      case 'elsewhere':
        this.#bars.note(`${this.#name(event.job)}: in the hands of ${event.holder}`)
        return
      case 'stopped':
      case 'end':
      case 'results':
        this.#bars.stop()
    }
  }

  close(): void {
    this.#bars.stop()
  }

  #name(index: number): string {
    return this.#nameOf(this.#jobs.get(index)!, [...this.#jobs.values()])
  }

  #showRun({ index, recipe }: SweepJob, event: RunTrainingEvent): void {
    const name = this.#name(index)
    if (event.type === 'folder') {
      for (const warning of event.warnings) this.#bars.note(`${name}: warning: ${warning}`)
    } else if (event.type === 'measuring') {
      this.#bars.update(name, 0, `${name}: measuring which executor is faster …`)
    } else if (event.type === 'chosen') {
      this.#bars.note(`${name}: ${describeChoice(event)}`)
    } else if (event.type === 'tracker') {
      this.#bars.note(`${name}: warning: ${event.problem}`)
    } else if (event.type === 'start') {
      const from = event.step / event.totalSteps
      this.#running.set(index, { window: new StepWindow(), from, share: from })
      this.#bars.update(name, from, `${name}: the first step …`)
    } else if (event.type === 'step') {
      const running = this.#running.get(index)
      if (!running) return
      running.window.push(event)
      const { stopAfterSeconds } = recipe.training
      const ofTime = stopAfterSeconds === null ? 0 : event.elapsedMs / (1000 * stopAfterSeconds)
      running.share = Math.min(1, Math.max(event.step / event.totalSteps, ofTime))
      this.#bars.update(name, running.share, `${name}: ${stepText(event, running)}`)
      this.#showAll()
    } else if (event.type === 'testing') {
      this.#bars.update(name, event.done / event.total, `${name}: testing`)
    }
  }

  #showAll(): void {
    const shares = [...this.#running.values()].map(({ share }) => share)
    const whole = this.#finished + shares.reduce((sum, share) => sum + share, 0)
    const done = this.#done + [...this.#running.values()].reduce((sum, run) => sum + run.share - run.from, 0)
    const total = this.#jobs.size
    const left = ((performance.now() - this.#startedMs) * (total - whole)) / done
    const text = [
      `${grouped(this.#finished)} of ${plural(total, 'run')} finished`,
      // Earlier, the start of the threads would count as training.
      ...(done >= 0.2 ? [`about ${timeLeft(left)} left`] : []),
    ]
    this.#bars.update(overall, whole / total, text.join(' · '))
  }

  #end(index: number): void {
    const running = this.#running.get(index)
    if (running) this.#done += 1 - running.from
    this.#running.delete(index)
    this.#bars.remove(this.#name(index))
  }
}

function stepText(
  event: Extract<RunTrainingEvent, { type: 'step' }>,
  { window, share, from }: Running,
): string {
  const { stepMs } = window
  const left = share > from && stepMs !== null ? (event.elapsedMs * (1 - share)) / share : null
  return [
    `step ${grouped(event.step)} of ${grouped(event.totalSteps)}`,
    ...(stepMs === null ? [] : [`${significant(1000 / stepMs)} steps/s`]),
    `loss ${significant(event.loss)}`,
    ...(left === null ? [] : [`${timeLeft(left)} left`]),
  ].join(' · ')
}
