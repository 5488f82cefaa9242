/**
 * The names of Python that a state dict mentions, and what each stands for here. They are the whole allow-list:
 * `torch.load` would import and call whatever a pickle names.
 * Sources: torch/_utils.py, torch/serialization.py, torch/storage.py.
 */
import type { StoredType } from '../stored-tensor.ts'
import { damaged, refused } from './errors.ts'
import {
  describePickle,
  type PickleGlobal,
  type PickleStorage,
  type PickleTensor,
  type PickleValue,
} from './pickle-values.ts'

/** The storage class of each type, as the file names it. */
export const storageTypes: Readonly<Record<string, StoredType>> = {
  'torch.DoubleStorage': 'float64',
  'torch.FloatStorage': 'float32',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'bool',
}

const dictionary = 'collections.OrderedDict'
const tensor = 'torch._utils._rebuild_tensor_v2'
const parameter = 'torch._utils._rebuild_parameter'
const callable = [dictionary, tensor, parameter]

/** No tensor of a model has more axes. */
const maxAxes = 8

export function findGlobal(name: string, who: string): PickleGlobal {
  if (callable.includes(name) || Object.hasOwn(storageTypes, name)) return { kind: 'global', name }
  const shown = name.length <= 80 ? name : `${name.slice(0, 77)}…`
  throw refused(who, 'only tensors of numbers and dictionaries of them', shown)
}

/** `('storage', torch.FloatStorage, key, device, length)`: numbers that lie in an entry of their own. */
export function findStorage(words: PickleValue, who: string): PickleStorage {
  const [word, type, key, device, length] = itemsOf(words, 5, 'a storage', who)
  const name = isGlobal(type) ? type.name : ''
  const dtype = Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined
  const isSound =
    word === 'storage' && typeof key === 'string' && typeof device === 'string' && isCount(length)
  if (!isSound || dtype === undefined)
    throw damaged(who, 'a storage with type, key, device and length', describePickle(type ?? null))
  return { kind: 'storage', dtype, key, length }
}

/** What calling the global with these words would make. */
export function callGlobal(target: PickleValue, words: PickleValue, who: string): PickleValue {
  const name = isGlobal(target) ? target.name : null
  if (name === dictionary) {
    itemsOf(words, 0, 'an empty OrderedDict', who)
    return { kind: 'dictionary', entries: new Map() }
  }
  if (name === tensor) return makeTensor(itemsOf(words, 6, 'a tensor', who), who)
  if (name === parameter) {
    const [data] = itemsOf(words, 3, 'a parameter', who)
    if (typeof data === 'object' && data?.kind === 'tensor') return data
    throw damaged(who, 'a parameter that holds a tensor', describePickle(data ?? null))
  }
  throw refused(who, `calls of ${callable.join(', ')} only`, describePickle(target))
}

/** A state dict is given its `_metadata`, versions of its modules, which says nothing about numbers. */
export function buildObject(target: PickleValue, state: PickleValue, who: string): void {
  const isDictionary = (value: PickleValue) => typeof value === 'object' && value?.kind === 'dictionary'
  if (isDictionary(target) && isDictionary(state)) return
  throw refused(who, 'attributes of a dictionary only', describePickle(target))
}

/** `(storage, offset, shape, strides, requires_grad, hooks)` */
function makeTensor(words: readonly PickleValue[], who: string): PickleTensor {
  const [storage, offset, shape, strides] = words
  if (typeof storage !== 'object' || storage?.kind !== 'storage')
    throw damaged(who, 'a tensor with a storage', describePickle(storage ?? null))
  const axes = { shape: countsOf(shape), strides: countsOf(strides) }
  const isSound = isCount(offset) && axes.shape?.length === axes.strides?.length
  if (!isSound || axes.shape === null || axes.strides === null || axes.shape.length > maxAxes)
    throw damaged(who, `a tensor with offset, shape and strides of at most ${maxAxes} axes`, 'others')
  return { kind: 'tensor', storage, offset, shape: axes.shape, strides: axes.strides }
}

function itemsOf(value: PickleValue, count: number, what: string, who: string): readonly PickleValue[] {
  if (typeof value === 'object' && value?.kind === 'tuple' && value.items.length === count) return value.items
  throw damaged(who, `${count} words for ${what}`, describePickle(value))
}

function countsOf(value: PickleValue | undefined): number[] | null {
  if (typeof value !== 'object' || value?.kind !== 'tuple') return null
  return value.items.every(isCount) ? value.items : null
}

const isGlobal = (value: PickleValue | undefined): value is PickleGlobal =>
  typeof value === 'object' && value?.kind === 'global'

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
