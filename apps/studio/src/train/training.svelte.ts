/** The run of the page Train. It goes on while other pages are shown. */
import {
  type BestFigure,
  decodeTrainingState,
  type EvaluationReport,
  encodeModelFile,
  overrideRecipe,
  type Recipe,
} from '@tiny-recursive-models/trm'
import type { BrowserTrainingEvent, ModelClient } from '@tiny-recursive-models/trm/browser'
import { doneEvent } from '@tiny-recursive-models/trm/train'
import { RunSeries } from '../charts/series.ts'
import { openClient } from '../lib/models.ts'
import { claimStorage, loadRun, removeRun, saveRun } from './run-storage.ts'
import { readStateFile, stateFileName } from './state-file.ts'
import { type ModelFile, makeStoredRun, unpackSeries } from './stored-run.ts'

export type Status = 'empty' | 'starting' | 'training' | 'pausing' | 'paused' | 'done' | 'failed'
export type Device = 'wasm' | 'webgpu'

/** The state of a run as a file, checkpoints/step-000100.safetensors. */
export interface StateFile {
  readonly step: number
  readonly bytes: Uint8Array
}

export interface NamedModel extends ModelFile {
  /** As the file is called in a run folder. */
  readonly name: string
}

export type Test =
  | { readonly state: 'running'; readonly done: number; readonly total: number }
  | { readonly state: 'done'; readonly report: EvaluationReport; readonly step: number }

/** Curves are drawn anew at most so often. */
const drawMs = 120
/** The state is written into the browser's storage at most so often, but for the last one. */
const storeMs = 10_000
/** At most so many of the puzzles that are kept for the test. */
const testPuzzles = 1_000

class Training {
  status = $state<Status>('empty')
  /** Null where there is no run. */
  recipe = $state.raw<Recipe | null>(null)
  device = $state<Device>('wasm')
  /** What it runs on, for people; null before it has run. */
  executor = $state<string | null>(null)
  state = $state.raw<StateFile | null>(null)
  best = $state.raw<ModelFile | null>(null)
  final = $state.raw<ModelFile | null>(null)
  test = $state.raw<Test | null>(null)
  problem = $state.raw<unknown>(null)
  /** When a run was stored that has been brought back; null for one of this visit. */
  keptSince = $state<Date | null>(null)
  /** The file that the run was opened from, and the best figure that it tells. */
  opened = $state.raw<{ readonly name: string; readonly best: BestFigure | null } | null>(null)
  /** Whether the browser keeps the run; null before it was tried. */
  isKept = $state<boolean | null>(null)
  /** Time of the last evaluation. */
  msPerEvaluation = $state<number | null>(null)
  #version = $state(0)

  #series = new RunSeries()
  #client: Promise<ModelClient> | null = null
  #clientDevice: Device | null = null
  #stopStream: (() => void) | null = null
  /** Rises whenever the run goes on or another one is taken: what came before is not heard any more. */
  #number = 0
  /** Rises when another run is taken. */
  #identity = 0
  #isDrawDue = false
  #storedAt = 0
  #storedStep = -1
  #lastEventAt = 0
  #claim: Promise<boolean> | null = null

  /** Followed by whatever reads it. */
  get series(): RunSeries {
    void this.#version
    return this.#series
  }

  get isRunning(): boolean {
    return this.status === 'starting' || this.status === 'training' || this.status === 'pausing'
  }

  /** Whether closing the page would lose steps. */
  get isUnsaved(): boolean {
    return this.isRunning && this.#series.step > this.#storedStep
  }

  async start(recipe: Recipe, device: Device): Promise<void> {
    this.#clear()
    this.recipe = recipe
    this.device = device
    await this.#run(null)
  }

  /** Saves and ends after the step at hand. */
  pause(): void {
    if (!this.isRunning) return
    this.status = 'pausing'
    this.#stopStream?.()
  }

  /**
   * Goes on exactly as if it had not been paused.
   *
   * @param steps in all; by default those of the recipe
   */
  async resume(steps?: number): Promise<void> {
    if (this.isRunning || !this.recipe) return
    if (steps !== undefined) this.recipe = overrideRecipe(this.recipe, [`training.steps=${steps}`])
    await this.#run(this.state?.bytes ?? null)
  }

  /** Forgets the run, and what the browser keeps of it. */
  async discard(): Promise<void> {
    if (this.isRunning) this.#endClient()
    this.#clear()
    if (await this.#mayStore()) await removeRun()
  }

  /** Takes the file of a checkpoint as the run. Throws where it is not one. */
  open(bytes: Uint8Array, name: string, device: Device): void {
    const state = readStateFile(bytes, name)
    if (this.isRunning) this.#endClient()
    this.#clear()
    this.recipe = state.recipe
    this.device = device
    this.state = { step: state.step, bytes }
    this.opened = { name, best: state.best }
    this.status = doneEvent(state.recipe, state) ? 'done' : 'paused'
    this.#store()
  }

  #restoring: Promise<void> | null = null

  /** Brings back what the browser has kept, once. */
  restore(): Promise<void> {
    this.#restoring ??= this.#restore()
    return this.#restoring
  }

  async #restore(): Promise<void> {
    if (!(await this.#mayStore())) return
    const run = await loadRun()
    if (!run || this.status !== 'empty') return
    this.#series = unpackSeries(run.series)
    this.recipe = run.recipe
    this.device = run.device
    this.state = { step: run.step, bytes: run.state }
    this.best = run.best
    this.final = run.final
    this.keptSince = new Date(run.savedAt)
    this.#storedStep = run.step
    this.isKept = true
    this.status = run.final ? 'done' : 'paused'
    this.#version += 1
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
    if (this.isRunning || !this.recipe || this.test?.state === 'running') return
    const { model } = this
    if (!model) return
    const number = this.#number
    this.test = { state: 'running', done: 0, total: testPuzzles }
    try {
      const client = await this.#openClient()
      const facts = await client.open(model.bytes, model.name)
      const options = { data: this.recipe.data, part: 'test', limit: testPuzzles, halting: 'full' } as const
      for await (const event of client.evaluate({ model: facts, ...options }).events) {
        if (number !== this.#number) return
        if (event.type === 'done') this.test = { state: 'done', report: event.report, step: model.step }
        else this.test = { state: 'running', done: event.done, total: event.total }
      }
      await client.close(facts)
    } catch (error) {
      if (number !== this.#number) return
      this.test = null
      this.problem = error
      this.#endClient()
    }
  }

  /** Writes the latest state into the browser's storage. */
  keep(): void {
    if (this.state && this.state.step > this.#storedStep) this.#store()
  }

  #clear(): void {
    this.#number += 1
    this.#identity += 1
    this.status = 'empty'
    this.recipe = null
    this.executor = null
    this.state = null
    this.best = null
    this.final = null
    this.test = null
    this.problem = null
    this.keptSince = null
    this.opened = null
    this.isKept = null
    this.msPerEvaluation = null
    this.#series = new RunSeries()
    this.#storedStep = -1
    this.#version += 1
  }

  async #run(resume: Uint8Array | null): Promise<void> {
    const number = ++this.#number
    this.problem = null
    this.test = null
    // A run that is trained on beyond its end has not ended any more.
    this.final = null
    this.status = 'starting'
    try {
      const client = await this.#openClient()
      if (number !== this.#number) return
      this.executor = client.runtime.executor
      const stream = client.train(this.recipe!, resume)
      this.#stopStream = stream.stop
      // Paused while it was starting.
      if (this.status !== 'starting') stream.stop()
      for await (const event of stream.events) {
        if (number !== this.#number) return
        this.#take(event)
      }
    } catch (error) {
      if (number !== this.#number) return
      this.problem = error
      this.status = 'failed'
      // After a crash a worker computes no more; the next try has a new one.
      this.#endClient()
    } finally {
      if (number === this.#number) this.#stopStream = null
    }
    if (number === this.#number) await this.#measureIfDone()
  }

  async #measureIfDone(): Promise<void> {
    if (this.status === 'done') await this.measure()
  }

  #take(event: BrowserTrainingEvent): void {
    const now = performance.now()
    switch (event.type) {
      case 'checkpoint':
        this.#takeCheckpoint(event)
        break
      case 'stopped':
        this.status = 'paused'
        break
      case 'done':
        this.status = 'done'
        break
      case 'evaluation':
        this.msPerEvaluation = now - this.#lastEventAt
        break
      default:
        if (this.status === 'starting') this.status = 'training'
    }
    this.#lastEventAt = now
    this.#series.add(event.type === 'checkpoint' ? null : event)
    if (event.type === 'done') this.keep()
    this.#draw()
  }

  #takeCheckpoint(event: Extract<BrowserTrainingEvent, { type: 'checkpoint' }>): void {
    const { step, reason, state, model } = event
    const exactAccuracy = this.#series.evaluations.find((one) => one.step === step)?.exactAccuracy ?? null
    if (model && reason === 'best') this.best = { step, exactAccuracy, bytes: model }
    if (model && reason === 'end') this.final = { step, exactAccuracy, bytes: model }
    if (state) this.state = { step, bytes: state }
    if (reason === 'stop' || (reason === 'interval' && performance.now() - this.#storedAt >= storeMs))
      this.#store()
  }

  #store(): void {
    const { recipe, state, device, best, final } = this
    if (!recipe || !state) return
    this.#storedAt = performance.now()
    const run = makeStoredRun({
      savedAt: Date.now(),
      recipe,
      device,
      step: state.step,
      state: state.bytes,
      best,
      final,
      series: this.#series,
    })
    const identity = this.#identity
    void (async () => {
      const isKept = (await this.#mayStore()) && (await saveRun(run))
      if (identity !== this.#identity) {
        // Discarded while it was written.
        if (this.recipe === null && isKept) await removeRun()
        return
      }
      this.isKept = isKept
      if (isKept) this.#storedStep = run.step
    })()
  }

  #mayStore(): Promise<boolean> {
    this.#claim ??= claimStorage()
    return this.#claim
  }

  /** A worker has one device for its whole life. */
  #openClient(): Promise<ModelClient> {
    const { device } = this
    if (this.#client && this.#clientDevice === device) return this.#client
    this.#endClient()
    this.#clientDevice = device
    this.#client = openClient({ device })
    return this.#client
  }

  #endClient(): void {
    this.#stopStream = null
    this.#client?.then(
      (client) => client.terminate(),
      () => undefined,
    )
    this.#client = null
  }

  /** With the next frame, and not too often: steps may come faster than a screen. */
  #draw(): void {
    if (this.#isDrawDue) return
    this.#isDrawDue = true
    setTimeout(() => {
      requestAnimationFrame(() => {
        this.#isDrawDue = false
        this.#version += 1
      })
    }, drawMs)
  }
}

export const training = new Training()

addEventListener('beforeunload', (event) => {
  if (!training.isUnsaved) return
  // While the reader is asked there is time to write.
  training.keep()
  event.preventDefault()
})
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') training.keep()
})
addEventListener('pagehide', () => training.keep())
