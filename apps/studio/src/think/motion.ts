/** How the states of cells move. S cells, D = width, T steps. */

/**
 * [S] ‖new − old‖ / ‖new‖ of every cell's state; 1 in the first step, as of the whole state.
 *
 * @param before [S, D] null in the first step
 * @param now [S, D]
 */
export function cellMoves(before: Float32Array | null, now: Float32Array, width: number): Float32Array {
  const moves = new Float32Array(now.length / width)
  if (before === null) return moves.fill(1)
  for (let cell = 0; cell < moves.length; cell++) {
    let [difference, norm] = [0, 0]
    for (let at = cell * width; at < (cell + 1) * width; at++) {
      difference += (now[at]! - before[at]!) ** 2
      norm += now[at]! ** 2
    }
    moves[cell] = norm > 0 ? Math.sqrt(difference / norm) : 0
  }
  return moves
}

/** Where a plane of points is shown: the middle of its bounds, and units of the picture to one of the plane. */
export interface Frame {
  readonly x: number
  readonly y: number
  readonly scale: number
}

/** @param places of each step [S, 2] */
export function frameOf(places: readonly Float32Array[], width: number, height: number): Frame {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const place of places)
    place.forEach((value, at) => {
      low[at % 2] = Math.min(low[at % 2]!, value)
      high[at % 2] = Math.max(high[at % 2]!, value)
    })
  if (!Number.isFinite(low[0])) return { x: 0, y: 0, scale: 1 }
  const spans = [high[0]! - low[0]!, high[1]! - low[1]!]
  const scale = Math.min(width / Math.max(spans[0]!, 1e-9), height / Math.max(spans[1]!, 1e-9))
  return { x: (high[0]! + low[0]!) / 2, y: (high[1]! + low[1]!) / 2, scale }
}
