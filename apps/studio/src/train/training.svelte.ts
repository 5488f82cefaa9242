/** The run of the page Train, for components to follow. It goes on while other pages are shown. */
import type { BestFigure, Recipe } from '@tiny-recursive-models/trm'
import type { RunView } from '../charts/series.ts'
import type { Device } from './device-worker.ts'
import { empty, type Phase } from './phase.ts'
import { replay } from './replay.svelte.ts'
import { browserStorage } from './run-storage.ts'
import type { ModelFile } from './stored-run.ts'
import type { Timing } from './timing.ts'
import { openTrainer, timings } from './timings.svelte.ts'
import { type StateFile, TrainingMachine } from './training-machine.ts'

/** Curves are drawn anew at most so often. */
const drawMs = 120

class Training extends TrainingMachine {
  phase = $state.raw<Phase>(empty)
  recipe = $state.raw<Recipe | null>(null)
  device = $state<Device>('wasm')
  executor = $state<string | null>(null)
  state = $state.raw<StateFile | null>(null)
  best = $state.raw<ModelFile | null>(null)
  final = $state.raw<ModelFile | null>(null)
  keptSince = $state<Date | null>(null)
  opened = $state.raw<{ readonly name: string; readonly best: BestFigure | null } | null>(null)
  isKept = $state<boolean | null>(null)
  isTaken = $state(false)
  msPerEvaluation = $state<number | null>(null)
  timing = $state.raw<Timing | null>(null)
  #version = $state(0)
  #isDrawDue = false

  /** Followed by whatever reads it: another object whenever it is drawn anew. */
  readonly series: RunView = $derived.by(() => {
    void this.#version
    return this.steps.view
  })

  /** With the next frame, and not too often: steps may come faster than a screen. */
  protected draw(atOnce: boolean): void {
    if (atOnce) this.#version += 1
    if (atOnce || this.#isDrawDue) return
    this.#isDrawDue = true
    setTimeout(() => {
      requestAnimationFrame(() => {
        this.#isDrawDue = false
        this.#version += 1
      })
    }, drawMs)
  }
}

export const training = new Training(
  openTrainer,
  browserStorage,
  (recipe, device) => timings.measure(recipe, device),
  replay,
)

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
