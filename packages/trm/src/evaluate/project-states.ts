// Letters: T supervision steps, S cells, D width.
import { RandomStream } from '@tiny-recursive-models/tensor'

/** States over the steps, projected onto the two directions in which they move most. */
export interface StateProjection {
  /** Of each step [S, 2]: where the state of every cell lies in the plane. */
  readonly places: readonly Float32Array[]
  /** The shares of the variance, 0 to 1, that the two directions of the plane hold. */
  readonly explained: readonly [number, number]
}

/**
 * The paths of all cells in the plane of the largest variance: principal component analysis over cells and steps,
 * the same plane for all of them.
 *
 * @param states of each step [S, D]: one state, as `think` tells it with `withStates`
 */
export function projectStates(states: readonly Float32Array[], width: number): StateProjection {
  const count = states.reduce((sum, { length }) => sum + length / width, 0)
  const mean = new Float64Array(width)
  for (const state of states)
    for (let at = 0; at < state.length; at++) mean[at % width]! += state[at]! / count
  const centred = states.map((state) => state.map((value, at) => value - mean[at % width]!))
  const covariance = covarianceOf(centred, width)
  const total = Array.from({ length: width }, (_, at) => covariance[at * width + at]!).reduce(
    (a, b) => a + b,
    0,
  )

  const first = principalDirection(covariance, width, null)
  const second = principalDirection(covariance, width, first.direction)
  const share = (variance: number): number => (total > 0 ? variance / total : 0)
  return {
    places: centred.map((state) => placesOf(state, width, [first.direction, second.direction])),
    explained: [share(first.variance), share(second.variance)],
  }
}

/** [D, D], not divided by the number of cells: only ratios are used. */
function covarianceOf(states: readonly Float32Array[], width: number): Float64Array {
  const covariance = new Float64Array(width * width)
  for (const state of states)
    for (let start = 0; start < state.length; start += width)
      for (let row = 0; row < width; row++) {
        const value = state[start + row]!
        for (let column = row; column < width; column++)
          covariance[row * width + column]! += value * state[start + column]!
      }
  for (let row = 0; row < width; row++)
    for (let column = 0; column < row; column++)
      covariance[row * width + column] = covariance[column * width + row]!
  return covariance
}

/** Power iteration: enough for a picture, and a start that is the same every time gives the same picture. */
const iterations = 60

function principalDirection(covariance: Float64Array, width: number, other: Float64Array | null) {
  const random = new RandomStream(0, 'principal direction')
  let direction = Float64Array.from({ length: width }, () => random.float() - 0.5)
  let variance = 0
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = new Float64Array(width)
    for (let row = 0; row < width; row++)
      for (let column = 0; column < width; column++)
        next[row]! += covariance[row * width + column]! * direction[column]!
    if (other) {
      const along = next.reduce((sum, value, at) => sum + value * other[at]!, 0)
      for (let at = 0; at < width; at++) next[at]! -= along * other[at]!
    }
    variance = Math.hypot(...next)
    if (variance === 0) return { direction, variance }
    direction = next.map((value) => value / variance)
  }
  // A direction and its opposite are the same: the largest part is positive, so that pictures do not flip.
  const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
  return { direction: largest < 0 ? direction.map((value) => -value) : direction, variance }
}

function placesOf(state: Float32Array, width: number, directions: readonly Float64Array[]): Float32Array {
  const places = new Float32Array((state.length / width) * directions.length)
  for (let at = 0; at < state.length; at++) {
    const cell = Math.floor(at / width)
    directions.forEach((direction, axis) => {
      places[cell * directions.length + axis]! += state[at]! * direction[at % width]!
    })
  }
  return places
}
