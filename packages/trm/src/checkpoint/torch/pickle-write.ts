/**
 * Writes the pickle of a state dict, byte for byte as Python's pickler does under `torch.save`: protocol 2, and
 * every value that may come again put into the memo; no library writes the classes of PyTorch. Source: Python's Lib/pickle.py, torch/serialization.py.
 */
import type { StoredTensor } from '../stored-tensor.ts'
import { storageTypes } from './torch-globals.ts'

/** Pairs of a dictionary that are written behind one MARK (`_BATCHSIZE`). */
const batch = 1000

/**
 * The bytes of `data.pkl`; the numbers of the n-th tensor belong into the entry `data/n`.
 *
 * @param tensors by official name, in the order in which they are written
 */
export function pickleStateDict(tensors: readonly (readonly [string, StoredTensor])[]): Uint8Array {
  const pickler = new Pickler()
  pickler.bytes(0x80, 2) // PROTO
  pickler.bytes(0x7d) // EMPTY_DICT
  pickler.memoize()
  for (let start = 0; start < tensors.length; start += batch) {
    const part = tensors.slice(start, start + batch)
    if (part.length > 1) pickler.bytes(0x28) // MARK
    for (const [index, [name, tensor]] of part.entries()) {
      pickler.text(name)
      writeTensor(pickler, tensor, start + index)
    }
    pickler.bytes(part.length > 1 ? 0x75 : 0x73) // SETITEMS, SETITEM
  }
  pickler.bytes(0x2e) // STOP
  return pickler.result()
}

function writeTensor(pickler: Pickler, { dtype, shape, data }: StoredTensor, index: number): void {
  pickler.global('torch._utils', '_rebuild_tensor_v2')
  pickler.bytes(0x28) // MARK
  pickler.bytes(0x28)
  pickler.sharedText('storage')
  pickler.global('torch', storageName(dtype))
  pickler.text(String(index))
  pickler.sharedText('cpu')
  pickler.integer(data.length)
  pickler.bytes(0x74) // TUPLE
  pickler.memoize()
  pickler.bytes(0x51) // BINPERSID
  pickler.integer(0) // offset
  pickler.integers(shape)
  pickler.integers(stridesOf(shape))
  pickler.bytes(0x89) // requires_grad: NEWFALSE
  pickler.global('collections', 'OrderedDict') // no hooks
  pickler.bytes(0x29, 0x52) // EMPTY_TUPLE, REDUCE
  pickler.memoize()
  pickler.bytes(0x74)
  pickler.memoize()
  pickler.bytes(0x52)
  pickler.memoize()
}

function storageName(dtype: StoredTensor['dtype']): string {
  const [name] = Object.entries(storageTypes).find(([, type]) => type === dtype)!
  return name.slice('torch.'.length)
}

/** Row-major, as torch counts them: an axis of length 0 counts as one of length 1. */
function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = []
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides.unshift(stride)
    stride *= Math.max(1, shape[axis]!)
  }
  return strides
}

class Pickler {
  private readonly written: number[] = []
  private memoized = 0
  /** Memo numbers of globals and of texts that are one object in Python. */
  private readonly shared = new Map<string, number>()

  bytes(...bytes: number[]): void {
    this.written.push(...bytes)
  }

  /** Puts the value just written into the memo: BINPUT or LONG_BINPUT. Returns its number there. */
  memoize(): number {
    const index = this.memoized++
    if (index < 256) this.bytes(0x71, index)
    else this.bytes(0x72, ...littleEndian(index, 4))
    return index
  }

  /** BINUNICODE */
  text(text: string): number {
    const encoded = new TextEncoder().encode(text)
    this.bytes(0x58, ...littleEndian(encoded.length, 4), ...encoded)
    return this.memoize()
  }

  sharedText(text: string): void {
    this.once(text, () => this.text(text))
  }

  /** GLOBAL */
  global(module: string, name: string): void {
    this.once(`${module}\n${name}`, () => {
      this.bytes(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`))
      return this.memoize()
    })
  }

  /** BININT1, BININT2, BININT or LONG1; no negative numbers. */
  integer(value: number): void {
    if (value < 2 ** 8) this.bytes(0x4b, value)
    else if (value < 2 ** 16) this.bytes(0x4d, ...littleEndian(value, 2))
    else if (value < 2 ** 31) this.bytes(0x4a, ...littleEndian(value, 4))
    else this.bytes(0x8a, 8, ...littleEndian(value, 8))
  }

  integers(values: readonly number[]): void {
    // The empty tuple is the only value that Python does not put into the memo.
    if (values.length === 0) {
      this.bytes(0x29)
      return
    }
    if (values.length > 3) this.bytes(0x28)
    for (const value of values) this.integer(value)
    // TUPLE1, TUPLE2, TUPLE3, TUPLE
    this.bytes(values.length > 3 ? 0x74 : 0x84 + values.length)
    this.memoize()
  }

  result(): Uint8Array {
    return Uint8Array.from(this.written)
  }

  /** BINGET or LONG_BINGET of what was written before under this key, or writes it. */
  private once(key: string, write: () => number): void {
    const index = this.shared.get(key)
    if (index === undefined) this.shared.set(key, write())
    else if (index < 256) this.bytes(0x68, index)
    else this.bytes(0x6a, ...littleEndian(index, 4))
  }
}

function littleEndian(value: number, count: number): number[] {
  const bytes: number[] = []
  for (let index = 0, rest = value; index < count; index++, rest = Math.floor(rest / 256))
    bytes.push(rest % 256)
  return bytes
}
