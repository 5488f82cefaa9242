/**
 * Reads and writes safetensors: 8 bytes of header length (little endian), a JSON header, the tensors back to
 * back. Reading executes nothing and trusts nothing. Source: github.com/huggingface/safetensors, "Format".
 * The format's own library is for Rust and Python; @huggingface/hub reads no more than the header.
 *
 * A file of ours begins its metadata with `checksum`, a CRC-32 of everything behind the header length in which
 * the eight digits of the checksum itself count as '0': a flipped bit in a weight, a name or a step count is
 * recognised. Files of other programs have none and are read without it.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { refuseForeign } from '../data/files/archive.ts'
import { crc32 } from '../data/files/crc32.ts'
import { duplicateKey } from '../data/files/duplicate-key.ts'
import { elementCount, type StoredTensor, type StoredType, storedTypes, typeFacts } from './stored-tensor.ts'

/** The limit of the format's own readers. */
const maxHeaderBytes = 100_000_000
const lengthBytes = 8
const zeroDigits = '00000000'
const checksumStart = '{"__metadata__":{"checksum":"crc32:'

/** The content of a safetensors file. */
export interface SafetensorsFile {
  readonly tensors: Map<string, StoredTensor>
  readonly metadata: Record<string, string>
}

type NamedTensors = Readonly<Record<string, StoredTensor>> | ReadonlyMap<string, StoredTensor>

/** The bytes of a safetensors file; the same tensors and metadata always give the same bytes. */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const named: [string, StoredTensor][] =
    tensors instanceof Map ? [...tensors] : Object.entries(tensors as Readonly<Record<string, StoredTensor>>)
  for (const [name, tensor] of named) checkTensor(name, tensor)
  // Widest types first, so that every tensor lies aligned; then by name.
  named.sort(([leftName, left], [rightName, right]) => {
    const byWidth = typeFacts[right.dtype].bytes - typeFacts[left.dtype].bytes
    return byWidth !== 0 ? byWidth : leftName < rightName ? -1 : 1
  })

  const own = Object.entries(metadata).filter(([key]) => key !== 'checksum')
  const pairs = own.map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`)
  const entries = [`${checksumStart}${zeroDigits}"${pairs.join('')}}`]
  let end = 0
  for (const [name, { dtype, shape, data }] of named) {
    const start = end
    end += data.byteLength
    const facts = { dtype: typeFacts[dtype].code, shape, data_offsets: [start, end] }
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(facts)}`)
  }
  const header = new TextEncoder().encode(`${entries.join(',')}}`)
  const payloadStart = lengthBytes + Math.ceil(header.length / 8) * 8
  const bytes = new Uint8Array(payloadStart + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(payloadStart - lengthBytes), true)
  bytes.set(header, lengthBytes)
  bytes.fill(0x20, lengthBytes + header.length, payloadStart)
  let offset = payloadStart
  for (const [, { data }] of named) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  const digits = hexDigits(crc32(bytes.subarray(lengthBytes)))
  bytes.set(new TextEncoder().encode(digits), lengthBytes + checksumStart.length)
  return bytes
}

/**
 * Reads a whole file; `who` names it in errors. Every array is a separate copy.
 * @throws InputError if the file is damaged or of another kind
 */
export function decodeSafetensors(bytes: Uint8Array, who: string): SafetensorsFile {
  refuseForeign(bytes, { who, expected: 'a safetensors file', holds: 'weights' })
  const { text, payloadStart } = readHeader(bytes, who)
  const header = parseHeader(text, who)
  const metadata = readMetadata(header.get('__metadata__'), who)
  header.delete('__metadata__')

  const places = [...header].map(([name, entry]) => readPlace(name, entry, who))
  checkPlaces(places, bytes.length - payloadStart, who)
  checkChecksum(bytes, text, who)

  const tensors = new Map<string, StoredTensor>()
  for (const { name, dtype, shape, start, end } of places) {
    const copy = new ArrayBuffer(end - start)
    new Uint8Array(copy).set(bytes.subarray(payloadStart + start, payloadStart + end))
    tensors.set(name, typeFacts[dtype].view(shape, copy))
  }
  return { tensors, metadata }
}

interface Place {
  readonly name: string
  readonly dtype: StoredType
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

function readHeader(bytes: Uint8Array, who: string): { text: string; payloadStart: number } {
  if (bytes.length < lengthBytes) {
    throw damaged(who, `at least ${lengthBytes} bytes`, `${bytes.length} bytes`)
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  const available = bytes.length - lengthBytes
  if (length > BigInt(maxHeaderBytes)) {
    throw damaged(who, `a header of at most ${maxHeaderBytes} bytes`, `a header length of ${length}`)
  }
  if (length > BigInt(available)) {
    throw damaged(who, `a header of ${length} bytes`, `a file that ends ${available} bytes after its length`)
  }
  const payloadStart = lengthBytes + Number(length)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(lengthBytes, payloadStart),
    )
  } catch {
    throw damaged(who, 'a header in UTF-8', 'bytes that are not UTF-8')
  }
  return { text, payloadStart }
}

function parseHeader(text: string, who: string): Map<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw damaged(who, 'a JSON header', `text that is not JSON (${reason.slice(0, 100)})`)
  }
  if (!text.startsWith('{') || !isRecord(header)) throw damaged(who, 'a header object', 'another JSON value')
  const twice = duplicateKey(text)
  if (twice !== null) throw damaged(who, 'unique names in the header', `${JSON.stringify(twice)} twice`)
  return new Map(Object.entries(header))
}

function readMetadata(entry: unknown, who: string): Record<string, string> {
  const metadata: Record<string, string> = {}
  if (entry === undefined) return metadata
  if (!isRecord(entry)) throw damaged(who, '__metadata__ as an object of strings', typeof entry)
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') throw damaged(who, `a string for the metadata ${show(key)}`, typeof value)
    // Not by assignment: '__proto__' is a key like any other here.
    Object.defineProperty(metadata, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return metadata
}

function readPlace(name: string, entry: unknown, who: string): Place {
  const tensor = `tensor ${show(name)}`
  if (!isRecord(entry)) throw damaged(who, `${tensor} as an object`, JSON.stringify(entry).slice(0, 60))
  const unknownKey = Object.keys(entry).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key))
  if (unknownKey !== undefined) {
    throw damaged(who, `${tensor} with dtype, shape and data_offsets only`, `the key ${show(unknownKey)}`)
  }
  const dtype = storedTypes.find((type) => typeFacts[type].code === entry.dtype)
  if (dtype === undefined) {
    const codes = storedTypes.map((type) => typeFacts[type].code).join(', ')
    throw damaged(who, `${tensor} of type ${codes}`, show(entry.dtype))
  }
  const { shape, data_offsets: offsets } = entry
  if (!isNumbers(shape)) throw damaged(who, `${tensor} with a shape of whole numbers`, show(shape))
  if (!isNumbers(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw damaged(who, `${tensor} with data_offsets [start, end]`, show(offsets))
  }
  const count = elementCount(shape)
  const bytes = count === null ? null : count * typeFacts[dtype].bytes
  const [start, end] = [offsets[0]!, offsets[1]!]
  if (bytes === null || bytes !== end - start) {
    const wanted = bytes === null || !Number.isSafeInteger(bytes) ? 'too many' : `${bytes}`
    throw damaged(who, `${tensor} ${show(shape)} in ${wanted} bytes`, `${end - start} bytes`)
  }
  return { name, dtype, shape, start, end }
}

/** The tensors must fill the payload from end to end: no overlap, no hole, nothing behind the last. */
function checkPlaces(places: readonly Place[], payloadBytes: number, who: string): void {
  const last = places.reduce((end, place) => Math.max(end, place.end), 0)
  if (last > payloadBytes) {
    throw damaged(who, `${last} bytes of tensors`, `${payloadBytes} bytes: the file is cut off`)
  }
  const sorted = [...places].sort((left, right) => left.start - right.start || left.end - right.end)
  let position = 0
  for (const { name, start, end } of sorted) {
    if (start !== position) {
      const problem = start < position ? 'overlaps the one before it' : 'leaves a hole before it'
      throw damaged(who, `tensor ${show(name)} at byte ${position}`, `byte ${start}, which ${problem}`)
    }
    position = end
  }
  if (position !== payloadBytes) {
    throw damaged(who, `${position} bytes of tensors`, `${payloadBytes - position} more`)
  }
}

/** Only where the metadata begins as we write it: another program that copies it on writes it elsewhere. */
function checkChecksum(bytes: Uint8Array, text: string, who: string): void {
  if (!text.startsWith(checksumStart)) return
  const digits = text.slice(checksumStart.length, checksumStart.length + zeroDigits.length)
  const digitsStart = lengthBytes + checksumStart.length
  const digitsEnd = digitsStart + zeroDigits.length
  const before = crc32(bytes.subarray(lengthBytes, digitsStart))
  const withZeros = crc32(new TextEncoder().encode(zeroDigits), before)
  const found = hexDigits(crc32(bytes.subarray(digitsEnd), withZeros))
  if (found !== digits) {
    throw damaged(who, `the checksum ${show(digits)} that was written`, `${found}: bytes have changed`)
  }
}

function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  const who = `encodeSafetensors: tensor ${show(name)}`
  if (name === '__metadata__') {
    throw new InputError({
      who,
      expected: 'a name other than __metadata__',
      got: name,
      hint: 'The format reserves this name.',
    })
  }
  if (!typeFacts[dtype].matches(data) || elementCount(shape) !== data.length) {
    throw new InputError({
      who,
      expected: `${dtype} numbers for the shape ${show(shape)}`,
      got: `${data.constructor.name} of ${data.length}`,
      hint: 'The product of the shape must be the number of elements.',
    })
  }
}

const hexDigits = (value: number): string => value.toString(16).padStart(8, '0')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)

function show(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing'
  return written.length <= 80 ? written : `${written.slice(0, 77)}…`
}

function damaged(who: string, expected: string, got: string): InputError {
  return new InputError({
    who,
    expected,
    got,
    hint: 'The file is damaged or not a safetensors file: use the previous checkpoint, or copy the file again.',
  })
}
