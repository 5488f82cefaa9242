/**
 * Reads what `torch.save` writes of a state dict (PyTorch 1.6 and later): a zip archive with the pickle `data.pkl`
 * and one entry `data/<key>` for the numbers of each storage. Nothing is executed, see `unpickle.ts`.
 * Source: torch/serialization.py (`_save`, `_load`), caffe2/serialize/inline_container.cc.
 */

import { refuseForeign } from '../../data/files/archive.ts'
import { readZip, type ZipEntry } from '../../data/files/zip-read.ts'
import { type StoredTensor, typeFacts } from '../stored-tensor.ts'
import { damaged, refused, show } from './errors.ts'
import { materialise } from './materialise.ts'
import { describePickle, type PickleTensor, type PickleValue } from './pickle-values.ts'
import { unpickle } from './unpickle.ts'

/** The tensors of a file of `torch.save`, and the names of what else it holds. */
export interface TorchFile {
  /** By name, in the file's order; those of a dictionary inside another as `outer.name`. */
  readonly tensors: Map<string, StoredTensor>
  /** Names of what else was there, such as step counts. */
  readonly others: readonly string[]
}

const readable = 'a file written by torch.save (a zip archive)'

/** `{'model': {…}}` is common, more than this is not a file of weights. */
const maxDepth = 4

/** Whether the bytes begin like a zip archive, which is what `torch.save` writes. */
export function isTorchFile(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4
}

/**
 * Reads a whole file; `who` names it in errors. Arrays share memory with `bytes` where they can.
 * @throws InputError if the file is damaged, of another kind, or names what is not a tensor
 */
export function decodeTorchFile(bytes: Uint8Array, who: string): TorchFile {
  if (isOlderLayout(bytes)) throw refused(who, 'a file of PyTorch 1.6 or later', 'one in the older format')
  if (!isTorchFile(bytes)) {
    refuseForeign(bytes, { who, expected: readable, holds: 'weights' })
    throw damaged(who, readable, 'other bytes')
  }
  const entries = readZip(bytes, who)
  const root = findRoot(entries, bytes, who)
  const order = entries.get(`${root}byteorder`)
  if (order !== undefined && new TextDecoder().decode(order.read().subarray(0, 16)) !== 'little')
    throw refused(who, 'little-endian numbers', 'a file from another kind of machine')

  const found: Found = { tensors: new Map(), others: [], visits: 0 }
  collect(unpickle(entries.get(`${root}data.pkl`)!.read(), who), '', 0, found, who)
  checkSize(found.tensors, bytes.length, who)
  const tensors = new Map<string, StoredTensor>()
  const storages = new Map<string, Uint8Array>()
  for (const [name, tensor] of found.tensors) {
    const { key } = tensor.storage
    const entry = entries.get(`${root}data/${key}`)
    if (entry === undefined) throw damaged(who, `an entry data/${key.slice(0, 40)} for ${show(name)}`, 'none')
    const storage = storages.get(key) ?? entry.read()
    storages.set(key, storage)
    tensors.set(name, materialise(name, tensor, storage, who))
  }
  return { tensors, others: found.others }
}

/** `archive/` or the name that the file had when it was saved. */
function findRoot(entries: ReadonlyMap<string, ZipEntry>, bytes: Uint8Array, who: string): string {
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name))
  if (pickles.length === 1) return pickles[0]!.slice(0, -'data.pkl'.length)
  if (pickles.length === 0) refuseForeign(bytes, { who, expected: readable, holds: 'weights' })
  throw damaged(who, 'one entry data.pkl, as torch.save writes it', 'several')
}

interface Found {
  readonly tensors: Map<string, PickleTensor>
  readonly others: string[]
  /** A dictionary can hold another one twice, and that one a third twice, and so on. */
  visits: number
}

const maxVisits = 100_000

function collect(value: PickleValue, name: string, depth: number, found: Found, who: string): void {
  found.visits++
  if (depth > maxDepth || found.visits > maxVisits)
    throw refused(who, `dictionaries of weights, nested at most ${maxDepth} deep`, 'more')
  if (typeof value === 'object' && value?.kind === 'tensor') {
    if (found.tensors.has(name)) throw damaged(who, 'unique names', `${show(name)} twice`)
    found.tensors.set(name, value)
  } else if (typeof value === 'object' && value?.kind === 'dictionary') {
    for (const [key, inner] of value.entries)
      collect(inner, name === '' ? String(key) : `${name}.${key}`, depth + 1, found, who)
  } else if (depth === 0) throw refused(who, 'a dictionary of weights', describePickle(value))
  else found.others.push(name)
}

/** Tensors may share a storage, but not so often that a small file fills the memory. */
function checkSize(tensors: ReadonlyMap<string, PickleTensor>, fileBytes: number, who: string): void {
  const limit = Math.max(2 ** 26, 16 * fileBytes)
  let total = 0
  for (const { shape, storage } of tensors.values())
    total += shape.reduce((product, length) => product * length, typeFacts[storage.dtype].bytes)
  // Written so that a product beyond all numbers, which is NaN where an axis has none, is refused as well.
  if (!(total <= limit)) throw damaged(who, `at most ${limit} bytes of numbers`, String(total))
}

/** Before version 1.6 torch.save wrote pickles one after the other; the first is a number that marks the file. */
function isOlderLayout(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[2] === 0x8a && bytes[3] === 0x0a
}
