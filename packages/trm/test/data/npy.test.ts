import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { InputError } from '@tiny-recursive-models/tensor'
import { decodeNpy, encodeNpy, type NpyArray, npyToInt32 } from '../../src/data/npy.ts'
import { flipBits, outcome } from '../checkpoint/hostile-bytes.ts'

const maze = new URL('../../../../../shared/data/maze/', import.meta.url)
const skip = existsSync(maze) ? false : 'skipped: ../shared is not here'

const examples: NpyArray[] = [
  { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
  { dtype: 'uint8', shape: [2, 2], data: Uint8Array.of(1, 2, 3, 255) },
  { dtype: 'int8', shape: [1], data: Int8Array.of(-100) },
  { dtype: 'int16', shape: [3], data: Int16Array.of(-32768, 0, 5) },
  { dtype: 'int32', shape: [2, 1, 2], data: Int32Array.of(-(2 ** 31), 1, 2, 2 ** 31 - 1) },
  { dtype: 'int64', shape: [2], data: BigInt64Array.of(-5n, 7n) },
  { dtype: 'float32', shape: [], data: Float32Array.of(0.5) },
  { dtype: 'int32', shape: [0, 81], data: new Int32Array(0) },
]

/** A file with any header text. */
function fileWith(header: string, payload: number[] = [], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header)
  const length =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0]
  return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...payload)
}

function messageOf(bytes: Uint8Array): string {
  try {
    decodeNpy(bytes, 'x.npy')
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

test('every type comes back as it was', () => {
  for (const array of examples) {
    const bytes = encodeNpy(array)
    assert.equal((bytes.length - array.data.byteLength) % 64, 0)
    assert.deepEqual(decodeNpy(bytes, 'x'), array)
  }
})

test('the bytes are those of numpy.save', () => {
  const bytes = encodeNpy({ dtype: 'uint8', shape: [3], data: Uint8Array.of(7, 8, 9) })
  assert.equal(
    new TextDecoder('latin1').decode(bytes.subarray(10, 128)),
    `${"{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }".padEnd(117)}\n`,
  )
  assert.deepEqual([...bytes.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
  assert.deepEqual([...bytes.subarray(128)], [7, 8, 9])
})

test('versions 2 and 3 and entries in another order are read', () => {
  const header = "{'shape': (2,), 'descr': '<i2', 'fortran_order': False}\n"
  for (const version of [2, 3])
    assert.deepEqual(decodeNpy(fileWith(header, [1, 0, 255, 255], version), 'x'), {
      dtype: 'int16',
      shape: [2],
      data: Int16Array.of(1, -1),
    })
})

test('wrong files say what is wrong and what to do', () => {
  const damaged = 'The file is damaged or not a .npy file: copy it again, or rebuild the data set.'
  const header = (descr: string, order: string, shape: string) =>
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`
  const expectations: [Uint8Array, string][] = [
    [
      Uint8Array.of(1, 2, 3),
      `expected a .npy file, got 3 bytes that do not begin with \\x93NUMPY. ${damaged}`,
    ],
    [fileWith('{}', [], 4), `expected .npy version 1, 2 or 3, got version 4. ${damaged}`],
    [
      fileWith(header('>i4', 'False', '(1,)'), [0, 0, 0, 0]),
      'expected numbers of type |b1, |u1, |i1, <i2, <i4, <i8, <f4, got ">i4". Save it again with numpy.save(path, array.astype(numpy.int32)).',
    ],
    [
      fileWith(header('|u1', 'True', '(1,)'), [0]),
      'expected \'fortran_order\': False, got "True". Save it again with numpy.save(path, numpy.ascontiguousarray(array)).',
    ],
    [
      fileWith(header('<i4', 'False', '(3, 2)'), [0, 0, 0, 0]),
      `expected 24 bytes of numbers for int32 [3,2], got 4 bytes. ${damaged}`,
    ],
    [
      fileWith(header('|u1', 'False', '(999999999999999, 999999999999999)')),
      `expected 9.99999999999998e+29 bytes of numbers for uint8 [999999999999999,999999999999999], got 0 bytes. ${damaged}`,
    ],
    [
      fileWith("{'descr': '|u1', 'descr': '|u1', }"),
      `expected 'descr' once in the header, got twice. ${damaged}`,
    ],
    [
      fileWith("{'descr': __import__('os')}"),
      `expected a header of 'descr', 'fortran_order' and 'shape', got "{'descr': __import__('os')}". ${damaged}`,
    ],
    [fileWith('[]'), `expected a header dictionary, got "[]". ${damaged}`],
    [fileWith(header('|u1', 'False', '(,)'), [0]), `expected 'shape' as a tuple, got "(,)". ${damaged}`],
  ]
  for (const [bytes, text] of expectations) assert.equal(messageOf(bytes), `x.npy: ${text}`)
  const bomb = fileWith('', [], 2)
  bomb.fill(0xff, 8, 12)
  assert.equal(
    messageOf(bomb),
    `x.npy: expected a header of at most 0 bytes, got a header length of 4294967295. ${damaged}`,
  )
})

test('whole numbers become int32, others are refused', () => {
  for (const array of examples) {
    if (array.dtype === 'float32')
      assert.throws(() => npyToInt32(array, 'x'), /expected whole numbers, got float32/)
    else assert.deepEqual([...npyToInt32(array, 'x')], Array.from(array.data as ArrayLike<number>, Number))
  }
  const large: NpyArray = { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n ** 31n) }
  assert.throws(() => npyToInt32(large, 'x.npy'), {
    message:
      'x.npy: expected numbers of 32 bits, got 2147483648 at 1. Tokens, identifiers and indices are small whole numbers: this is another kind of file.',
  })
})

test('cut and flipped files give an InputError or an array', () => {
  const bytes = encodeNpy(examples[4]!)
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(
      outcome(() => decodeNpy(bytes.slice(0, length), 'x')),
      'refused',
      `length ${length}`,
    )
  }
  flipBits(bytes, { seed: 3, rounds: 2_000 }, (damaged) => outcome(() => decodeNpy(damaged, 'x')))
})

test('the maze arrays of the published builder are read', { skip }, () => {
  const array = decodeNpy(gunzipSync(readFileSync(new URL('test__all__inputs.npy.gz', maze))), 'maze')
  assert.equal(array.dtype, 'uint8')
  assert.deepEqual(array.shape, [1000, 900])
  const tokens = npyToInt32(array, 'maze')
  // One start (3) and one goal (4) a maze, no path yet.
  const counts = new Map<number, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  assert.deepEqual([...counts.keys()].sort(), [1, 2, 3, 4])
  assert.deepEqual([counts.get(3), counts.get(4)], [1000, 1000])
})
