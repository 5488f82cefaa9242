import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { zipSync } from 'fflate'
import { writeTorchArchive } from '../../../src/checkpoint/torch/zip-write.ts'
import { readZip } from '../../../src/data/files/zip-read.ts'

const zeros = new Uint8Array(100_000)
const words = new TextEncoder().encode('one two three one two three one two three')
const deflated = zipSync({ 'a/zeros': zeros, 'a/words': words, 'a/empty': new Uint8Array(0) })

function messageOf(bytes: Uint8Array): string {
  try {
    for (const entry of readZip(bytes, 'x.zip').values()) entry.read()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return `${error.who}: expected ${error.expected}, got ${error.got}.`
  }
  return 'no error'
}

/** The first place of a record, by the signature that it begins with. */
function find(bytes: Uint8Array, signature: number, occurrence = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let left = occurrence
  for (let offset = 0; offset + 4 <= bytes.length; offset++)
    if (view.getUint32(offset, true) === signature && left-- === 0) return offset
  throw new Error('no such record')
}

const central = 0x02014b50
const end = 0x06054b50

/** A copy in which `change` may write at places counted from a record. */
function changed(
  bytes: Uint8Array,
  signature: number,
  change: (view: DataView, start: number) => void,
  occurrence = 0,
): Uint8Array {
  const copy = Uint8Array.from(bytes)
  change(new DataView(copy.buffer), find(copy, signature, occurrence))
  return copy
}

test('deflated entries are unpacked, also in an archive with a comment', () => {
  const withComment = new Uint8Array(deflated.length + 5)
  withComment.set(deflated)
  new DataView(withComment.buffer).setUint16(deflated.length - 2, 5, true)
  for (const bytes of [deflated, withComment]) {
    const entries = readZip(bytes, 'x')
    assert.deepEqual([...entries.keys()], ['a/zeros', 'a/words', 'a/empty'])
    assert.deepEqual(entries.get('a/zeros')!.read(), zeros)
    assert.deepEqual(entries.get('a/words')!.read(), words)
    assert.equal(entries.get('a/empty')!.read().length, 0)
  }
})

test('a size of 64 bits is read from its zip64 field', () => {
  const plain = writeTorchArchive('a', [{ name: 'b', bytes: words }])
  // The first entry of the directory with its size, packed size and place moved into a field of 28 bytes.
  const start = find(plain, central)
  const nameEnd = start + 46 + 'a/b'.length
  const wide = new Uint8Array(plain.length + 28)
  wide.set(plain.subarray(0, nameEnd))
  wide.set(plain.subarray(nameEnd), nameEnd + 28)
  const view = new DataView(wide.buffer)
  view.setUint16(start + 30, 28, true)
  for (const place of [20, 24, 42]) view.setUint32(start + place, 0xffffffff, true)
  view.setUint16(nameEnd, 1, true)
  view.setUint16(nameEnd + 2, 24, true)
  view.setBigUint64(nameEnd + 4, BigInt(words.length), true)
  view.setBigUint64(nameEnd + 12, BigInt(words.length), true)
  const wideEnd = find(wide, 0x06064b50)
  view.setBigUint64(wideEnd + 40, view.getBigUint64(wideEnd + 40, true) + 28n, true)
  view.setBigUint64(find(wide, 0x07064b50) + 8, BigInt(wideEnd), true)
  assert.deepEqual(readZip(wide, 'x').get('a/b')!.read(), words)
  const without = changed(wide, central, (copy) => copy.setUint16(nameEnd, 2, true))
  assert.equal(messageOf(without), 'x.zip: expected a zip64 field in the directory, got none.')
  const huge = changed(wide, central, (copy) => copy.setBigUint64(nameEnd + 4, 2n ** 63n, true))
  assert.equal(messageOf(huge), `x.zip: expected a place inside the file, got ${2n ** 63n}.`)
})

test('archives that lie are refused', () => {
  const stored = writeTorchArchive('a', [
    { name: 'b', bytes: words },
    { name: 'c', bytes: words },
  ])
  const cases: [Uint8Array, string][] = [
    [words, 'expected a zip archive, got a file without the end of one.'],
    [
      changed(deflated, central, (view, at) => view.setUint32(at + 24, 2 ** 31, true)),
      `expected at most ${2 ** 26} bytes after unpacking, got ${2 ** 31 + words.length} bytes.`,
    ],
    [
      changed(deflated, central, (view, at) => view.setUint32(at + 24, 99_999, true)),
      'expected the checksum of "a/zeros" that was written, got a different one: bytes have changed.',
    ],
    [
      changed(deflated, central, (view, at) => view.setUint32(at + 24, 100_001, true)),
      'expected "a/zeros" with 100001 bytes, got 100000 bytes.',
    ],
    [
      changed(deflated, central, (view, at) => view.setUint16(at + 10, 12, true)),
      'expected "a/zeros" as a stored or deflated entry, got method 12.',
    ],
    [
      changed(deflated, central, (view, at) => view.setUint16(at + 8, 1, true)),
      'expected "a/zeros" as a stored or deflated entry, got an encrypted one.',
    ],
    [
      changed(stored, central, (view, at) => view.setUint32(at + 24, 1, true)),
      'expected "a/b" with 1 bytes, got 41 bytes.',
    ],
    [
      changed(stored, central, (view, at) => view.setUint32(at + 42, 7, true)),
      'expected "a/b" at byte 7, got other bytes there.',
    ],
    [
      // The second entry is said to lie where the first one is, under the first one's name: counted twice.
      changed(stored, central, (view, at) => {
        const second = at + 46 + 3
        view.setUint32(second + 42, 0, true)
        view.setUint8(second + 46 + 2, 'b'.charCodeAt(0))
      }),
      'expected unique entries, got "a/b" twice.',
    ],
    [
      changed(stored, central, (view, at) => view.setUint32(at + 49 + 42, 0, true)),
      'expected "a/c", got "a/b" at its place.',
    ],
    [
      changed(stored, central, (view, at) => {
        view.setUint32(at + 20, 150, true)
        view.setUint32(at + 24, 150, true)
      }),
      'expected separate bytes for "a/c", got bytes that also belong to something else.',
    ],
    [
      changed(stored, central, (view, at) => {
        view.setUint32(at + 20, 5_000, true)
        view.setUint32(at + 24, 5_000, true)
      }),
      'expected "a/b" with 5000 bytes, got the end of the file before them.',
    ],
    [
      changed(deflated, end, (view, at) => view.setUint16(at + 10, 4, true)),
      'expected at most 3 entries, got 4.',
    ],
    [
      changed(deflated, end, (view, at) => view.setUint32(at + 16, 2 ** 31, true)),
      /expected a directory before byte \d+, got one of \d+ bytes at 2147483648\./.source,
    ],
  ]
  for (const [bytes, expected] of cases) {
    const message = messageOf(bytes)
    if (expected.includes('\\d+')) assert.match(message, new RegExp(expected))
    else assert.equal(message, `x.zip: ${expected}`)
  }
})

test('a stream that unpacks to more than it says stays within its size', () => {
  const bomb = zipSync({ a: new Uint8Array(2 ** 27) }, { level: 9 })
  assert.ok(bomb.length < 2 ** 18, `${bomb.length} bytes`)
  assert.equal(
    messageOf(bomb),
    `x.zip: expected at most ${2 ** 26} bytes after unpacking, got ${2 ** 27} bytes.`,
  )
  const small = changed(bomb, central, (view, at) => view.setUint32(at + 24, 1_000, true))
  const before = process.memoryUsage().arrayBuffers
  assert.match(messageOf(small), /expected the checksum of "a"/)
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 22)
})
