/**
 * CRC-32 (ISO 3309: reflected, polynomial 0xEDB88320), sixteen bytes at a time, in plain TypeScript so that it
 * runs in a page as well. Source: the slicing method of Kounavis and Berry, "A Systematic Approach to Building
 * High Performance, Software-based, CRC Generators" (2005).
 */

const slices = 16

/** `tables[k · 256 + b]`: what byte b does to the checksum when k more bytes follow it in the same block. */
const tables = buildTables()

function buildTables(): Int32Array {
  const built = new Int32Array(slices * 256)
  for (let byte = 0; byte < 256; byte++) {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    built[byte] = value
  }
  for (let slice = 1; slice < slices; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = built[(slice - 1) * 256 + byte]!
      built[slice * 256 + byte] = (before >>> 8) ^ built[before & 255]!
    }
  }
  return built
}

/** The checksum (0 … 2³² − 1) of `bytes`; give the checksum of what came before to go on from there. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  let offset = 0
  const length = bytes.length
  // Single bytes up to a word boundary of the underlying buffer, then whole words.
  while (offset < length && (bytes.byteOffset + offset) % 4 !== 0) {
    crc = tables[(crc ^ bytes[offset++]!) & 255]! ^ (crc >>> 8)
  }
  const blocks = Math.floor((length - offset) / slices)
  // Where no whole block is left the offset may not lie on a word boundary, which a view would refuse.
  const words =
    blocks === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + offset, blocks * 4)
  for (let index = 0; index < words.length; index += 4) {
    const first = words[index]! ^ crc
    const second = words[index + 1]!
    const third = words[index + 2]!
    const fourth = words[index + 3]!
    crc =
      tables[3840 + (first & 255)]! ^
      tables[3584 + ((first >>> 8) & 255)]! ^
      tables[3328 + ((first >>> 16) & 255)]! ^
      tables[3072 + (first >>> 24)]! ^
      tables[2816 + (second & 255)]! ^
      tables[2560 + ((second >>> 8) & 255)]! ^
      tables[2304 + ((second >>> 16) & 255)]! ^
      tables[2048 + (second >>> 24)]! ^
      tables[1792 + (third & 255)]! ^
      tables[1536 + ((third >>> 8) & 255)]! ^
      tables[1280 + ((third >>> 16) & 255)]! ^
      tables[1024 + (third >>> 24)]! ^
      tables[768 + (fourth & 255)]! ^
      tables[512 + ((fourth >>> 8) & 255)]! ^
      tables[256 + ((fourth >>> 16) & 255)]! ^
      tables[fourth >>> 24]!
  }
  offset += blocks * slices
  while (offset < length) crc = tables[(crc ^ bytes[offset++]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}
