/** What can happen to the run of the page Train, and what follows. The page gives it fields that are watched. */
import {
  type BestFigure,
  decodeTrainingState,
  encodeModelFile,
  overrideRecipe,
  type Recipe,
} from '@tiny-recursive-models/trm'
import type { BrowserTrainingEvent } from '@tiny-recursive-models/trm/browser'
import { doneEvent } from '@tiny-recursive-models/trm/train'
import { RunSeries } from '../charts/series.ts'
import { type Device, DeviceWorker } from './device-worker.ts'
import type { ExamplePuzzle } from './example.ts'
import {
  afterEvent,
  empty,
  isResting,
  isRunning,
  type Phase,
  type Puzzles,
  requestOf,
  resting,
  type Status,
  stopWith,
  type Test,
} from './phase.ts'
import { RunKeeper, type RunStorage } from './run-keeper.ts'
import { readStateFile, stateFileName } from './state-file.ts'
import { type ModelFile, makeStoredRun, unpackSeries } from './stored-run.ts'
import type { OpenWorker, Timing } from './timing.ts'

/** The state of a run as a file, checkpoints/step-000100.safetensors. */
export interface StateFile {
  readonly step: number
  readonly bytes: Uint8Array
}

export interface NamedModel extends ModelFile {
  /** As the file is called in a run folder. */
  readonly name: string
}

/** How long the recipe trains here; null where that cannot be told. Never fails. */
export type MeasureTime = (recipe: Recipe, device: Device) => Promise<Timing | null>

/** Follows the weights of a run; what it needs of a run it is told. */
export interface RunWatcher {
  /** The first puzzles of the validation. */
  examples(puzzles: readonly ExamplePuzzle[]): void
  /** The weights after a step of training, as a model file. */
  weights(step: number, model: Uint8Array): void
  /** There is another run, or none. */
  clear(): void
}

/** At most so many of the puzzles that are kept for the test. */
const testPuzzles = 1_000

export abstract class TrainingMachine {
  abstract phase: Phase
  /** Null where there is no run. */
  abstract recipe: Recipe | null
  abstract device: Device
  /** What it runs on, for people; null before it has run. */
  abstract executor: string | null
  abstract state: StateFile | null
  abstract best: ModelFile | null
  abstract final: ModelFile | null
  /** When a run was stored that has been brought back; null for one of this visit. */
  abstract keptSince: Date | null
  /** The file that the run was opened from, and the best figure that it tells. */
  abstract opened: { readonly name: string; readonly best: BestFigure | null } | null
  /** Whether the browser keeps the run; null before it was tried. */
  abstract isKept: boolean | null
  /** Whether another tab keeps its run, so that this one cannot. */
  abstract isTaken: boolean
  /** Time of the last evaluation. */
  abstract msPerEvaluation: number | null
  /** How fast it trains, measured before its first step. */
  abstract timing: Timing | null

  protected steps = new RunSeries()
  readonly #worker: DeviceWorker
  readonly #keeper: RunKeeper
  readonly #measureTime: MeasureTime | null
  readonly #watcher: RunWatcher | null
  #examples: readonly ExamplePuzzle[] = []
  #lastEventAt = 0
  #restoring: Promise<void> | null = null

  /** @param measureTime asked before every run, also for the number of threads; null: one thread */
  constructor(
    start: OpenWorker,
    storage: RunStorage,
    measureTime: MeasureTime | null = null,
    watcher: RunWatcher | null = null,
  ) {
    this.#watcher = watcher
    this.#worker = new DeviceWorker(start)
    this.#keeper = new RunKeeper(storage)
    this.#measureTime = measureTime
  }

  /** Called whenever `steps` has changed; `atOnce` where no more is to come that would be drawn with it. */
  protected abstract draw(atOnce: boolean): void

  get status(): Status {
    return this.phase.status
  }

  get test(): Test | null {
    return isResting(this.phase) ? this.phase.test : null
  }

  get problem(): unknown {
    return isResting(this.phase) ? this.phase.problem : null
  }

  /** How many puzzles are made, while they are; null at all other times. */
  get puzzles(): Puzzles | null {
    const puzzles = isRunning(this.phase) ? this.phase.puzzles : undefined
    return puzzles && puzzles.done < puzzles.of ? puzzles : null
  }

  get isRunning(): boolean {
    return isRunning(this.phase)
  }

  /** Whether closing the page would lose steps. */
  get isUnsaved(): boolean {
    return this.isRunning && this.steps.step > this.#keeper.step
  }

  async start(recipe: Recipe, device: Device): Promise<void> {
    this.#clear()
    this.recipe = recipe
    this.device = device
    await this.#run(recipe, null)
  }

  /** Saves and ends after the step at hand. */
  pause(): void {
    if (!isRunning(this.phase)) return
    this.phase = { ...this.phase, status: 'pausing' }
    this.phase.request.abort()
  }

  /**
   * Goes on exactly as if it had not been paused.
   *
   * @param steps in all; by default those of the recipe
   */
  async resume(steps?: number): Promise<void> {
    if (this.isRunning || !this.recipe) return
    if (steps !== undefined) this.recipe = overrideRecipe(this.recipe, [`training.steps=${steps}`])
    await this.#run(this.recipe, this.state?.bytes ?? null)
  }

  /** Forgets the run, and what the browser keeps of it. */
  async discard(): Promise<void> {
    this.#clear()
    await this.#keeper.remove()
  }

  /** Takes the file of a checkpoint as the run. Throws where it is not one. */
  open(bytes: Uint8Array, name: string, device: Device): void {
    const state = readStateFile(bytes, name)
    this.#clear()
    this.recipe = state.recipe
    this.device = device
    this.state = { step: state.step, bytes }
    this.opened = { name, best: state.best }
    this.phase = resting(doneEvent(state.recipe, state) ? 'done' : 'paused')
    this.#tellWeights(state.step, bytes)
    this.#store()
  }

  /** Brings back what the browser has kept, once. */
  restore(): Promise<void> {
    this.#restoring ??= this.#restore()
    return this.#restoring
  }

  async #restore(): Promise<void> {
    this.isTaken = await this.#keeper.isTaken()
    const run = await this.#keeper.load()
    if (!run || this.status !== 'empty') return
    this.#keeper.takeOver(run)
    this.steps = unpackSeries(run.series)
    this.recipe = run.recipe
    this.device = run.device
    this.state = { step: run.step, bytes: run.state }
    this.best = run.best
    this.final = run.final
    this.keptSince = new Date(run.savedAt)
    this.isKept = true
    this.#takeExamples(run.examples)
    for (const model of [run.best, run.final])
      if (model && model.step !== run.step) this.#watcher?.weights(model.step, model.bytes)
    this.#tellWeights(run.step, run.state)
    this.phase = resting(run.final ? 'done' : 'paused')
    this.draw(true)
  }

  /** The model to think with: the best one, or else what the latest state has learned. Null before the first state. */
  get model(): NamedModel | null {
    if (this.best) return { ...this.best, name: 'best.safetensors' }
    if (this.final) return { ...this.final, name: 'final.safetensors' }
    if (!this.state) return null
    const { step, bytes } = this.state
    const name = `model-${stateFileName(step)}`
    return { step, exactAccuracy: null, name, bytes: encodeModelFile(decodeTrainingState(bytes, name)) }
  }

  /** Measures the best model on puzzles that it has not seen. */
  async measure(): Promise<void> {
    const { phase, recipe, model } = this
    if (!isResting(phase) || phase.test?.state === 'running' || !recipe || !model) return
    const request = new AbortController()
    const show = (test: Test | null): void => {
      this.phase = { ...phase, test }
    }
    show({ state: 'running', done: 0, total: testPuzzles, request })
    try {
      const client = await this.#worker.open(this.device, null)
      const facts = await client.open(model.bytes, model.name)
      const options = { data: recipe.data, part: 'test', limit: testPuzzles, halting: 'full' } as const
      const stream = client.evaluate({ model: facts, ...options })
      stopWith(request, stream.stop)
      for await (const event of stream.events) {
        if (!this.#holds(request)) break
        if (event.type === 'done') show({ state: 'done', report: event.report, step: model.step })
        else show({ state: 'running', done: event.done, total: event.total, request })
      }
      await client.close(facts)
    } catch (error) {
      if (!this.#holds(request)) return
      this.phase = resting(phase.status, error)
      this.#worker.end()
    }
  }

  /** Writes the latest state into the browser's storage. */
  keep(): void {
    if (this.state && this.state.step > this.#keeper.step) this.#store()
  }

  #holds(request: AbortController): boolean {
    return requestOf(this.phase) === request
  }

  /** No run: what computes for one is ended. */
  #clear(): void {
    if (this.isRunning) this.#worker.end()
    this.#examples = []
    this.#watcher?.clear()
    requestOf(this.phase)?.abort()
    this.#keeper.letGo()
    this.phase = empty
    this.recipe = null
    this.executor = null
    this.state = null
    this.best = null
    this.final = null
    this.keptSince = null
    this.opened = null
    this.isKept = null
    this.msPerEvaluation = null
    this.timing = null
    this.steps = new RunSeries()
    this.draw(true)
  }

  async #run(recipe: Recipe, resume: Uint8Array | null): Promise<void> {
    requestOf(this.phase)?.abort()
    const request = new AbortController()
    this.phase = { status: 'starting', request }
    // A run that is trained on beyond its end has not ended any more.
    this.final = null
    this.executor = null
    let isDone = false
    try {
      if (this.#measureTime) {
        this.timing = await unlessAborted(this.#measureTime(recipe, this.device), request.signal)
        if (!this.#holds(request)) return
      }
      const client = await this.#worker.open(this.device, this.timing?.threads ?? null)
      if (!this.#holds(request)) return
      this.executor = client.runtime.executor
      const stream = client.train(recipe, resume)
      stopWith(request, stream.stop)
      for await (const event of stream.events) {
        if (!this.#holds(request)) return
        this.#take(event)
        isDone = event.type === 'done'
      }
    } catch (error) {
      if (!this.#holds(request)) return
      this.phase = resting('failed', error)
      // After a crash a worker computes no more; the next try has a new one.
      this.#worker.end()
    }
    if (isDone) await this.measure()
  }

  #take(event: BrowserTrainingEvent): void {
    if (event.type === 'puzzles') {
      if (isRunning(this.phase)) this.phase = { ...this.phase, puzzles: { done: event.done, of: event.of } }
      return
    }
    if (event.type === 'examples') {
      this.#takeExamples(event.puzzles)
      return
    }
    const now = performance.now()
    if (event.type === 'checkpoint') this.#takeCheckpoint(event)
    if (event.type === 'evaluation') this.msPerEvaluation = now - this.#lastEventAt
    if (isRunning(this.phase)) this.phase = afterEvent(this.phase, event.type)
    this.#lastEventAt = now
    this.steps.add(event.type === 'checkpoint' ? null : event)
    if (event.type === 'done') this.keep()
    // An end is shown with the figures that it ends on.
    this.draw(!isRunning(this.phase))
  }

  #takeCheckpoint(event: Extract<BrowserTrainingEvent, { type: 'checkpoint' }>): void {
    const { step, reason, state, model } = event
    const exactAccuracy = this.steps.evaluations.find((one) => one.step === step)?.exactAccuracy ?? null
    if (model && reason === 'best') this.best = { step, exactAccuracy, bytes: model }
    if (model && reason === 'end') this.final = { step, exactAccuracy, bytes: model }
    if (state) this.state = { step, bytes: state }
    if (model) this.#watcher?.weights(step, model)
    else if (state) this.#tellWeights(step, state)
    if (reason === 'stop' || (reason === 'interval' && this.#keeper.isDue)) this.#store()
  }

  #takeExamples(puzzles: readonly ExamplePuzzle[]): void {
    this.#examples = puzzles
    this.#watcher?.examples(puzzles)
  }

  /** @param state the file of a checkpoint, of which only the averaged weights are told */
  #tellWeights(step: number, state: Uint8Array): void {
    if (!this.#watcher) return
    this.#watcher.weights(step, encodeModelFile(decodeTrainingState(state, stateFileName(step))))
  }

  #store(): void {
    const { recipe, state, device, best, final, steps } = this
    const examples = this.#examples
    if (!recipe || !state) return
    const { step, bytes } = state
    const run = {
      savedAt: Date.now(),
      recipe,
      device,
      step,
      state: bytes,
      best,
      final,
      examples,
      series: steps,
    }
    void this.#keeper.store(makeStoredRun(run)).then((isKept) => {
      if (isKept !== null) this.isKept = isKept
    })
  }
}

/** Null as soon as nobody waits for it. */
const unlessAborted = <Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value | null> =>
  Promise.race([
    value,
    new Promise<null>((resolve) => {
      if (signal.aborted) resolve(null)
      else signal.addEventListener('abort', () => resolve(null), { once: true })
    }),
  ])
