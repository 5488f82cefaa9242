import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBfloat16, roundToBfloat16, roundToFloat16 } from '../../src/checkpoint/round.ts'
import { toFloat32 } from '../../src/checkpoint/stored-tensor.ts'

const every = Uint16Array.from({ length: 65_536 }, (_, half) => half)

const types = [
  { dtype: 'bfloat16', round: roundToBfloat16, infinity: 0x7f80 },
  { dtype: 'float16', round: roundToFloat16, infinity: 0x7c00 },
] as const

for (const { dtype, round, infinity } of types) {
  const widened = toFloat32({ dtype, shape: [65_536], data: every }, dtype)

  test(`every ${dtype} number comes back as it was`, () => {
    const back = round(widened)
    for (const half of every) {
      // Numbers that are none need not keep their fraction, only their kind.
      const isNumber = (half & 0x7fff) <= infinity
      if (isNumber) assert.equal(back[half], half, `${half}`)
      else assert.ok((back[half]! & 0x7fff) > infinity, `${half}`)
    }
  })

  test(`what lies between two ${dtype} numbers goes to the nearer, and in the middle to the even one`, () => {
    for (let half = 0; half < infinity - 1; half++) {
      const [low, high] = [widened[half]!, widened[half + 1]!]
      const middle = low / 2 + high / 2
      const width = high - low
      const numbers = Float32Array.of(middle, middle - width / 8, middle + width / 8)
      const even = half % 2 === 0 ? half : half + 1
      // Float32 holds the points beside the middle of subnormal bfloat16 numbers only in part.
      if (numbers[0] !== middle || numbers[1] === middle || numbers[2] === middle) continue
      assert.deepEqual([...round(numbers)], [even, half, half + 1], `between ${low} and ${high}`)
      assert.deepEqual(
        [...round(numbers.map((number) => -number))],
        [even, half, half + 1].map((to) => to | 0x8000),
      )
    }
  })
}

test('what is too large becomes infinite', () => {
  assert.deepEqual([...roundToFloat16(Float32Array.of(65_519, 65_520, -1e30))], [0x7bff, 0x7c00, 0xfc00])
  assert.deepEqual([...roundToBfloat16(Float32Array.of(3.4028235e38))], [0x7f80])
  assert.deepEqual([...roundToFloat16(Float32Array.of(2 ** -25, 2 ** -25 * 1.01))], [0, 1])
})

test('whether numbers are those of bfloat16', () => {
  assert.equal(isBfloat16(Float32Array.of(1, -0.5, 0, 3.140625)), true)
  assert.equal(isBfloat16(Float32Array.of(1, 0.1)), false)
})
