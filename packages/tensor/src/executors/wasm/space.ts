/**
 * The index space of a loop: a shape cut into the finest axes that any of its values needs. Values are either `full`,
 * one element for every index, or `kept`, one for every index of the axes that the loop's reductions keep.
 */

import { elementCount, type Shape } from '../../graph/types.ts'
import { type Access, reshapedStrides } from './access.ts'

/** One axis of a loop. */
export interface LoopAxis {
  readonly length: number
  /** Whether the reductions of the loop run over it. */
  readonly isReduced: boolean
}

export type Role = 'full' | 'kept'
export type Space = readonly LoopAxis[]

export const axesOf = (space: Space, role: Role): LoopAxis[] =>
  space.filter((axis) => role === 'full' || !axis.isReduced)

export const countOf = (space: Space, role: Role): number =>
  elementCount(axesOf(space, role).map(({ length }) => length))

export const hasReduction = (space: Space): boolean => space.some(({ isReduced }) => isReduced)

/** The space of a value's own loop; with the axes that a reduction of it runs over. */
export const spaceOf = (shape: Shape, reduced: readonly number[] = []): Space =>
  shape.flatMap((length, axis) => (length === 1 ? [] : [{ length, isReduced: reduced.includes(axis) }]))

/**
 * The space with its axes cut where those of a shape are, whose elements are those of `role` in their order; undefined
 * where the two cuts cross.
 */
export function refined(space: Space, role: Role, shape: Shape): Space | undefined {
  const lengths = shape.filter((length) => length !== 1)
  const result: LoopAxis[] = []
  let wanted = lengths.pop() ?? 1
  for (const axis of [...space].reverse()) {
    if (role === 'kept' && axis.isReduced) {
      result.push(axis)
      continue
    }
    for (let left = axis.length; left > 1; ) {
      const length = Math.min(left, wanted)
      if (left % length !== 0 || wanted % length !== 0) return undefined
      result.push({ ...axis, length })
      left /= length
      wanted /= length
      if (wanted === 1) wanted = lengths.pop() ?? 1
    }
  }
  return wanted === 1 && lengths.length === 0 ? result.reverse() : undefined
}

/** How an access whose elements are those of `role` is read at an index of the space: a stride for every axis. */
export function stridesIn(space: Space, role: Role, access: Access): number[] | undefined {
  const lengths = axesOf(space, role).map(({ length }) => length)
  const strides = reshapedStrides(access, lengths)
  if (!strides) return undefined
  let place = 0
  return space.map(({ isReduced }) => (role === 'kept' && isReduced ? 0 : strides[place++]!))
}

/** Strides of a value of `role` that lies in memory in the order of the loop. */
export function ownStrides(space: Space, role: Role): number[] {
  const strides = new Array<number>(space.length).fill(0)
  let stride = 1
  for (let place = space.length - 1; place >= 0; place--) {
    const { length, isReduced } = space[place]!
    if (role === 'kept' && isReduced) continue
    strides[place] = stride
    stride *= length
  }
  return strides
}
