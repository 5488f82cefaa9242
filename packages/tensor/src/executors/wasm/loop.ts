/** What a loop does, free of where its values lie: loops that are alike share one function. */
import type { Node } from '../../graph/operations.ts'
import type { DataType } from '../../graph/types.ts'
import type { ElementBytes } from './access.ts'
import type { LoopAxis, Role, Space } from './space.ts'

/** Memory that a loop reads or writes: a parameter of its function. */
export interface Place {
  /** Distance in elements between neighbours along each axis of the loop. */
  readonly strides: readonly number[]
  /** In elements. */
  readonly offset: number
  /** Of an element. */
  readonly bytes: ElementBytes
}

/** A number that is the same everywhere needs no memory. */
export type Operand =
  | { readonly is: 'value'; readonly index: number }
  | { readonly is: 'load'; readonly index: number }
  | { readonly is: 'number'; readonly value: number; readonly dtype: DataType }

/** One value of a loop. */
export interface LoopValue {
  readonly node: Node
  readonly role: Role
  readonly operands: readonly Operand[]
  /** Number among the stores, where others need the value. */
  readonly store?: number
}

/** A loop over a space: what it loads, computes and stores. */
export interface Loop {
  readonly space: Space
  readonly loads: readonly Place[]
  readonly stores: readonly Place[]
  readonly values: readonly LoopValue[]
}

/** The same loop with neighbouring axes as one wherever every place allows it. */
export function merged(loop: Loop): Loop {
  const places = [...loop.loads, ...loop.stores]
  const space: LoopAxis[] = []
  const strides: number[][] = places.map(() => [])
  for (const [place, axis] of loop.space.entries()) {
    if (axis.length === 1) continue
    const last = space.at(-1)
    const fits =
      last?.isReduced === axis.isReduced &&
      places.every((one, index) => strides[index]!.at(-1) === axis.length * one.strides[place]!)
    if (last && fits) {
      space[space.length - 1] = { ...last, length: last.length * axis.length }
      for (const [index, one] of places.entries()) strides[index]![space.length - 1] = one.strides[place]!
      continue
    }
    space.push(axis)
    for (const [index, one] of places.entries()) strides[index]!.push(one.strides[place]!)
  }
  if (space.length === 0) {
    space.push({ length: 1, isReduced: false })
    for (const list of strides) list.push(0)
  }
  const moved = places.map((place, index) => ({ ...place, strides: strides[index]! }))
  return {
    ...loop,
    space,
    loads: moved.slice(0, loop.loads.length),
    stores: moved.slice(loop.loads.length),
  }
}
