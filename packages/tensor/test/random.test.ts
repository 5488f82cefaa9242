import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inverseNormal, portableLogarithm } from '../src/random/normal.ts'
import { philox4x32 } from '../src/random/philox.ts'
import { RandomStream } from '../src/random/random-stream.ts'

test('philox gives the known answers of Random123 kat_vectors', () => {
  const ones = 0xffffffff
  const answers: [number[], [number, number], number[]][] = [
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [ones, ones, ones, ones],
      [ones, ones],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ]
  for (const [counter, key, expected] of answers) {
    const block = Uint32Array.from(counter)
    philox4x32(block, key[0], key[1])
    assert.deepEqual([...block], expected)
  }
})

test('a stream is a function of its seed and path', () => {
  const words = (stream: RandomStream) => Array.from({ length: 9 }, () => stream.uint32())
  assert.deepEqual(words(new RandomStream(1, 'a', 2)), words(new RandomStream(1, 'a', 2)))
  const names: (string | number)[][] = [
    [],
    ['a'],
    ['a', 2],
    ['a', '2'],
    ['a2'],
    ['', 'a2'],
    [2, 'a'],
    [2 + 2 ** 32, 'a'],
    [-2, 'a'],
  ]
  const streams = names.map((path) => new RandomStream(1, ...path))
  streams.push(
    new RandomStream(2),
    new RandomStream(-1),
    new RandomStream(1 + 2 ** 32),
    new RandomStream(Number.MAX_SAFE_INTEGER),
  )
  assert.equal(new Set(streams.map((stream) => words(stream).join())).size, streams.length)
})

test('the numbers of a stream never change between versions', () => {
  const stream = new RandomStream(42, 'stable', 1)
  assert.deepEqual(
    [stream.uint32(), stream.float(), stream.integer(1000), stream.normal(), stream.truncatedNormal()],
    [2548664775, 0.6392087448092588, 796, 1.0235643797572043, -1.686137807262005],
  )
  assert.deepEqual([...new RandomStream(42).permutation(8)], [4, 2, 3, 7, 0, 1, 5, 6])
})

test('wrong seeds, paths and bounds are refused with four parts', () => {
  assert.throws(() => new RandomStream(0.5), {
    name: 'InputError',
    message:
      'RandomStream: expected the seed to be a whole number between ±9007199254740991, got 0.5. Round it, or name the stream with text.',
  })
  assert.throws(() => new RandomStream(1, 'a', Number.NaN), /part 2 of the path .* got NaN/)
  assert.throws(() => new RandomStream(1).integer(0), {
    message:
      'RandomStream.integer: expected a whole bound from 1 to 4294967296, got 0. Numbers from 0 to bound − 1 are drawn.',
  })
})

test('floats fill [0, 1) evenly', () => {
  const stream = new RandomStream(3)
  const draws = 100_000
  const buckets = new Float64Array(20)
  for (let draw = 0; draw < draws; draw++) {
    const value = stream.float()
    assert.ok(value >= 0 && value < 1)
    buckets[Math.floor(value * 20)]! += 1
  }
  assert.ok(chiSquare(buckets, draws / 20) < 43.8, 'p > 0.001 for 19 degrees of freedom')
})

test('integers are even for a bound that does not divide 2^32', () => {
  // The mean of chi-square over 100 streams: 8 for 8 degrees of freedom, standard error 0.4.
  let total = 0
  for (let seed = 0; seed < 100; seed++) {
    const stream = new RandomStream(seed, 'integers')
    const buckets = new Float64Array(9)
    for (let draw = 0; draw < 2_700; draw++) buckets[stream.integer(9)]! += 1
    total += chiSquare(buckets, 300)
  }
  assert.ok(Math.abs(total / 100 - 8) < 1.3, `${total / 100}`)
  const stream = new RandomStream(4)
  // Three quarters of 2^32: a plain remainder would draw the lower third twice as often as the rest.
  let low = 0
  for (let draw = 0; draw < 30_000; draw++) if (stream.integer(3 * 2 ** 30) < 2 ** 30) low += 1
  assert.ok(Math.abs(low - 10_000) < 300, `${low}`)
  assert.equal(stream.integer(1), 0)
  assert.ok(stream.integer(2 ** 32) >= 0)
})

test('every order of four items comes equally often', () => {
  const stream = new RandomStream(5)
  const counts = new Map<string, number>()
  for (let draw = 0; draw < 24_000; draw++) {
    const order = stream.shuffle(['a', 'b', 'c', 'd']).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  assert.equal(counts.size, 24)
  assert.ok(chiSquare([...counts.values()], 1000) < 49.7, 'p > 0.001 for 23 degrees of freedom')
  const permutation = stream.permutation(1000)
  assert.deepEqual(
    [...permutation].sort((a, b) => a - b),
    [...new Array(1000).keys()],
  )
  assert.equal(stream.permutation(0).length, 0)
})

test('the portable logarithm agrees with Math.log', () => {
  const stream = new RandomStream(6)
  for (let draw = 0; draw < 20_000; draw++) {
    const x = stream.float() * 2 ** (stream.integer(100) - 90) + 1e-300
    const expected = Math.log(x)
    assert.ok(Math.abs(portableLogarithm(x) - expected) <= 4e-16 * Math.max(1, Math.abs(expected)), `${x}`)
  }
})

test('the inverse normal gives known quantiles', () => {
  // Wichura's own check values, and textbook quantiles to sixteen digits.
  const quantiles: [number, number][] = [
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167813],
    [1e-20, -9.262340089798409],
    [0.975, 1.959963984540054],
    [0.02275013194817921, -2],
    [0.5, 0],
  ]
  for (const [probability, expected] of quantiles) {
    assert.ok(
      Math.abs(inverseNormal(probability) - expected) <= 1e-14,
      `${inverseNormal(probability)} ${expected}`,
    )
  }
})

test('normal and truncated normal numbers have the right moments', () => {
  const draws = 100_000
  const moments = (draw: () => number) => {
    let [sum, square, fourth, largest] = [0, 0, 0, 0]
    for (let index = 0; index < draws; index++) {
      const value = draw()
      sum += value
      square += value ** 2
      fourth += value ** 4
      largest = Math.max(largest, Math.abs(value))
    }
    return { mean: sum / draws, variance: square / draws, fourth: fourth / draws, largest }
  }
  const stream = new RandomStream(8)
  const normal = moments(() => stream.normal())
  assert.ok(Math.abs(normal.mean) < 0.012)
  assert.ok(Math.abs(normal.variance - 1) < 0.018)
  assert.ok(Math.abs(normal.fourth - 3) < 0.12)
  assert.ok(normal.largest > 3.5 && normal.largest < 7)
  const truncated = moments(() => stream.truncatedNormal())
  assert.ok(Math.abs(truncated.mean) < 0.011)
  // 1 − 2·2·φ(2)/(Φ(2) − Φ(−2))
  assert.ok(Math.abs(truncated.variance - 0.7737413) < 0.01)
  assert.ok(truncated.largest <= 2 && truncated.largest > 1.99)
})

function chiSquare(counts: Iterable<number>, expected: number): number {
  let sum = 0
  for (const count of counts) sum += (count - expected) ** 2 / expected
  return sum
}
