import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { decodeSafetensors, encodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { type StoredTensor, toFloat32 } from '../../src/checkpoint/stored-tensor.ts'
import { crc32 } from '../../src/data/files/crc32.ts'
import { duplicateKey } from '../../src/data/files/duplicate-key.ts'
import { flipBits, outcome } from './hostile-bytes.ts'

const recordings = new URL('../../../../bench/test/fixtures/', import.meta.url)

/** One tensor of every type, an empty one and a scalar. */
const examples: Record<string, StoredTensor> = {
  doubles: { dtype: 'float64', shape: [2], data: Float64Array.of(Math.PI, -0) },
  floats: { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-9, 4e30, Number.NaN, 0) },
  halves: { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7c00) },
  brains: { dtype: 'bfloat16', shape: [2], data: Uint16Array.of(0x3f80, 0xc020) },
  longs: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 60n) },
  ints: { dtype: 'int32', shape: [1, 2], data: Int32Array.of(-100, 7) },
  bytes: { dtype: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 255) },
  flags: { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
  empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
  scalar: { dtype: 'float32', shape: [], data: Float32Array.of(42) },
}

/** A file with any header text, for what the writer would never write. */
function fileWith(
  header: string,
  payloadBytes = 0,
  length = BigInt(new TextEncoder().encode(header).length),
) {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + payloadBytes)
  new DataView(bytes.buffer).setBigUint64(0, length, true)
  bytes.set(text, 8)
  return bytes
}

const entry = (shape: number[], offsets: number[], dtype = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: offsets })

function messageOf(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, 'x.safetensors')
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

const advice =
  'The file is damaged or not a safetensors file: use the previous checkpoint, or copy the file again.'

test('crc32 agrees with the check value of the standard at every alignment and length', () => {
  const digits = new TextEncoder().encode('123456789')
  assert.equal(crc32(digits), 0xcbf43926)
  const bytes = Uint8Array.from({ length: 200 }, (_, index) => (index * 37 + 11) & 255)
  let bytewise = 0
  for (let length = 0; length < 150; length++) {
    for (const start of [0, 1, 2, 3]) {
      bytewise = 0
      for (let index = 0; index < length; index++)
        bytewise = crc32(bytes.slice(start + index, start + index + 1), bytewise)
      assert.equal(crc32(bytes.subarray(start, start + length)), bytewise, `start ${start}, length ${length}`)
    }
  }
})

test('crc32 is far from byte by byte: at least 200 MB/s on a busy machine, above 1 GB/s on an idle one', () => {
  const bytes = new Uint8Array(32 * 2 ** 20).fill(7)
  let best = 0
  for (let attempt = 0; attempt < 8; attempt++) {
    const start = performance.now()
    crc32(bytes)
    best = Math.max(best, bytes.length / 1e6 / ((performance.now() - start) / 1000))
  }
  assert.ok(best >= 200, `${best.toFixed(0)} MB/s`)
})

test('duplicateKey finds equal keys of one object only', () => {
  assert.equal(duplicateKey('{"a":1,"b":{"a":2},"c":["a","a",{"a":1}]}'), null)
  assert.equal(duplicateKey('{"a":1,"\\u0061":2}'), 'a')
  assert.equal(duplicateKey('{"x":{"k" : 1, "k":2}}'), 'k')
  assert.equal(duplicateKey('{"a":"a\\"b:","b":"a"}'), null)
})

test('every type comes back as it was, in arrays of its own', () => {
  const bytes = encodeSafetensors(examples, { note: 'ä "quoted"', step: '7' })
  const { tensors, metadata } = decodeSafetensors(bytes, 'x')
  assert.equal(metadata.note, 'ä "quoted"')
  assert.equal(metadata.step, '7')
  assert.match(metadata.checksum ?? '', /^crc32:[0-9a-f]{8}$/)
  assert.deepEqual([...tensors.keys()].sort(), Object.keys(examples).sort())
  for (const [name, tensor] of tensors) {
    assert.deepEqual(tensor, examples[name], name)
    assert.equal(tensor.data.byteOffset, 0, name)
    assert.notEqual(tensor.data.buffer, bytes.buffer, name)
  }
})

test('a file read out of the middle of a larger buffer is the same file', () => {
  const bytes = encodeSafetensors(examples)
  const larger = new Uint8Array(bytes.length + 7)
  larger.set(bytes, 3)
  const { tensors } = decodeSafetensors(larger.subarray(3, 3 + bytes.length), 'x')
  assert.deepEqual(tensors.get('floats'), examples.floats)
})

test('the same tensors give the same bytes in any order', () => {
  const backwards = Object.fromEntries(Object.entries(examples).reverse())
  assert.deepEqual(encodeSafetensors(new Map(Object.entries(backwards))), encodeSafetensors(examples))
})

test('16-bit floats widen exactly', () => {
  const halves = Uint16Array.of(0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff, 0xfc00, 0x7e00)
  assert.deepEqual(
    [...toFloat32({ dtype: 'float16', shape: [9], data: halves }, 'h')],
    [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 0.333251953125, 65504, Number.NEGATIVE_INFINITY, Number.NaN],
  )
  const brains = Uint16Array.of(0x3f80, 0xbf80, 0x4049, 0x7f80)
  assert.deepEqual(
    [...toFloat32({ dtype: 'bfloat16', shape: [4], data: brains }, 'b')],
    [1, -1, 3.140625, Number.POSITIVE_INFINITY],
  )
  assert.throws(() => toFloat32(examples.ints!, 'ints'), {
    message:
      'tensor ints: expected floating-point numbers (float32, float64, float16 or bfloat16), got int32. Weights and states are floating-point: this is another kind of file.',
  })
})

test('the writer refuses a shape that does not fit its numbers', () => {
  assert.throws(
    () => encodeSafetensors({ w: { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) } }),
    {
      message:
        'encodeSafetensors: tensor "w": expected float32 numbers for the shape [2,2], got Float32Array of 3. The product of the shape must be the number of elements.',
    },
  )
  assert.throws(() => encodeSafetensors({ __metadata__: examples.floats! }), InputError)
})

test('broken files say what is broken and what to do', () => {
  const expectations: [Uint8Array, string][] = [
    [new Uint8Array(5), 'expected at least 8 bytes, got 5 bytes'],
    [
      fileWith('{}', 0, 2n ** 60n),
      'expected a header of at most 100000000 bytes, got a header length of 1152921504606846976',
    ],
    [fileWith('{}', 0, 3n), 'expected a header of 3 bytes, got a file that ends 2 bytes after its length'],
    [
      fileWith(`{"a":${entry([2], [0, 8])}}`, 4),
      'expected 8 bytes of tensors, got 4 bytes: the file is cut off',
    ],
    [fileWith(`{"a":${entry([2], [0, 8])}}`, 9), 'expected 8 bytes of tensors, got 1 more'],
    [
      fileWith(`{"a":${entry([2], [0, 8])},"b":${entry([2], [4, 12])}}`, 12),
      'expected tensor "b" at byte 8, got byte 4, which overlaps the one before it',
    ],
    [
      fileWith(`{"a":${entry([2], [0, 8])},"b":${entry([1], [12, 16])}}`, 16),
      'expected tensor "b" at byte 8, got byte 12, which leaves a hole before it',
    ],
    [fileWith(`{"a":${entry([3], [0, 8])}}`, 8), 'expected tensor "a" [3] in 12 bytes, got 8 bytes'],
    [
      fileWith(`{"a":${entry([2 ** 40, 2 ** 40], [0, 8])}}`, 8),
      'expected tensor "a" [1099511627776,1099511627776] in too many bytes, got 8 bytes',
    ],
    [
      fileWith(`{"a":${entry([2 ** 52, 2 ** 52, 0], [0, 0])}}`),
      'expected tensor "a" [4503599627370496,4503599627370496,0] in too many bytes, got 0 bytes',
    ],
    [
      fileWith(`{"a":${entry([-1], [0, 8])}}`, 8),
      'expected tensor "a" with a shape of whole numbers, got [-1]',
    ],
    [
      fileWith(`{"a":${entry([2], [8, 0])}}`, 8),
      'expected tensor "a" with data_offsets [start, end], got [8,0]',
    ],
    [
      fileWith(`{"a":${entry([2], [0, 8], 'F8')}}`, 8),
      'expected tensor "a" of type F64, F32, F16, BF16, I64, I32, U8, BOOL, got "F8"',
    ],
    [
      fileWith(`{"a":${entry([2], [0, 8])},"a":${entry([2], [0, 8])}}`, 8),
      'expected unique names in the header, got "a" twice',
    ],
    [fileWith('[]'), 'expected a header object, got another JSON value'],
    [fileWith(' {}'), 'expected a header object, got another JSON value'],
    [fileWith('{"__metadata__":{"a":1}}'), 'expected a string for the metadata "a", got number'],
    [fileWith('{"a":5}'), 'expected tensor "a" as an object, got 5'],
  ]
  for (const [bytes, text] of expectations)
    assert.equal(messageOf(bytes), `x.safetensors: ${text}. ${advice}`)
  assert.match(messageOf(fileWith('{"a"')), /expected a JSON header, got text that is not JSON/)
  const invalid = fileWith('{"a"}')
  invalid[9] = 0xff
  assert.equal(
    messageOf(invalid),
    `x.safetensors: expected a header in UTF-8, got bytes that are not UTF-8. ${advice}`,
  )
  assert.match(messageOf(fileWith('['.repeat(100_000))), /expected a JSON header/)
})

test('names from Object.prototype are names like any other', () => {
  const bytes = fileWith(
    '{"__metadata__":{"__proto__":"x"},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    1,
  )
  const { tensors, metadata } = decodeSafetensors(bytes, 'x')
  assert.deepEqual([...tensors.keys()], ['constructor'])
  assert.deepEqual(Object.entries(metadata), [['__proto__', 'x']])
})

test('a file cut at any byte is refused', () => {
  const bytes = encodeSafetensors(examples, { note: 'n' })
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(
      outcome(() => decodeSafetensors(bytes.slice(0, length), 'x')),
      'refused',
      `length ${length}`,
    )
  }
})

test('every single flipped bit behind the metadata key is recognised', () => {
  const bytes = encodeSafetensors(examples, { note: 'n' })
  let unnoticed = 0
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice()
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    if (outcome(() => decodeSafetensors(flipped, 'x')) === 'read') unnoticed++
  }
  // Bits of the texts `checksum` and `crc32:` themselves turn the check off and change nothing else.
  assert.ok(unnoticed <= 'checksum":"crc32:'.length * 8, `${unnoticed} unnoticed`)
})

test('random damage gives an InputError or a readable file, never anything else', () => {
  const bytes = encodeSafetensors(examples, { note: 'n' })
  let read = 0
  flipBits(bytes, { seed: 1, rounds: 3_000 }, (damaged) => {
    if (outcome(() => decodeSafetensors(damaged, 'x')) === 'read') read++
  })
  assert.ok(read < 100, `${read} of 3000 read`)
})

test('the golden files of the published code are read', () => {
  const files = readdirSync(recordings).filter((name) => name.endsWith('.safetensors'))
  assert.equal(files.length, 8)
  for (const file of files) {
    const { tensors } = decodeSafetensors(readFileSync(new URL(file, recordings)), file)
    const start = tensors.get('init.inner.L_init') ?? tensors.get('init.inner.H_init')
    assert.deepEqual(start?.shape, [16], file)
    const again = decodeSafetensors(encodeSafetensors(tensors), file).tensors
    assert.deepEqual(new Map([...again].sort()), new Map([...tensors].sort()), file)
  }
})
