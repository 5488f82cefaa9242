/** A tensor as it lies in a file: its type, its shape and its numbers in row-major order. */

import { InputError } from '@tiny-recursive-models/tensor'
import { widenBfloat16 } from './round.ts'

/** The array that holds each stored type. float16 and bfloat16 are kept as their 16 bits. */
export interface StoredArrays {
  float64: Float64Array
  float32: Float32Array
  float16: Uint16Array
  bfloat16: Uint16Array
  int64: BigInt64Array
  int32: Int32Array
  uint8: Uint8Array
  /** 0 or 1 a byte. */
  bool: Uint8Array
}

export type StoredType = keyof StoredArrays

/** A tensor as stored in files, in any of their types; row-major. */
export type StoredTensor = {
  [Type in StoredType]: {
    readonly dtype: Type
    readonly shape: readonly number[]
    readonly data: StoredArrays[Type]
  }
}[StoredType]

interface TypeFacts {
  /** The name in a safetensors header. */
  readonly code: string
  readonly bytes: number
  readonly matches: (data: ArrayBufferView) => boolean
  /** A tensor over `buffer`: over all of it, or over `count` numbers from the byte `start`, a multiple of `bytes`. */
  readonly view: (
    shape: readonly number[],
    buffer: ArrayBufferLike,
    start?: number,
    count?: number,
  ) => StoredTensor
}

export const typeFacts: Readonly<Record<StoredType, TypeFacts>> = {
  float64: {
    code: 'F64',
    bytes: 8,
    matches: (data) => data instanceof Float64Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'float64', shape, data: new Float64Array(buffer, start, count) }
    },
  },
  float32: {
    code: 'F32',
    bytes: 4,
    matches: (data) => data instanceof Float32Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'float32', shape, data: new Float32Array(buffer, start, count) }
    },
  },
  float16: {
    code: 'F16',
    bytes: 2,
    matches: (data) => data instanceof Uint16Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'float16', shape, data: new Uint16Array(buffer, start, count) }
    },
  },
  bfloat16: {
    code: 'BF16',
    bytes: 2,
    matches: (data) => data instanceof Uint16Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'bfloat16', shape, data: new Uint16Array(buffer, start, count) }
    },
  },
  int64: {
    code: 'I64',
    bytes: 8,
    matches: (data) => data instanceof BigInt64Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'int64', shape, data: new BigInt64Array(buffer, start, count) }
    },
  },
  int32: {
    code: 'I32',
    bytes: 4,
    matches: (data) => data instanceof Int32Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'int32', shape, data: new Int32Array(buffer, start, count) }
    },
  },
  uint8: {
    code: 'U8',
    bytes: 1,
    matches: (data) => data instanceof Uint8Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'uint8', shape, data: new Uint8Array(buffer, start, count) }
    },
  },
  bool: {
    code: 'BOOL',
    bytes: 1,
    matches: (data) => data instanceof Uint8Array,
    view: (shape, buffer, start, count) => {
      return { dtype: 'bool', shape, data: new Uint8Array(buffer, start, count) }
    },
  },
}

export const storedTypes = Object.keys(typeFacts) as StoredType[]

/** The product of a shape, or null if the shape is invalid or the product exceeds the exact whole numbers. */
export function elementCount(shape: readonly number[]): number | null {
  let count = 1
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return null
    count *= length
    if (!Number.isSafeInteger(count)) return null
  }
  return count
}

/** The numbers of a floating-point tensor as float32; float64 is rounded, 16-bit types are widened exactly. */
export function toFloat32(tensor: StoredTensor, name: string): Float32Array {
  if (tensor.dtype === 'float32') return tensor.data
  if (tensor.dtype === 'float64') return Float32Array.from(tensor.data)
  if (tensor.dtype === 'bfloat16') return widenBfloat16(tensor.data)
  if (tensor.dtype === 'float16') return widenFloat16(tensor.data)
  throw new InputError({
    who: `tensor ${name}`,
    expected: 'floating-point numbers (float32, float64, float16 or bfloat16)',
    got: tensor.dtype,
    hint: 'Weights and states are floating-point: this is another kind of file.',
  })
}

/** How many numbers of a tensor are NaN or infinite, and the first of them as text; null where all are finite. */
function notFinite({ dtype, data }: StoredTensor): { readonly count: number; readonly first: string } | null {
  if (dtype === 'float32' || dtype === 'float64') {
    let count = 0
    let first = 0
    for (let index = data.length - 1; index >= 0; index--) {
      // As float32: what is too large for it becomes infinite.
      if (Number.isFinite(Math.fround(data[index]!))) continue
      count++
      first = data[index]!
    }
    return count === 0 ? null : { count, first: String(first) }
  }
  const exponent = dtype === 'float16' ? 0x7c00 : dtype === 'bfloat16' ? 0x7f80 : null
  if (exponent === null) return null
  const fraction = dtype === 'float16' ? 0x03ff : 0x007f
  const found = (data as Uint16Array).filter((bits) => (bits & exponent) === exponent)
  const [first = 0] = found
  if (found.length === 0) return null
  const infinity = first & 0x8000 ? '-Infinity' : 'Infinity'
  return { count: found.length, first: (first & fraction) === 0 ? infinity : 'NaN' }
}

/**
 * Throws where a weight is NaN or infinite: a model with one such number answers the same to every question.
 *
 * @param who names the file in errors
 */
export function requireFinite(tensors: Iterable<readonly [string, StoredTensor]>, who: string): void {
  const damaged: string[] = []
  for (const [name, tensor] of tensors) {
    const found = notFinite(tensor)
    if (found) damaged.push(`${found.first} in ${name} (${found.count} of ${tensor.data.length})`)
  }
  if (damaged.length === 0) return
  throw new InputError({
    who,
    expected: 'weights that are all finite numbers',
    got:
      damaged.slice(0, 4).join(', ') + (damaged.length > 4 ? ` and ${damaged.length - 4} more tensors` : ''),
    hint: 'Training had diverged before these weights were saved, or the file is damaged: use an earlier checkpoint.',
  })
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
function widenFloat16(halves: Uint16Array): Float32Array {
  const widened = new Float32Array(halves.length)
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!
    const sign = half & 0x8000 ? -1 : 1
    const exponent = (half >>> 10) & 31
    const fraction = half & 1023
    if (exponent === 0) widened[index] = sign * fraction * 2 ** -24
    else if (exponent === 31) widened[index] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    else widened[index] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  return widened
}
