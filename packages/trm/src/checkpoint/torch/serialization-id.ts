/**
 * The fingerprint that PyTorch writes into the last entry of its archives: 20 digits from the names of the entries
 * and 20 from their CRC-32. Nothing reads it, but with it our files are those of torch.save byte for byte, which is
 * the proof of the rest. Source: caffe2/serialize/inline_container.cc (`writeSerializationId`), c10/util/hash.h,
 * and libstdc++'s std::hash and std::unordered_set, whose order the names are taken in.
 */

export interface NamedChecksum {
  /** Without the folder that all entries lie in. */
  readonly name: string
  readonly crc: number
}

export function serializationId(entries: readonly NamedChecksum[]): string {
  const names = hashOrder(entries.map(({ name }) => name)).reduce((seed, { hash }) => combine(seed, hash), 0n)
  const checksums = entries.reduce((seed, { crc }) => combine(seed, BigInt(crc)), 0n)
  return [names, checksums].map((part) => String(part).padStart(20, '0')).join('')
}

const bits64 = (value: bigint): bigint => BigInt.asUintN(64, value)

const combine = (seed: bigint, value: bigint): bigint =>
  seed ^ bits64(value + 0x9e3779b9n + (seed << 6n) + (seed >> 2n))

/** MurmurHash64A, as libstdc++ hashes texts. */
function hashText(text: string): bigint {
  const factor = 0xc6a4a7935bd1e995n
  const bytes = new TextEncoder().encode(text)
  let hash = bits64(0xc70f6907n ^ (BigInt(bytes.length) * factor))
  for (let start = 0; start < bytes.length; start += 8) {
    const part = bytes.subarray(start, start + 8)
    const word = part.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
    hash ^= part.length === 8 ? bits64(fold(bits64(word * factor)) * factor) : word
    hash = bits64(hash * factor)
  }
  return fold(bits64(fold(hash) * factor))
}

const fold = (value: bigint): bigint => value ^ (value >> 47n)

interface Hashed {
  readonly name: string
  readonly hash: bigint
}

/** Numbers of buckets that libstdc++ grows through; a file of more weights would get another fingerprint. */
const bucketCounts = [13, 29, 59, 127, 257, 541, 1109, 2357, 5087, 10273, 20753, 42043, 85229]

/**
 * The order in which a std::unordered_set goes through texts that were put in one after the other: a text is placed
 * before those of its bucket, or first of all where its bucket is empty; a set that grows places all anew.
 */
function hashOrder(names: readonly string[]): readonly Hashed[] {
  let order: Hashed[] = []
  let buckets = 1
  for (const name of names) {
    if (order.length + 1 > buckets) {
      buckets = bucketCounts.find((count) => count > buckets) ?? buckets
      const before = order
      order = []
      for (const one of before) place(order, one, buckets)
    }
    place(order, { name, hash: hashText(name) }, buckets)
  }
  return order
}

function place(order: Hashed[], one: Hashed, buckets: number): void {
  const bucketOf = ({ hash }: Hashed) => hash % BigInt(buckets)
  const first = order.findIndex((other) => bucketOf(other) === bucketOf(one))
  order.splice(Math.max(0, first), 0, one)
}
