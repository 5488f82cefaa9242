/**
 * Reads zip archives: the central directory, with zip64, and entries that are stored or deflated. It trusts
 * nothing: every place lies inside the file, no two entries share bytes (which would let a small file hold any
 * amount), names occur once, sizes are bounded before anything is allocated, and every CRC-32 is checked.
 * Libraries (fflate among them, which inflates here) check neither overlaps nor CRC-32, nor bound what they unpack.
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { inflateSync } from 'fflate'
import { crc32 } from './crc32.ts'

export interface ZipEntry {
  readonly name: string
  /** Bytes after decompression. */
  readonly size: number
  /** The bytes, all at once: a view of the file where the entry is stored as it is. */
  readonly read: () => Uint8Array
  /**
   * A deflated entry as the parts of a gzip file, whose readers unpack piece by piece and check length and CRC-32;
   * null where it is stored.
   */
  readonly asGzip: (() => readonly Uint8Array[]) | null
}

export interface ReadZipOptions {
  /** The most bytes that deflated entries may say to unpack to, all together; by default 16 times the file's. */
  readonly maxUnpacked?: number
}

interface Place {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  /** Where the local header begins. */
  readonly start: number
}

const stored = 0
const deflated = 8
const localHeaderBytes = 30
const centralHeaderBytes = 46
const endBytes = 22
const unknown32 = 0xffffffff
const maxEntries = 100_000
const maxComment = 65_535

/** The entries by name; `who` names the file in errors. */
export function readZip(
  bytes: Uint8Array,
  who: string,
  { maxUnpacked = Math.max(2 ** 26, 16 * bytes.length) }: ReadZipOptions = {},
): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const directory = findDirectory(view, who)
  const places = readPlaces(bytes, view, directory, who)
  checkInflation(places, maxUnpacked, who)
  const entries = new Map<string, ZipEntry>()
  const extents: Extent[] = []
  for (const place of places) {
    const dataStart = findData(bytes, view, place, who)
    extents.push({ name: place.name, start: place.start, end: dataStart + place.packedSize })
    const packed = bytes.subarray(dataStart, dataStart + place.packedSize)
    if (entries.has(place.name)) throw damaged(who, 'unique entries', `${show(place.name)} twice`)
    entries.set(place.name, {
      name: place.name,
      size: place.size,
      read: () => unpack(packed, place, who),
      asGzip: place.method === deflated ? () => gzipParts(packed, place) : null,
    })
  }
  checkExtents(extents, directory.start, who)
  return entries
}

interface Directory {
  readonly start: number
  readonly end: number
  readonly count: number
}

/** The end record, at the end of the file but for a comment, and its zip64 form where there is one. */
function findDirectory(view: DataView, who: string): Directory {
  const last = view.byteLength - endBytes
  let end = last
  const first = Math.max(0, last - maxComment)
  while (end >= first && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < first) throw damaged(who, 'a zip archive', 'a file without the end of one')
  let count = view.getUint16(end + 10, true)
  let size = view.getUint32(end + 12, true)
  let start = view.getUint32(end + 16, true)
  let limit = end
  const locator = end - 20
  if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
    const wide = wholeNumber(view, locator + 8, who)
    if (wide + 56 > locator || view.getUint32(wide, true) !== 0x06064b50)
      throw damaged(who, 'a zip64 end record', 'other bytes where it should be')
    count = wholeNumber(view, wide + 32, who)
    size = wholeNumber(view, wide + 40, who)
    start = wholeNumber(view, wide + 48, who)
    limit = wide
  }
  if (start + size > limit) {
    throw damaged(who, `a directory before byte ${limit}`, `one of ${size} bytes at ${start}`)
  }
  if (count > maxEntries || count * centralHeaderBytes > size)
    throw damaged(who, `at most ${Math.min(maxEntries, Math.floor(size / 46))} entries`, `${count}`)
  return { start, end: start + size, count }
}

function readPlaces(bytes: Uint8Array, view: DataView, directory: Directory, who: string): Place[] {
  const places: Place[] = []
  let offset = directory.start
  for (let index = 0; index < directory.count; index++) {
    const isHeader =
      offset + centralHeaderBytes <= directory.end && view.getUint32(offset, true) === 0x02014b50
    if (!isHeader) throw damaged(who, `${directory.count} entries in the directory`, `${index}`)
    const nameEnd = offset + centralHeaderBytes + view.getUint16(offset + 28, true)
    const extraEnd = nameEnd + view.getUint16(offset + 30, true)
    const end = extraEnd + view.getUint16(offset + 32, true)
    if (end > directory.end) throw damaged(who, 'a complete directory', 'an entry that runs over its end')
    const name = new TextDecoder().decode(bytes.subarray(offset + centralHeaderBytes, nameEnd))
    const flags = view.getUint16(offset + 8, true)
    const method = view.getUint16(offset + 10, true)
    const isPlain = (flags & 1) === 0 && (method === stored || method === deflated)
    if (!isPlain) {
      const got = flags & 1 ? 'an encrypted one' : `method ${method}`
      throw new InputError({
        who,
        expected: `${show(name)} as a stored or deflated entry`,
        got,
        hint: 'Unpack the archive with the program that made it, and use the file inside.',
      })
    }
    const sizes = readSizes(view, offset, { start: nameEnd, end: extraEnd }, who)
    if (method === stored && sizes.packedSize !== sizes.size)
      throw damaged(who, `${show(name)} with ${sizes.size} bytes`, `${sizes.packedSize} bytes`)
    places.push({ name, method, crc: view.getUint32(offset + 16, true), ...sizes })
    offset = end
  }
  return places
}

/** Sizes and place; each that does not fit 32 bits stands in the zip64 field, in this order. */
function readSizes(
  view: DataView,
  offset: number,
  extra: { readonly start: number; readonly end: number },
  who: string,
): Pick<Place, 'size' | 'packedSize' | 'start'> {
  let size = view.getUint32(offset + 24, true)
  let packedSize = view.getUint32(offset + 20, true)
  let start = view.getUint32(offset + 42, true)
  if (size !== unknown32 && packedSize !== unknown32 && start !== unknown32)
    return { size, packedSize, start }
  let field = extra.start
  while (field + 4 <= extra.end && view.getUint16(field, true) !== 1)
    field += 4 + view.getUint16(field + 2, true)
  let next = field + 4
  const wide = (): number => {
    if (next + 8 > extra.end) throw damaged(who, 'a zip64 field in the directory', 'none')
    next += 8
    return wholeNumber(view, next - 8, who)
  }
  if (size === unknown32) size = wide()
  if (packedSize === unknown32) packedSize = wide()
  if (start === unknown32) start = wide()
  return { size, packedSize, start }
}

function findData(bytes: Uint8Array, view: DataView, place: Place, who: string): number {
  const { start, packedSize } = place
  const isHeader = start + localHeaderBytes <= bytes.length && view.getUint32(start, true) === 0x04034b50
  if (!isHeader) throw damaged(who, `${show(place.name)} at byte ${start}`, 'other bytes there')
  const nameStart = start + localHeaderBytes
  const nameEnd = nameStart + view.getUint16(start + 26, true)
  const dataStart = nameEnd + view.getUint16(start + 28, true)
  if (dataStart + packedSize > bytes.length)
    throw damaged(who, `${show(place.name)} with ${packedSize} bytes`, 'the end of the file before them')
  const name = new TextDecoder().decode(bytes.subarray(nameStart, nameEnd))
  if (name !== place.name) throw damaged(who, show(place.name), `${show(name)} at its place`)
  return dataStart
}

interface Extent {
  readonly name: string
  readonly start: number
  readonly end: number
}

function checkExtents(extents: readonly Extent[], directoryStart: number, who: string): void {
  let position = 0
  for (const { name, start, end } of [...extents].sort((left, right) => left.start - right.start)) {
    if (start < position || end > directoryStart)
      throw damaged(who, `separate bytes for ${show(name)}`, 'bytes that also belong to something else')
    position = end
  }
}

/** Numbers hardly shrink: what would unpack to many times the file was made to fill the memory. */
function checkInflation(places: readonly Place[], limit: number, who: string): void {
  const total = places.reduce((sum, { method, size }) => sum + (method === deflated ? size : 0), 0)
  if (total > limit) throw damaged(who, `at most ${limit} bytes after unpacking`, `${total} bytes`)
}

function unpack(packed: Uint8Array, place: Place, who: string): Uint8Array {
  const bytes = place.method === stored ? packed : inflate(packed, place, who)
  if (bytes.length !== place.size)
    throw damaged(who, `${show(place.name)} with ${place.size} bytes`, `${bytes.length} bytes`)
  if (crc32(bytes) !== place.crc)
    throw damaged(
      who,
      `the checksum of ${show(place.name)} that was written`,
      'a different one: bytes have changed',
    )
  return bytes
}

/** Into memory of the announced size, which fflate does not exceed; a longer stream fails the checksum. */
function inflate(packed: Uint8Array, { name, size }: Place, who: string): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw damaged(who, `${show(name)} as deflated bytes`, reason.slice(0, 100))
  }
}

/** RFC 1952: a header without a name or time, the deflated bytes, CRC-32 and length. */
function gzipParts(packed: Uint8Array, { crc, size }: Place): readonly Uint8Array[] {
  const trailer = new Uint8Array(8)
  const view = new DataView(trailer.buffer)
  view.setUint32(0, crc, true)
  view.setUint32(4, size % 2 ** 32, true)
  return [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255), packed, trailer]
}

/** 64 bits; more than the exact whole numbers is more than any file has. */
function wholeNumber(view: DataView, offset: number, who: string): number {
  const value = view.getBigUint64(offset, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(who, 'a place inside the file', String(value))
  return Number(value)
}

function damaged(who: string, expected: string, got: string): InputError {
  return new InputError({ who, expected, got, hint: 'The archive is damaged: copy or download it again.' })
}

/** A name out of a file, as it may stand in a message. */
function show(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}…`)
}
