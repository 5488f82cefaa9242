import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { duration, grouped } from '@tiny-recursive-models/trm/format'
import { logMarks, secondIncrements, stepIncrements } from '../src/charts/marks.ts'

describe('the marks of an axis', () => {
  test('of steps and of times are told once each', () => {
    for (const [increments, format] of [
      [stepIncrements, grouped],
      [secondIncrements, (seconds: number) => duration(1000 * seconds)],
    ] as const)
      for (const increment of increments) {
        const told = Array.from({ length: 9 }, (_, index) => format(index * increment))
        assert.equal(new Set(told).size, told.length, told.join(' '))
      }
  })

  test('of a logarithmic axis are in it, few, and at least two', () => {
    assert.deepEqual(logMarks(0.8, 2), [0.8, 0.9, 1, 2])
    assert.deepEqual(logMarks(0.02, 3), [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])
    assert.deepEqual(logMarks(1e-6, 10).slice(0, 3), [1e-6, 1e-4, 1e-2])
    for (const [low, high] of [
      [1.1, 1.9],
      [1.71, 1.72],
      [0.97, 9.2],
      [3e-9, 7e3],
    ] as const) {
      const marks = logMarks(low, high)
      assert.ok(marks.length >= 2 && marks.length <= 8, `${low} to ${high}: ${marks}`)
      assert.ok(
        marks.every((mark) => mark >= low && mark <= high),
        `${low} to ${high}: ${marks}`,
      )
      assert.deepEqual(
        marks,
        [...new Set(marks)].sort((one, other) => one - other),
      )
    }
    assert.deepEqual([logMarks(0, 1), logMarks(2, 2), logMarks(1, Number.NaN)], [[], [], []])
  })
})
