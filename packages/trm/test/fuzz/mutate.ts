/** Seeded damage to bytes and to texts. */
import type { RandomStream } from '@tiny-recursive-models/tensor'

export type Mutation = (bytes: Uint8Array, random: RandomStream) => Uint8Array

/** A place from 0 to `length`. */
const placeIn = (length: number, random: RandomStream): number => random.integer(length + 1)

export const pick = <Item>(items: readonly Item[], random: RandomStream): Item =>
  items[random.integer(items.length)]!

/** Mostly short, now and then long. */
const lengthUpTo = (limit: number, random: RandomStream): number =>
  limit === 0 ? 0 : random.integer(Math.max(1, Math.min(limit, random.integer(4) === 0 ? limit : 16)))

export function replaced(
  bytes: Uint8Array,
  start: number,
  end: number,
  middle: Uint8Array | readonly number[],
): Uint8Array {
  const result = new Uint8Array(start + middle.length + bytes.length - end)
  result.set(bytes.subarray(0, start))
  result.set(middle, start)
  result.set(bytes.subarray(end), start + middle.length)
  return result
}

const boundaries = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x10000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
]

export const byteMutations: Readonly<Record<string, Mutation>> = {
  'flip bits': (bytes, random) => {
    const copy = Uint8Array.from(bytes)
    if (copy.length > 0)
      for (let left = 1 + random.integer(4); left > 0; left--)
        copy[random.integer(copy.length)]! ^= 1 << random.integer(8)
    return copy
  },
  'set a byte': (bytes, random) => {
    const copy = Uint8Array.from(bytes)
    if (copy.length > 0) copy[random.integer(copy.length)] = pick([0, 1, 0x7f, 0x80, 0xff], random)
    return copy
  },
  'cut the end off': (bytes, random) => bytes.subarray(0, placeIn(bytes.length, random)),
  'remove bytes': (bytes, random) => {
    const start = placeIn(bytes.length, random)
    return replaced(bytes, start, start + lengthUpTo(bytes.length - start, random), [])
  },
  'insert bytes': (bytes, random) => {
    const noise = Array.from({ length: 1 + random.integer(16) }, () => random.integer(256))
    const start = placeIn(bytes.length, random)
    return replaced(bytes, start, start, noise)
  },
  'repeat bytes': (bytes, random) => {
    const from = placeIn(bytes.length, random)
    const part = bytes.subarray(from, from + lengthUpTo(bytes.length - from, random))
    const start = placeIn(bytes.length, random)
    return replaced(bytes, start, start, part)
  },
  'write a boundary': (bytes, random) => {
    const width = pick([1, 2, 4, 8], random)
    if (bytes.length < width) return bytes
    const copy = Uint8Array.from(bytes)
    const start = random.integer(copy.length - width + 1)
    const value =
      random.integer(2) === 0 ? pick(boundaries, random) : BigInt(copy.length + random.integer(5) - 2)
    for (let byte = 0; byte < width; byte++)
      copy[start + byte] = Number((BigInt.asUintN(64, value) >> BigInt(8 * byte)) & 0xffn)
    return copy
  },
  'fill with zeros': (bytes, random) => {
    const copy = Uint8Array.from(bytes)
    const start = placeIn(copy.length, random)
    return copy.fill(0, start, start + lengthUpTo(copy.length - start, random))
  },
}

const numbers = [
  '0',
  '-0',
  '-1',
  '1',
  '0.5',
  '1e308',
  '1e-320',
  '1e999',
  '255',
  '65536',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '18446744073709551616',
  '0x10',
  'NaN',
  'Infinity',
  '٣',
]

const words = [
  'null',
  'true',
  'false',
  '""',
  '{}',
  '[]',
  '"__proto__"',
  '"constructor"',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '\\',
  '\\u0000',
  '\u0000',
  '\ufeff',
  '\r',
  '\n',
  '\r\n',
  '..',
  '🧩',
]

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** For texts: numbers, words and whole lines. Bytes that are not UTF-8 come from `byteMutations`. */
export const textMutations: Readonly<Record<string, Mutation>> = {
  'change a number': (bytes, random) => {
    const text = new TextDecoder().decode(bytes)
    const found = [...text.matchAll(/-?\d+(?:\.\d+)?/g)]
    if (found.length === 0) return bytes
    const { 0: digits, index } = pick(found, random)
    return encode(text.slice(0, index) + pick(numbers, random) + text.slice(index + digits.length))
  },
  'insert a word': (bytes, random) => {
    const start = placeIn(bytes.length, random)
    return replaced(bytes, start, start, encode(pick(words, random)))
  },
  'replace a word': (bytes, random) => {
    const text = new TextDecoder().decode(bytes)
    const found = [...text.matchAll(/"[^"]*"|[\w.]+/g)]
    if (found.length === 0) return bytes
    const { 0: word, index } = pick(found, random)
    const by = random.integer(3) === 0 ? pick(found, random)[0] : pick([...words, ...numbers], random)
    return encode(text.slice(0, index) + by + text.slice(index + word.length))
  },
  'repeat or drop a line': (bytes, random) => {
    const lines = new TextDecoder().decode(bytes).split('\n')
    const place = random.integer(lines.length)
    if (random.integer(2) === 0) lines.splice(place, 1)
    else lines.splice(random.integer(lines.length), 0, lines[place]!)
    return encode(lines.join('\n'))
  },
  'nest deeply': (bytes, random) => {
    const [open, close] = pick(
      [
        ['[', ']'],
        ['{"a":', '}'],
        ['(', ')'],
        ['{', '}'],
      ] as const,
      random,
    )
    const depth = pick([10, 1_000, 20_000], random)
    const start = placeIn(bytes.length, random)
    return replaced(
      bytes,
      start,
      start,
      encode(open.repeat(depth) + (random.integer(2) ? close.repeat(depth) : '')),
    )
  },
  'insert a long word': (bytes, random) => {
    const start = placeIn(bytes.length, random)
    const length = pick([1_000, 100_000, 2_000_000], random)
    return replaced(bytes, start, start, encode(pick(['a', '1', ' ', '\n', '"', ','], random).repeat(length)))
  },
}
