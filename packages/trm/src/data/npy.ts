/**
 * Reads and writes NumPy's .npy files, versions 1 to 3: magic, version, header length, a Python dictionary with
 * `descr`, `fortran_order` and `shape`, then the numbers. Little endian and row-major only. Nothing is evaluated.
 * Libraries for it read few types and trust the header.
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { refuseForeign } from './files/archive.ts'
import { fileNature } from './files/file-nature.ts'

export interface NpyArrays {
  bool: Uint8Array
  uint8: Uint8Array
  int8: Int8Array
  int16: Int16Array
  int32: Int32Array
  int64: BigInt64Array
  float32: Float32Array
}

export type NpyType = keyof NpyArrays

export type NpyArray = {
  [Type in NpyType]: {
    readonly dtype: Type
    readonly shape: readonly number[]
    readonly data: NpyArrays[Type]
  }
}[NpyType]

interface TypeFacts {
  readonly descr: string
  readonly bytes: number
  readonly view: (shape: readonly number[], buffer: ArrayBuffer) => NpyArray
}

const typeFacts: Readonly<Record<NpyType, TypeFacts>> = {
  bool: {
    descr: '|b1',
    bytes: 1,
    view: (shape, buffer) => ({ dtype: 'bool', shape, data: new Uint8Array(buffer) }),
  },
  uint8: {
    descr: '|u1',
    bytes: 1,
    view: (shape, buffer) => ({ dtype: 'uint8', shape, data: new Uint8Array(buffer) }),
  },
  int8: {
    descr: '|i1',
    bytes: 1,
    view: (shape, buffer) => ({ dtype: 'int8', shape, data: new Int8Array(buffer) }),
  },
  int16: {
    descr: '<i2',
    bytes: 2,
    view: (shape, buffer) => ({ dtype: 'int16', shape, data: new Int16Array(buffer) }),
  },
  int32: {
    descr: '<i4',
    bytes: 4,
    view: (shape, buffer) => ({ dtype: 'int32', shape, data: new Int32Array(buffer) }),
  },
  int64: {
    descr: '<i8',
    bytes: 8,
    view: (shape, buffer) => ({ dtype: 'int64', shape, data: new BigInt64Array(buffer) }),
  },
  float32: {
    descr: '<f4',
    bytes: 4,
    view: (shape, buffer) => ({ dtype: 'float32', shape, data: new Float32Array(buffer) }),
  },
}

const types = Object.keys(typeFacts) as NpyType[]
const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59) // \x93NUMPY
/** A header of a few dimensions has about 100 bytes; NumPy itself refuses more than 10,000 unless told otherwise. */
const maxHeaderBytes = 65_535
/** NumPy starts the numbers at a multiple of this. */
const alignment = 64

export function decodeNpy(bytes: Uint8Array, who: string): NpyArray {
  const { header, payloadStart } = readHeader(bytes, who)
  const { dtype, shape } = parseHeader(header, who)
  const facts = typeFacts[dtype]
  let size = facts.bytes
  for (const length of shape) size *= length
  const available = bytes.length - payloadStart
  if (!Number.isSafeInteger(size) || size !== available) {
    throw damaged(who, `${size} bytes of numbers for ${dtype} [${shape}]`, `${available} bytes`)
  }
  const copy = new ArrayBuffer(size)
  new Uint8Array(copy).set(bytes.subarray(payloadStart))
  return facts.view(shape, copy)
}

export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const elements = shape.reduce((product, length) => product * length, 1)
  if (elements !== data.length) {
    throw new InputError({
      who: 'encodeNpy',
      expected: `${elements} numbers for the shape [${shape}]`,
      got: String(data.length),
      hint: 'The product of the shape must be the number of elements.',
    })
  }
  const header = npyHeader(dtype, shape)
  const bytes = new Uint8Array(header.length + data.byteLength)
  bytes.set(header)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length)
  return bytes
}

/** What stands in front of the numbers, for an array that is written in pieces. */
export function npyHeader(dtype: NpyType, shape: readonly number[]): Uint8Array {
  // Python writes a tuple of one as (3,).
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${typeFacts[dtype].descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  const start = magic.length + 4
  const payloadStart = Math.ceil((start + dictionary.length + 1) / alignment) * alignment
  const bytes = new Uint8Array(payloadStart)
  bytes.set(magic)
  bytes[magic.length] = 1
  new DataView(bytes.buffer).setUint16(magic.length + 2, payloadStart - start, true)
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(payloadStart - start - 1)}\n`), start)
  return bytes
}

/** The numbers of a whole-number array as int32; a number outside int32 is refused. */
export function npyToInt32(array: NpyArray, who: string): Int32Array {
  if (array.dtype === 'int32') return array.data
  if (array.dtype === 'float32') {
    throw new InputError({
      who,
      expected: 'whole numbers',
      got: 'float32',
      hint: 'Tokens, identifiers and indices are whole numbers: save the array with astype(numpy.int32).',
    })
  }
  if (array.dtype !== 'int64') return Int32Array.from(array.data)
  const numbers = new Int32Array(array.data.length)
  array.data.forEach((value, index) => {
    if (BigInt.asIntN(32, value) !== value) {
      throw new InputError({
        who,
        expected: 'numbers of 32 bits',
        got: `${value} at ${index}`,
        hint: 'Tokens, identifiers and indices are small whole numbers: this is another kind of file.',
      })
    }
    numbers[index] = Number(value)
  })
  return numbers
}

function readHeader(bytes: Uint8Array, who: string): { header: string; payloadStart: number } {
  if (bytes.length < magic.length + 4 || magic.some((byte, index) => bytes[index] !== byte)) {
    if (fileNature(bytes) !== 'numpy') refuseForeign(bytes, { who, expected: 'a .npy file', holds: 'data' })
    throw damaged(who, 'a .npy file', `${bytes.length} bytes that do not begin with \\x93NUMPY`)
  }
  const version = bytes[magic.length]!
  if (version < 1 || version > 3) throw damaged(who, '.npy version 1, 2 or 3', `version ${version}`)
  const start = magic.length + (version === 1 ? 4 : 6)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < start) throw damaged(who, 'a header length', 'the end of the file')
  const length =
    version === 1 ? view.getUint16(magic.length + 2, true) : view.getUint32(magic.length + 2, true)
  if (length > maxHeaderBytes || start + length > bytes.length) {
    const limit = Math.min(maxHeaderBytes, bytes.length - start)
    throw damaged(who, `a header of at most ${limit} bytes`, `a header length of ${length}`)
  }
  const payloadStart = start + length
  // Version 3 is version 2 in UTF-8, which only names of fields need: records, not numbers.
  const encoding = version === 3 ? 'utf-8' : 'latin1'
  return { header: new TextDecoder(encoding).decode(bytes.subarray(start, payloadStart)), payloadStart }
}

/** The three entries in any order, as `numpy.save` writes them; anything else is refused. */
function parseHeader(header: string, who: string): { dtype: NpyType; shape: number[] } {
  const entry = /\s*'(descr|fortran_order|shape)':\s*('[^']*'|True|False|\([\d, ]*\))\s*(,|(?=\}))/y
  const found = new Map<string, string>()
  const body = header.trim()
  if (!body.startsWith('{')) throw damaged(who, 'a header dictionary', show(body))
  entry.lastIndex = 1
  let position = 1
  for (let match = entry.exec(body); match !== null; match = entry.exec(body)) {
    if (found.has(match[1]!)) throw damaged(who, `'${match[1]}' once in the header`, 'twice')
    found.set(match[1]!, match[2]!)
    position = entry.lastIndex
  }
  if (body.slice(position).trim() !== '}') {
    throw damaged(who, "a header of 'descr', 'fortran_order' and 'shape'", show(body))
  }
  const descr = found.get('descr')?.slice(1, -1)
  const dtype = types.find((type) => typeFacts[type].descr === descr)
  if (dtype === undefined) {
    const known = types.map((type) => typeFacts[type].descr).join(', ')
    throw unsupported(who, `numbers of type ${known}`, show(descr), 'array.astype(numpy.int32)')
  }
  if (found.get('fortran_order') !== 'False') {
    const got = show(found.get('fortran_order'))
    throw unsupported(who, "'fortran_order': False", got, 'numpy.ascontiguousarray(array)')
  }
  const tuple = /^\(\s*((?:\d{1,15}\s*,\s*)*)(\d{1,15})?\s*\)$/.exec(found.get('shape') ?? '')
  if (tuple === null) throw damaged(who, "'shape' as a tuple", show(found.get('shape')))
  const lengths = `${tuple[1]}${tuple[2] ?? ''}`.split(',').filter((length) => length.trim() !== '')
  return { dtype, shape: lengths.map(Number) }
}

const show = (value: string | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value.length <= 80 ? value : `${value.slice(0, 77)}…`)

function damaged(who: string, expected: string, got: string): InputError {
  const hint = 'The file is damaged or not a .npy file: copy it again, or rebuild the data set.'
  return new InputError({ who, expected, got, hint })
}

function unsupported(who: string, expected: string, got: string, call: string): InputError {
  return new InputError({ who, expected, got, hint: `Save it again with numpy.save(path, ${call}).` })
}
