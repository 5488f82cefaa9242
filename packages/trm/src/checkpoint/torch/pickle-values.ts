/** What the pickle of a state dict is made of, once read. */
import type { StoredType } from '../stored-tensor.ts'

export interface PickleSequence {
  readonly kind: 'tuple' | 'list'
  readonly items: PickleValue[]
}

export interface PickleDictionary {
  readonly kind: 'dictionary'
  readonly entries: Map<string | number, PickleValue>
}

/** A name that stands for something of Python; nothing is ever looked up or called by it. */
export interface PickleGlobal {
  readonly kind: 'global'
  readonly name: string
}

export interface PickleStorage {
  readonly kind: 'storage'
  readonly dtype: StoredType
  /** Its entry in the archive is `data/<key>`. */
  readonly key: string
  /** Numbers in it. */
  readonly length: number
}

export interface PickleTensor {
  readonly kind: 'tensor'
  readonly storage: PickleStorage
  /** Numbers before the first one. */
  readonly offset: number
  readonly shape: readonly number[]
  /** Numbers from one index of an axis to the next. */
  readonly strides: readonly number[]
}

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleSequence
  | PickleDictionary
  | PickleGlobal
  | PickleStorage
  | PickleTensor

/** A value in a few words, for messages. */
export function describePickle(value: PickleValue): string {
  if (value === null) return 'None'
  if (typeof value === 'string') return value.length <= 60 ? JSON.stringify(value) : 'a string'
  if (typeof value !== 'object') return String(value)
  return value.kind === 'global' ? value.name : `a ${value.kind}`
}
