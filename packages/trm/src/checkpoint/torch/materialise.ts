/** A tensor of a pickle, a view into a storage, to numbers in row-major order. */
import { elementCount, type StoredTensor, typeFacts } from '../stored-tensor.ts'
import { damaged, show } from './errors.ts'
import type { PickleTensor } from './pickle-values.ts'

/**
 * The numbers of `tensor`, whose storage has the bytes `storage`. Where they lie there in order and aligned, as
 * torch.save leaves them, they stay there: a puzzle table can have gigabytes.
 */
export function materialise(
  name: string,
  tensor: PickleTensor,
  storage: Uint8Array,
  who: string,
): StoredTensor {
  const { shape, strides, offset } = tensor
  const { dtype, length } = tensor.storage
  const facts = typeFacts[dtype]
  if (storage.length !== length * facts.bytes)
    throw damaged(who, `${length * facts.bytes} bytes for ${show(name)}`, `${storage.length} bytes`)
  const count = elementCount(shape)
  // The last number that the strides reach; an axis of length 0 reaches nothing.
  const last =
    count === 0 ? -1 : shape.reduce((sum, axis, index) => sum + (axis - 1) * strides[index]!, offset)
  // More numbers than the storage has would mean that one number is many: an expanded tensor, which is no weight.
  if (count === null || count > length || !Number.isSafeInteger(last) || last >= length)
    throw damaged(
      who,
      `${show(name)} [${shape}] inside ${length} numbers`,
      `strides [${strides}] from ${offset}`,
    )
  if (!isInOrder(shape, strides)) return facts.view(shape, gather(storage, tensor, count, facts.bytes).buffer)
  const start = storage.byteOffset + offset * facts.bytes
  if (count > 0 && start % facts.bytes === 0) return facts.view(shape, storage.buffer, start, count)
  // Not by slice(), which gives a view where the file is one of Node's Buffers.
  const from = offset * facts.bytes
  const copy = new Uint8Array(storage.subarray(from, from + count * facts.bytes))
  return facts.view(shape, copy.buffer)
}

/** Row-major without holes; an axis of one index has no stride that matters. */
function isInOrder(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

function gather(
  storage: Uint8Array,
  tensor: PickleTensor,
  count: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  const { shape, strides, offset } = tensor
  const bytes = new Uint8Array(count * size)
  const index = shape.map(() => 0)
  let from = offset
  for (let to = 0; to < count; to++) {
    for (let byte = 0; byte < size; byte++) bytes[to * size + byte] = storage[from * size + byte]!
    // One index on, like an odometer.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1
      from += strides[axis]!
      if (index[axis]! < shape[axis]!) break
      from -= index[axis]! * strides[axis]!
      index[axis] = 0
    }
  }
  return bytes
}
