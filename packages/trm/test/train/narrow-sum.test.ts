import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NarrowSum } from '../../src/train/narrow-sum.ts'
import { localRanks } from './local-ranks.ts'

/** What every rank has after the sum of what each had before. */
async function summed(parts: readonly (readonly number[])[]): Promise<Float32Array[]> {
  return Promise.all(
    localRanks(parts.length).map(async (ranks) => {
      const sum = new NarrowSum(ranks, parts[0]!.length)
      // Twice, because the memory is used again.
      for (let turn = 0; turn < 2; turn++) {
        sum.values.set(parts[ranks.rank]!)
        await sum.run()
      }
      sum.close()
      return sum.values
    }),
  )
}

describe('a sum that travels as bfloat16', () => {
  test('rounds what leaves a rank and the sum, and nothing between', async () => {
    // 1 + 2⁻⁸ lies between 1 and the next number, 1 + 2⁻⁷.
    const half = 2 ** -8
    const found = await summed([
      [1 + half, 1, 256, 1 + 3 * half, 0.1],
      [0, half / 2, 1, 0, 0.1],
      [0, half / 2, 1, 0, 0.1],
    ])
    // Of 1 + 2⁻⁹ + 2⁻⁹ the sum is rounded once, to the even of two; 256 + 1 + 1 is a number of bfloat16, 257 is none.
    for (const values of found) assert.deepEqual([...values], [1, 1, 258, 1 + 4 * half, 0.30078125])
  })

  test('is the same on all ranks, however many share however few numbers', async () => {
    for (const [ranks, length] of [
      [1, 5],
      [2, 5],
      [3, 1],
      [5, 12],
      [4, 1_001],
    ] as const) {
      const parts = Array.from({ length: ranks }, (_, rank) =>
        Array.from({ length }, (_, index) => Math.sin(3 * index + rank)),
      )
      const [first, ...others] = await summed(parts)
      for (const [index, value] of first!.entries()) {
        const exact = parts.reduce((sum, part) => sum + part[index]!, 0)
        assert.ok(Math.abs(value - exact) <= (ranks + 1) * 2 ** -8, `${ranks} ranks, ${index}: ${value}`)
      }
      for (const other of others) assert.deepEqual(other, first)
    }
  })

  test('hands on what is no number, so that training is seen to diverge', async () => {
    const [values] = await summed([
      [Number.NaN, 3e38, Number.POSITIVE_INFINITY],
      [1, 3e38, 1],
    ])
    assert.deepEqual([...values!], [Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
  })
})
