import {
  createReferenceExecutor,
  floatTensor,
  type HostTensor,
  RandomStream,
} from '@tiny-recursive-models/tensor'
import { compareWithGolden } from './compare.ts'
import type { Deviation } from './deviations.ts'
import type { Golden } from './golden.ts'
import { couldBeExcused, judge, type Verdict } from './judge.ts'

/** Runs from starts that float32 hardly tells from the recorded one, beside the run from exactly there. */
const movedStarts = 8

/**
 * How far exact arithmetic is from a recorded run. One run from the recorded start says it where the model is tame.
 * Where it multiplies rounding, one run is one draw, and by luck a near one; so more are made, each from weights
 * that are moved by at most one float32 step, until they settle the question or are used up.
 */
export class Float64Runs {
  readonly #golden: Golden
  readonly #runs: (readonly Deviation[])[] = []

  constructor(golden: Golden) {
    this.#golden = golden
  }

  /** How many runs have been made so far. */
  get count(): number {
    return this.#runs.length
  }

  /** @param deviations of this recorded run, as it was computed elsewhere */
  async judge(deviations: readonly Deviation[]): Promise<readonly Verdict[]> {
    if (this.count === 0) await this.#run()
    for (;;) {
      const verdicts = judge(deviations, this.#runs)
      if (this.count > movedStarts || !verdicts.some(couldBeExcused)) return verdicts
      await this.#run()
    }
  }

  async #run(): Promise<void> {
    const seed = this.count
    const start = (weights: ReadonlyMap<string, HostTensor>) => movedByRounding(weights, seed)
    const variation = seed === 0 ? {} : { start }
    this.#runs.push(await compareWithGolden(createReferenceExecutor(), this.#golden, variation))
  }
}

/** Every number stays or goes to one of its two neighbours in float32, all three equally likely; 0 stays. */
function movedByRounding(
  weights: ReadonlyMap<string, HostTensor>,
  seed: number,
): ReadonlyMap<string, HostTensor> {
  const moved = new Map<string, HostTensor>()
  for (const [name, { shape, data }] of weights) {
    const random = new RandomStream(seed, 'rounding', name)
    const numbers = Float32Array.from(data)
    const bits = new Int32Array(numbers.buffer)
    for (const [index, value] of numbers.entries()) {
      if (value !== 0) bits[index] = bits[index]! + random.integer(3) - 1
    }
    moved.set(name, floatTensor(shape, numbers))
  }
  return moved
}
