// Letters: B slots, S cells, A symbols that a cell may turn out to hold, N supervision steps of an optimiser step.
import { RandomStream } from '@tiny-recursive-models/tensor'
import type { PuzzleStructure } from '../models/structure.ts'
import type { NoiseRecipe } from '../recipes/schema.ts'

/** How much of the answer and how much of the noise is shown at time t. */
const shares: Readonly<Record<NoiseRecipe['path'], (time: number) => readonly [number, number]>> = {
  rotation: (time) => [Math.sin((Math.PI * time) / 2), Math.cos((Math.PI * time) / 2)],
  interpolant: (time) => [time, 1 - time],
}

/** The stay of one puzzle: how many supervision steps it takes, and at which times. */
export interface Stay {
  readonly steps: number
  /** [steps] */
  readonly times: Float64Array
}

/**
 * The stay of a draw, in whole optimiser steps: a pure function of seed and draw, but for the longest stay, which grows
 * along the run.
 *
 * @param progress share of the run that is done as the puzzle begins
 */
export function drawStay(
  noise: NoiseRecipe,
  seed: number,
  draw: number,
  progress: number,
  gradientSteps: number,
): Stay {
  const { shortestStay, longestStay, longestStayAtEnd, growsFrom, order, from, to, power } = noise
  const grown = growsFrom < 1 ? Math.max(0, (progress - growsFrom) / (1 - growsFrom)) : 0
  const longest = Math.round(longestStay + (longestStayAtEnd - longestStay) * Math.min(1, grown))
  const random = new RandomStream(seed, 'stay', draw)
  const drawn = shortestStay + random.integer(longest - shortestStay + 1)
  const steps = Math.max(1, Math.round(drawn / gradientSteps)) * gradientSteps
  const even = Float64Array.from({ length: steps }, (_, step) => step / Math.max(1, steps - 1))
  const unit = order === 'rising' ? even : order === 'pure' ? even.fill(0) : even.map(() => random.float())
  if (order === 'sorted') unit.sort()
  return { steps, times: unit.map((u) => from + (to - from) * u ** power) }
}

/**
 * What step `step` of a stay is shown of the answer: [S, A], 0 where the question gives the cell.
 *
 * @param into written from `offset` on
 */
export function showNoisy(
  noise: NoiseRecipe,
  structure: Pick<PuzzleStructure, 'open' | 'answers'>,
  { inputs, labels }: { readonly inputs: Int32Array; readonly labels: Int32Array },
  place: { readonly seed: number; readonly draw: number; readonly step: number; readonly time: number },
  into: Float32Array,
  offset: number,
): void {
  const [ofAnswer, ofNoise] = shares[noise.path](place.time)
  const random = new RandomStream(place.seed, 'noise', place.draw, noise.shared ? 0 : place.step)
  fillNoise(random, ofNoise * noise.deviation, structure, inputs, into, offset)
  const { answers, open } = structure
  for (let cell = 0; cell < inputs.length; cell++) {
    const symbol = answers.indexOf(labels[cell]!)
    if (symbol >= 0 && open.includes(inputs[cell]!))
      into[offset + cell * answers.length + symbol]! += ofAnswer
  }
}

/** Noise [S, A] of that standard deviation for the cells that are to be found, 0 for the others. */
export function fillNoise(
  random: RandomStream,
  deviation: number,
  { open, answers }: Pick<PuzzleStructure, 'open' | 'answers'>,
  tokens: Int32Array,
  into: Float32Array,
  offset: number,
): void {
  tokens.forEach((token, cell) => {
    const start = offset + cell * answers.length
    if (!open.includes(token)) into.fill(0, start, start + answers.length)
    else
      for (let symbol = 0; symbol < answers.length; symbol++)
        into[start + symbol] = deviation * random.normal()
  })
}
