/** What was measured of how long recipes train on this machine, by what decides it. It outlives a visit. */
import type { Recipe } from '@tiny-recursive-models/trm'
import { SvelteMap } from 'svelte/reactivity'
import { openClient } from '../lib/models.ts'
import type { Device } from './device-worker.ts'
import { canBeTimed, type OpenWorker, type Timing, timedRecipe, timeRecipe } from './timing.ts'

/** Several threads need a page that is isolated from others. */
const manyThreads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1
const threadsOf = (device: Device): readonly number[] =>
  device === 'wasm' && manyThreads > 1 ? [1, manyThreads] : [1]

/** One thread more than a worker has is opened for nothing. */
export const openTrainer: OpenWorker = (device, threads) =>
  openClient({ device, ...(device === 'wasm' && { threads }) })

interface Measurement {
  readonly promise: Promise<Timing | null>
  readonly stop: () => void
}

class Timings {
  readonly #known = new SvelteMap<string, Timing | null>()
  readonly #running = new Map<string, Measurement>()

  /** Undefined while it is not known; null where it cannot be told. */
  find(recipe: Recipe, device: Device): Timing | null | undefined {
    return canBeTimed(recipe) ? this.#known.get(keyOf(recipe, device)) : null
  }

  /** Measures once; whoever asks meanwhile gets the same answer. Null where it cannot be told or was stopped. */
  measure(recipe: Recipe, device: Device): Promise<Timing | null> {
    const known = this.find(recipe, device)
    if (known !== undefined) return Promise.resolve(known)
    const key = keyOf(recipe, device)
    const running = this.#running.get(key) ?? this.#begin(key, recipe, device)
    return running.promise
  }

  /** Stops what is being measured, but for this recipe. */
  stopOthers(recipe: Recipe | null, device: Device): void {
    const wanted = recipe && canBeTimed(recipe) ? keyOf(recipe, device) : null
    for (const [key, { stop }] of this.#running) if (key !== wanted) stop()
  }

  #begin(key: string, recipe: Recipe, device: Device): Measurement {
    const request = new AbortController()
    const stopped = new Promise<null>((resolve) =>
      request.signal.addEventListener('abort', () => resolve(null), { once: true }),
    )
    const measured = timeRecipe(openTrainer, recipe, device, threadsOf(device), request.signal).then(
      (timing) => this.#note(key, timing),
      // What does not train here says why when it is started.
      () => (request.signal.aborted ? null : this.#note(key, null)),
    )
    const promise = Promise.race([measured, stopped]).finally(() => this.#running.delete(key))
    const measurement = { promise, stop: () => request.abort() }
    this.#running.set(key, measurement)
    return measurement
  }

  #note(key: string, timing: Timing | null): Timing | null {
    this.#known.set(key, timing)
    return timing
  }
}

/** Steps and puzzles do not change how long one of them takes; everything else may. */
const keyOf = (recipe: Recipe, device: Device): string => JSON.stringify([device, timedRecipe(recipe)])

export const timings = new Timings()
