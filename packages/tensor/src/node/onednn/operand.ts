/** An operand of a product as oneDNN describes it. */
import type { ElementBytes } from '../../executors/wasm/access.ts'

/** Lengths and distances of axes, those of the batch before rows and columns. */
export interface Axes {
  readonly lengths: readonly number[]
  readonly strides: readonly number[]
}

export interface Operand extends Axes {
  /** How far it reaches from its first element on. */
  readonly bytes: number
}

/**
 * @param elementBytes of an element, 2 or 4
 * @param axes with distances in bytes. Where the operand is the same all along an axis of the batch (distance 0), the
 *             result has the length 1, which oneDNN repeats.
 * @returns with distances in elements; undefined if elements lie on top of each other otherwise, or neither the rows
 * nor the columns are runs of memory: no fast product reads that
 */
export function operandOf(axes: Axes, elementBytes: ElementBytes): Operand | undefined {
  const row = axes.lengths.length - 2
  const lengths = axes.lengths.map((length, axis) => (axis < row && axes.strides[axis] === 0 ? 1 : length))
  const strides = axes.strides.map((stride) => stride / elementBytes)
  if (!strides.every((stride) => Number.isInteger(stride) && stride >= 0)) return undefined
  const longer = [...lengths.keys()].filter((axis) => lengths[axis]! > 1)
  let end = 1
  for (const axis of longer.sort((one, other) => strides[one]! - strides[other]!)) {
    if (strides[axis]! < end) return undefined
    end += strides[axis]! * (lengths[axis]! - 1)
  }
  const isRun = [row, row + 1].some((axis) => lengths[axis] === 1 || strides[axis] === 1)
  if (!isRun) return undefined
  // Distances along an axis of length 1 are arbitrary: such that the matrix is seen to be a run, and nothing overlaps.
  for (const [axis, other] of [
    [row + 1, row],
    [row, row + 1],
  ] as const)
    if (lengths[axis] === 1) strides[axis] = strides[other] === 1 ? lengths[other]! : 1
  for (let axis = 0; axis < row; axis++) if (lengths[axis] === 1) strides[axis] = end
  return { lengths, strides, bytes: elementBytes * end }
}
