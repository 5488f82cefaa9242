/** Files of weights: PyTorch's, safetensors, ours. */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import { zipSync } from 'fflate'
import { type ImportedModel, importModel } from '../../../src/checkpoint/import/import-model.ts'
import { readStoredSettings } from '../../../src/checkpoint/import/stored-settings.ts'
import { decodeSafetensors, encodeSafetensors } from '../../../src/checkpoint/safetensors.ts'
import { elementCount, type StoredTensor, typeFacts } from '../../../src/checkpoint/stored-tensor.ts'
import { decodeTorchFile } from '../../../src/checkpoint/torch/read.ts'
import { encodeTorchFile } from '../../../src/checkpoint/torch/write.ts'
import { writeTorchArchive } from '../../../src/checkpoint/torch/zip-write.ts'
import { decodeTrainingState, encodeTrainingState } from '../../../src/checkpoint/training-state.ts'
import { crc32 } from '../../../src/data/files/crc32.ts'
import { readZip } from '../../../src/data/files/zip-read.ts'
import { modelOfState } from '../../../src/evaluate/stored-model.ts'
import type { TrainedModel } from '../../../src/evaluate/thinker.ts'
import { exportFormats } from '../../../src/export/formats.ts'
import { sequenceLength } from '../../../src/models/config.ts'
import { attention, hierarchical, mlp, officialTensors } from '../../checkpoint/import/official-model.ts'
import { changeJson } from '../json.ts'
import { byteMutations, pick, replaced } from '../mutate.ts'
import { fileOf, insist, type StructuredMutation, single, type Target } from '../target.ts'

const narrow = {
  width: 4,
  puzzleEmbeddingWidth: 4,
  prefixTokens: 2,
  identifiers: 3,
  expansion: 0.5,
  heads: 2,
}
const configs = [attention, mlp, hierarchical].map((config) => ({ ...config, ...narrow, blocks: 1 }))
const models = configs.map((config) => officialTensors(config))
const overrides = ['model.heads=2', 'model.prefixTokens=2']

const variety: ReadonlyMap<string, StoredTensor> = new Map<string, StoredTensor>([
  ['a', { dtype: 'float64', shape: [2], data: Float64Array.of(1, 2) }],
  ['b', { dtype: 'bfloat16', shape: [2, 2], data: Uint16Array.of(1, 2, 3, 4) }],
  ['c', { dtype: 'int64', shape: [1], data: BigInt64Array.of(7n) }],
  ['d', { dtype: 'bool', shape: [0, 3], data: new Uint8Array(0) }],
  ['e', { dtype: 'float16', shape: [], data: Uint16Array.of(0x3c00) }],
])

/** No model, and not to be imported. */
const isVariety = (tensors: ReadonlyMap<string, StoredTensor>): boolean =>
  [...tensors.keys()].every((name) => name.length === 1)

function insistOnTensors(tensors: ReadonlyMap<string, StoredTensor>): void {
  for (const [name, { dtype, shape, data }] of tensors) {
    insist(typeFacts[dtype].matches(data), `the array of ${name}`)
    insist(elementCount(shape) === data.length, `the shape of ${name}`)
  }
}

function insistOnModel({ config, weights, puzzleTable }: TrainedModel): void {
  const { tokens, answerHead } = weights
  insist(tokens?.shape.join() === [config.symbols, config.width].join(), 'the token table')
  insist(answerHead?.shape.join() === tokens?.shape.join(), 'the head')
  insist(sequenceLength(config) >= config.cells, 'the length of a puzzle')
  insist(puzzleTable.gather([]).length === 0, 'the puzzle table')
}

/** The model file that `trm import` writes, opened as other commands open it. */
function insistOnImport({ state }: ImportedModel): void {
  insistOnModel(modelOfState(decodeTrainingState(encodeTrainingState(state), 'model'), 'model'))
}

/** Damages an entry and writes the archive anew, with checksums that hold. */
const changeEntry: StructuredMutation = (bytes, random) => {
  const entries = [...readZip(bytes, 'sample').values()].map((entry) => ({
    name: entry.name.slice(entry.name.indexOf('/') + 1),
    bytes: entry.read(),
  }))
  // Half of the time the pickle, which says what everything else is.
  const index = random.integer(2) === 0 ? 0 : random.integer(entries.length)
  const entry = entries[index]!
  const how = random.integer(8)
  if (how === 0) entries.splice(index, 1)
  else if (how === 1) entries[index] = { ...entry, name: pick(entries, random).name }
  else if (how === 2) entries.push({ ...entry })
  else entries[index] = { ...entry, bytes: changePickle(entry.bytes, random) }
  const kept = entries.filter(({ name }) => name !== '.data/serialization_id')
  return random.integer(4) === 0
    ? zipSync(Object.fromEntries(kept.map((one) => [`a/${one.name}`, one.bytes])), { level: 6 })
    : writeTorchArchive('a', kept)
}

/** Pickle instructions with and without what they need. */
const snippets = [
  '(',
  ')',
  '}',
  ']',
  'N',
  't',
  'R',
  'Q',
  'b',
  'u',
  's',
  'a',
  'e',
  '.',
  '0',
  '2',
  'h\u0000',
  'q\u0000',
  'K\u0001',
  'M\u0000\u0001',
  'J\u00ff\u00ff\u00ff\u007f',
  'J\u0000\u0000\u0000\u0080',
  '\u008a\u0008\u0000\u0000\u0000\u0000\u0000\u0000\u0010\u0000',
  'cposix\nsystem\n',
  'ctorch\nFloatStorage\n',
  'ctorch\nDoubleStorage\n',
  'ccollections\nOrderedDict\n)R',
  'ctorch._utils\n_rebuild_tensor_v2\n',
  'ctorch._utils\n_rebuild_parameter\n',
  'X\u0001\u0000\u0000\u0000w',
  'G\u007f\u00f0\u0000\u0000\u0000\u0000\u0000\u0000',
] as const

function changePickle(bytes: Uint8Array, random: RandomStream): Uint8Array {
  if (random.integer(2) === 0) return pick(Object.values(byteMutations), random)(bytes, random)
  const snippet = Uint8Array.from(pick(snippets, random), (letter) => letter.charCodeAt(0))
  const start = random.integer(bytes.length + 1)
  const repeats = random.integer(20) === 0 ? 100_000 : 1
  const part = new Uint8Array(snippet.length * repeats)
  for (let index = 0; index < repeats; index++) part.set(snippet, index * snippet.length)
  return replaced(bytes, start, start + random.integer(Math.min(20, bytes.length - start + 1)), part)
}

/** Another value in the header, with a length and a checksum that hold. */
const changeHeader: StructuredMutation = (bytes, random) => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const header = changeJson(bytes.subarray(8, 8 + length), random)
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20)
  padded.set(header)
  const changed = replaced(bytes, 8, 8 + length, padded)
  new DataView(changed.buffer).setBigUint64(0, BigInt(padded.length), true)
  return withChecksum(changed)
}

/** Damage behind a checksum that holds. */
const changeBytes: StructuredMutation = (bytes, random) =>
  withChecksum(Uint8Array.from(pick(Object.values(byteMutations), random)(bytes, random)))

/** Writes the checksum of what is there where a header of ours has its digits. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const start = 8 + '{"__metadata__":{"checksum":"crc32:'.length
  if (bytes.length < start + 8) return bytes
  const digits = bytes.subarray(start, start + 8).fill(0x30)
  digits.set(new TextEncoder().encode(crc32(bytes.subarray(8)).toString(16).padStart(8, '0')))
  return bytes
}

/** Another value in the JSON text of a metadata key. */
const changeMetadata =
  (key: string): StructuredMutation =>
  (bytes, random) => {
    const { tensors, metadata } = decodeSafetensors(bytes, 'sample')
    const changed = changeJson(new TextEncoder().encode(metadata[key]), random)
    return encodeSafetensors(tensors, { ...metadata, [key]: new TextDecoder().decode(changed) })
  }

/** The same tensors, of which one has another type or shape, or is not there. */
const changeTensor: StructuredMutation = (bytes, random) => {
  const { tensors, metadata } = decodeSafetensors(bytes, 'sample')
  const name = pick([...tensors.keys()], random)
  const { data } = tensors.get(name)!
  const others: (StoredTensor | null)[] = [
    null,
    { dtype: 'float32', shape: [data.length, 1], data: new Float32Array(data.length) },
    { dtype: 'float32', shape: [], data: new Float32Array(1) },
    { dtype: 'float32', shape: [0], data: new Float32Array(0) },
    { dtype: 'int32', shape: [data.length], data: new Int32Array(data.length).fill(2 ** 31 - 1) },
    { dtype: 'int32', shape: [data.length], data: new Int32Array(data.length).fill(-1) },
    { dtype: 'bool', shape: [data.length], data: new Uint8Array(data.length) },
  ]
  const other = pick(others, random)
  if (other === null) tensors.delete(name)
  else tensors.set(name, other)
  return encodeSafetensors(tensors, metadata)
}

const importedStates = () => models.map((tensors) => importModel(tensors, { who: 'sample', overrides }).state)

export const torch: Target = {
  samples: () => [...models, variety].map((tensors) => single(encodeTorchFile(tensors, 'a'))),
  structured: () => [changeEntry],
  read: (files) => {
    const { tensors } = decodeTorchFile(fileOf(files), 'file')
    insistOnTensors(tensors)
    if (!isVariety(tensors)) insistOnImport(importModel(tensors, { who: 'file', overrides }))
  },
}

export const safetensors: Target = {
  samples: () => [...models, variety].map((tensors) => single(encodeSafetensors(tensors, { note: 'n' }))),
  structured: () => [changeBytes, changeHeader, changeTensor],
  read: (files) => {
    const { tensors } = decodeSafetensors(fileOf(files), 'file')
    insistOnTensors(tensors)
    if (!isVariety(tensors)) insistOnImport(importModel(tensors, { who: 'file', overrides }))
  },
}

export const exported: Target = {
  samples: async () => {
    const files = importedStates().map((state) =>
      exportFormats.safetensors.encode(
        { model: modelOfState(state, 'sample'), recipe: state.recipe, step: 3 },
        { dtype: 'float32', name: 'a' },
      ),
    )
    return (await Promise.all(files)).map(single)
  },
  structured: () => [changeBytes, changeHeader, changeTensor, changeMetadata('tinyRecursiveModel')],
  read: (files) => {
    const { tensors, metadata } = decodeSafetensors(fileOf(files), 'file')
    const stored = readStoredSettings(metadata, 'file')
    insistOnImport(importModel(tensors, { who: 'file', stored }))
  },
}

export const trainingState: Target = {
  samples: () => importedStates().map((state) => single(encodeTrainingState(state))),
  structured: () => [changeBytes, changeHeader, changeTensor, changeMetadata('trainingState')],
  read: (files) => {
    const state = decodeTrainingState(fileOf(files), 'file')
    insistOnTensors(state.tensors)
    insistOnModel(modelOfState(state, 'file'))
  },
}
