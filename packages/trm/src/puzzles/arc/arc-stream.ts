/** The order in which a run sees ARC pairs, and where they stand on the canvas. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import type { ExampleStream } from '../../data/example-stream.ts'
import { applyTransform, unpackTransform } from './augment.ts'
import { encodeGrid, encodeLabels, noOffset, type Offset } from './encode.ts'
import type { ArcPair } from './task.ts'
import type { ArcVersions } from './versions.ts'

export interface ArcStreamOptions {
  readonly canvas: number
  readonly versions: ArcVersions
  /** [tasks] at least one pair each */
  readonly trainingPairs: readonly (readonly ArcPair[])[]
  readonly seed: number
}

/** One epoch: which task comes when. */
interface Epoch {
  /** [tasks] */
  readonly order: Uint32Array
  /** [tasks + 1] the first draw of every place of the order, then the draws of an epoch */
  readonly starts: Uint32Array
}

/**
 * Every epoch visits every task once in a new random order, and takes one random version of it with all its pairs,
 * in random order. One of them stands in the corner, the others at a random place of the canvas, input and output at
 * the same. `draw(index)` is a pure function of the build, the seed and the index.
 *
 * Departures from the published code: places are drawn at every visit and not once when the data is built, and a
 * task is never cut where a batch ends, because there is no such end.
 */
export function arcStream({ canvas, versions, trainingPairs, seed }: ArcStreamOptions): ExampleStream {
  const tasks = trainingPairs.length
  const drawsPerEpoch = trainingPairs.reduce((sum, pairs) => sum + pairs.length, 0)
  // Batches run across the end of an epoch, so two epochs are in use at a time.
  const epochs = new Map<number, Epoch>()
  function epochOf(number: number): Epoch {
    const known = epochs.get(number)
    if (known) return known
    const order = new RandomStream(seed, 'order', number).permutation(tasks)
    const starts = new Uint32Array(tasks + 1)
    order.forEach((task, place) => {
      starts[place + 1] = starts[place]! + trainingPairs[task]!.length
    })
    for (const old of epochs.keys()) if (epochs.size > 1) epochs.delete(old)
    epochs.set(number, { order, starts })
    return { order, starts }
  }
  return {
    draw(index) {
      if (!Number.isSafeInteger(index) || index < 0) {
        throw new InputError({
          who: 'ARC training pairs',
          expected: 'the number of an example, a whole number from 0',
          got: String(index),
          hint: 'Count the examples drawn since the start of the run.',
        })
      }
      const number = Math.floor(index / drawsPerEpoch)
      const { order, starts } = epochOf(number)
      const place = lastAtMost(starts, index % drawsPerEpoch)
      const task = order[place]!
      const pairs = trainingPairs[task]!
      // One stream for the visit: the same for all its pairs.
      const visit = new RandomStream(seed, 'visit', number, task)
      const identifier = versions.identifier(task, visit.integer(versions.count(task)))
      const unmoved = visit.integer(pairs.length)
      const chosen = visit.permutation(pairs.length)[(index % drawsPerEpoch) - starts[place]!]!
      const transform = unpackTransform(versions.packed[identifier]!)
      const input = applyTransform(transform, pairs[chosen]!.input)
      const output = applyTransform(transform, pairs[chosen]!.output)
      const offset =
        chosen === unmoved
          ? noOffset
          : drawOffset({ input, output }, canvas, new RandomStream(seed, 'offset', index))
      return {
        inputs: encodeGrid(input, canvas, offset),
        labels: encodeLabels(output, canvas, offset),
        identifier,
      }
    },
  }
}

/** Any place of the canvas on which both grids fit, every one equally likely. */
export function drawOffset({ input, output }: ArcPair, canvas: number, random: RandomStream): Offset {
  return {
    row: random.integer(canvas - Math.max(input.rows, output.rows) + 1),
    column: random.integer(canvas - Math.max(input.columns, output.columns) + 1),
  }
}

/** The last place whose number is at most `value`; the numbers ascend from 0. */
function lastAtMost(numbers: Uint32Array, value: number): number {
  let [low, high] = [0, numbers.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (numbers[middle]! <= value) low = middle
    else high = middle
  }
  return low
}
