/** What a loop does, free of where its values lie: loops that are alike share one function. */
import type { Node } from '../../graph/operations.ts'
import type { DataType } from '../../graph/types.ts'
import type { Role, Space } from './space.ts'

/** Memory that a loop reads or writes: a parameter of its function. */
export interface Place {
  /** Distance in elements between neighbours along each axis of the loop. */
  readonly strides: readonly number[]
  /** In elements. */
  readonly offset: number
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
