/** Pickles and archives for tests, written by hand: also those that no writer of ours would write. */
import { writeTorchArchive } from '../../../src/checkpoint/torch/zip-write.ts'

/** Bytes of a pickle: numbers are bytes, texts are Latin letters. */
export function pickleOf(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  const bytes: number[] = []
  for (const part of parts) {
    if (typeof part === 'number') bytes.push(part)
    else for (const byte of typeof part === 'string' ? new TextEncoder().encode(part) : part) bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

/** BINUNICODE */
export const text = (value: string): Uint8Array => {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, value.length, true)
  return pickleOf('X', length, value)
}

/** BININT, or LONG1 where it needs more bits. */
export const integer = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true)
  return Math.abs(value) < 2 ** 31 ? pickleOf('J', bytes.subarray(0, 4)) : pickleOf(0x8a, 8, bytes)
}

export const tuple = (...items: readonly Uint8Array[]): Uint8Array => pickleOf('(', ...items, 't')

export interface TensorText {
  readonly key?: string
  readonly length: number
  readonly offset?: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly storage?: string
}

/** What torch writes for a tensor, without a memo. */
export function tensor({
  key = '0',
  length,
  offset = 0,
  shape,
  strides,
  storage = 'FloatStorage',
}: TensorText): Uint8Array {
  const identity = [text('storage'), pickleOf(`ctorch\n${storage}\n`), text(key), text('cuda:0')]
  return pickleOf(
    'ctorch._utils\n_rebuild_tensor_v2\n',
    tuple(
      pickleOf(tuple(...identity, integer(length)), 'Q'),
      integer(offset),
      tuple(...shape.map(integer)),
      tuple(...strides.map(integer)),
      pickleOf(0x89),
      pickleOf('ccollections\nOrderedDict\n)R'),
    ),
    'R',
  )
}

/** A dictionary of these, as a complete pickle. */
export function dictionary(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const pairs = Object.entries(entries).flatMap(([name, value]) => [text(name), value])
  return pickleOf(0x80, 2, '}(', ...pairs, 'u.')
}

export const numbers = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer)

/** A file as torch.save writes it around any pickle. */
export function torchFile(pickle: Uint8Array, storages: readonly Uint8Array[] = []): Uint8Array {
  const data = storages.map((bytes, index) => ({ name: `data/${index}`, bytes }))
  return writeTorchArchive('archive', [
    { name: 'data.pkl', bytes: pickle },
    { name: 'byteorder', bytes: new TextEncoder().encode('little') },
    ...data,
    { name: 'version', bytes: new TextEncoder().encode('3\n') },
  ])
}
