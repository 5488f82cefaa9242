/**
 * Writes a zip archive as PyTorch's writer does: entries stored as they are, each beginning at a multiple of 64
 * bytes behind padding in its extra field, sizes behind the data, and a zip64 end record in any case.
 * Libraries place entries where they like; PyTorch maps them into memory, and a test holds the bytes to its own.
 * Source: caffe2/serialize/inline_container.cc (`getPadding`), third_party/miniz.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { crc32 } from '../../data/files/crc32.ts'
import { serializationId } from './serialization-id.ts'

export interface NewEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

const alignment = 64
const localHeaderBytes = 30
const descriptorBytes = 16
const centralHeaderBytes = 46
const wideEndBytes = 56
const locatorBytes = 20
const endBytes = 22
/** Beyond it every offset would need its zip64 form. */
const maxBytes = 2 ** 32 - 1

interface Placed extends NewEntry {
  readonly encodedName: Uint8Array
  readonly crc: number
  readonly start: number
  readonly dataStart: number
}

/**
 * The archive of `entries` and of PyTorch's own last one, `.data/serialization_id`.
 *
 * @param root the folder that all entries lie in
 */
export function writeTorchArchive(root: string, entries: readonly NewEntry[]): Uint8Array {
  const checksums = entries.map(({ name, bytes }) => ({ name, crc: crc32(bytes) }))
  const identity = new TextEncoder().encode(serializationId(checksums))
  const placed: Placed[] = []
  let offset = 0
  for (const { name, bytes } of [...entries, { name: '.data/serialization_id', bytes: identity }]) {
    const encodedName = new TextEncoder().encode(`${root}/${name}`)
    const header = offset + localHeaderBytes + encodedName.length + 4
    const dataStart = Math.ceil(header / alignment) * alignment
    placed.push({ name, bytes, encodedName, crc: crc32(bytes), start: offset, dataStart })
    offset = dataStart + bytes.length + descriptorBytes
  }
  const directoryBytes = placed.reduce(
    (sum, { encodedName }) => sum + centralHeaderBytes + encodedName.length,
    0,
  )
  const total = offset + directoryBytes + wideEndBytes + locatorBytes + endBytes
  if (total > maxBytes) throw tooLarge(total)
  const archive = new Uint8Array(total)
  const view = new DataView(archive.buffer)
  let place = offset
  for (const entry of placed) {
    writeEntry(archive, view, entry)
    place = writeDirectoryEntry(archive, view, entry, place)
  }
  writeEnd(view, { count: placed.length, start: offset, bytes: directoryBytes })
  return archive
}

/** Bit 3, sizes follow the data, and bit 11, the name is UTF-8. */
const flags = 0x0808

/** Time, date, checksum and sizes stay 0 here: the descriptor behind the data has them. */
function writeEntry(archive: Uint8Array, view: DataView, entry: Placed): void {
  const { start, dataStart, encodedName, bytes, crc } = entry
  view.setUint32(start, 0x04034b50, true)
  view.setUint16(start + 6, flags, true)
  view.setUint16(start + 26, encodedName.length, true)
  archive.set(encodedName, start + localHeaderBytes)
  const extra = start + localHeaderBytes + encodedName.length
  view.setUint16(start + 28, dataStart - extra, true)
  archive.fill(0x5a, extra, dataStart) // Z
  archive.set([0x46, 0x42], extra) // FB
  view.setUint16(extra + 2, dataStart - extra - 4, true)
  archive.set(bytes, dataStart)
  const end = dataStart + bytes.length
  view.setUint32(end, 0x08074b50, true)
  view.setUint32(end + 4, crc, true)
  view.setUint32(end + 8, bytes.length, true)
  view.setUint32(end + 12, bytes.length, true)
}

function writeDirectoryEntry(archive: Uint8Array, view: DataView, entry: Placed, place: number): number {
  const { start, encodedName, bytes, crc } = entry
  view.setUint32(place, 0x02014b50, true)
  view.setUint16(place + 8, flags, true)
  view.setUint32(place + 16, crc, true)
  view.setUint32(place + 20, bytes.length, true)
  view.setUint32(place + 24, bytes.length, true)
  view.setUint16(place + 28, encodedName.length, true)
  view.setUint32(place + 42, start, true)
  archive.set(encodedName, place + centralHeaderBytes)
  return place + centralHeaderBytes + encodedName.length
}

/** The zip64 end record, its locator and the end record, as miniz writes them: made on Unix, version 3.0. */
function writeEnd(
  view: DataView,
  directory: { readonly count: number; readonly start: number; readonly bytes: number },
): void {
  const { count, start, bytes } = directory
  const wide = start + bytes
  view.setUint32(wide, 0x06064b50, true)
  view.setBigUint64(wide + 4, BigInt(wideEndBytes - 12), true)
  view.setUint16(wide + 12, 0x031e, true)
  view.setUint16(wide + 14, 0x002d, true)
  view.setBigUint64(wide + 24, BigInt(count), true)
  view.setBigUint64(wide + 32, BigInt(count), true)
  view.setBigUint64(wide + 40, BigInt(bytes), true)
  view.setBigUint64(wide + 48, BigInt(start), true)
  const locator = wide + wideEndBytes
  view.setUint32(locator, 0x07064b50, true)
  view.setBigUint64(locator + 8, BigInt(wide), true)
  view.setUint32(locator + 16, 1, true)
  const end = locator + locatorBytes
  view.setUint32(end, 0x06054b50, true)
  view.setUint16(end + 8, Math.min(count, 0xffff), true)
  view.setUint16(end + 10, Math.min(count, 0xffff), true)
  view.setUint32(end + 12, bytes, true)
  view.setUint32(end + 16, start, true)
}

function tooLarge(total: number): InputError {
  return new InputError({
    who: 'PyTorch file',
    expected: `at most ${maxBytes} bytes`,
    got: `${total}`,
    hint: 'Write safetensors, or 16-bit numbers.',
  })
}
