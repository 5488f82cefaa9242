/** Tells the events of a run to trackers, which can neither stop the run nor hold it up. */
import { basename, resolve } from 'node:path'
import type { RecordedEvent } from '../run-events.ts'
import type { RunTrainingEvent } from '../run-training.ts'
import { figuresOf } from './figures.ts'
import { openMlflow } from './mlflow.ts'
import { openTensorboard } from './tensorboard.ts'
import {
  type TrackedEnd,
  type TrackedFigures,
  type TrackedRun,
  type Tracker,
  type TrackerChoice,
  trackerName,
} from './tracker.ts'
import { openWandb } from './wandb.ts'

const open: Readonly<Record<TrackerChoice['kind'], (choice: TrackerChoice) => Tracker>> = {
  tensorboard: openTensorboard,
  mlflow: (choice) => openMlflow(choice.kind === 'mlflow' ? choice.url : ''),
  wandb: openWandb,
}

/** Figures are told together after so long, so that a fast run is not many requests. */
const gatherMs = 1_000
/** After a failure it is tried again, each time after twice as long. */
const [firstRetryMs, lastRetryMs] = [1_000, 60_000]
/** At the end of a run it may take so long until everything is told. */
const lastWordsMs = 30_000
/** What a tracker that fails is still told when it comes back. */
const maxWaiting = 100_000

/** One tracker of one run: what it has still to be told, and what went wrong. */
class Telling {
  readonly name: string
  /** The first failure since it last worked; null while it works. */
  problem: string | null = null
  readonly #tracker: Tracker
  readonly #run: TrackedRun
  #waiting: TrackedFigures[] = []
  #underWay = 0
  #lost = 0
  #begun = false
  #end: TrackedEnd | null = null
  #wake: () => void = () => undefined
  readonly #done: Promise<void>
  #last: Promise<string | null> | null = null

  constructor(choice: TrackerChoice, run: TrackedRun) {
    this.name = trackerName(choice)
    this.#tracker = openTracker(choice)
    this.#run = run
    this.#done = this.#work()
  }

  push(figures: TrackedFigures): void {
    this.#waiting.push(figures)
    if (this.#waiting.length <= maxWaiting) return
    this.#waiting.shift()
    this.#lost++
  }

  /** Tells the rest, once. The answer says what could not be told; null where all is. */
  finish(end: TrackedEnd): Promise<string | null> {
    this.#last ??= this.#finish(end)
    return this.#last
  }

  async #finish(end: TrackedEnd): Promise<string | null> {
    this.#end = end
    this.#wake()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.problem ??= `no answer for ${lastWordsMs / 1000} s`
        resolve()
      }, lastWordsMs)
    })
    await Promise.race([this.#done, late])
    clearTimeout(timer)
    const missing = this.#lost + this.#waiting.length + this.#underWay
    if (this.problem === null && missing === 0) return null
    const what = missing === 0 ? 'has not been told the end of the run' : `lacks ${missing} of the figures`
    return `${this.name} ${what}: ${this.problem ?? 'it failed for too long.'}`
  }

  async #work(): Promise<void> {
    let retryMs = firstRetryMs
    for (;;) {
      // Read before: what comes while the tracker is told belongs to the next turn.
      const end = this.#end
      try {
        await this.#tell(end)
        this.problem = null
        retryMs = firstRetryMs
        if (end !== null) break
      } catch (error) {
        this.problem ??= error instanceof Error ? error.message : String(error)
        // Whoever failed until the end has had its chances.
        if (end !== null) break
      }
      await this.#pause(this.problem === null ? gatherMs : retryMs)
      if (this.problem !== null) retryMs = Math.min(lastRetryMs, 2 * retryMs)
    }
    await this.#tracker.close().catch(() => undefined)
  }

  async #tell(end: TrackedEnd | null): Promise<void> {
    if (!this.#begun) await this.#tracker.begin(this.#run)
    this.#begun = true
    const figures = this.#waiting
    if (figures.length > 0) {
      this.#waiting = []
      this.#underWay = figures.length
      try {
        await this.#tracker.record(figures)
      } catch (error) {
        this.#waiting = [...figures, ...this.#waiting]
        throw error
      } finally {
        this.#underWay = 0
      }
    }
    if (end !== null) await this.#tracker.end(end)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#end !== null) {
        resolve()
        return
      }
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/**
 * The same events, told to trackers on the way. What a tracker fails with becomes a `tracker` event, once when it
 * happens and once at the end if something was not told.
 */
export async function* trackRun(
  events: AsyncIterable<RunTrainingEvent>,
  choices: readonly TrackerChoice[],
): AsyncGenerator<RunTrainingEvent, void> {
  let tellings: readonly Telling[] = []
  let failure: { readonly error: unknown } | null = null
  const finish = () => Promise.all(tellings.map((telling) => telling.finish(end)))
  const warned = new Set<Telling>()
  let end: TrackedEnd = 'failed'
  try {
    try {
      for await (const event of events) {
        if (event.type === 'folder') tellings = choices.map((choice) => new Telling(choice, runOf(event)))
        if (event.type === 'report') end = 'done'
        if (event.type === 'stopped') end = 'stopped'
        const values = figuresOf(event as RecordedEvent)
        if (values !== null && 'step' in event)
          for (const telling of tellings) telling.push({ step: event.step, timeMs: Date.now(), values })
        yield event
        for (const telling of tellings) {
          if (telling.problem === null || warned.has(telling)) continue
          warned.add(telling)
          yield { type: 'tracker', tracker: telling.name, problem: `${telling.problem} The run goes on.` }
        }
      }
    } catch (error) {
      failure = { error }
    }
    for (const [place, problem] of (await finish()).entries())
      if (problem !== null) yield { type: 'tracker', tracker: tellings[place]!.name, problem }
    if (failure !== null) throw failure.error
  } finally {
    await finish()
  }
}

const runOf = ({ path, recipe, resumedFrom }: Extract<RunTrainingEvent, { type: 'folder' }>): TrackedRun => ({
  name: basename(resolve(path)),
  folder: path,
  recipe,
  resumedFrom,
  startedMs: Date.now(),
})

/** The tracker of that kind. */
export const openTracker = (choice: TrackerChoice): Tracker => open[choice.kind](choice)
