import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spreadOf } from '../../src/evaluate/spread.ts'

test('mean and sample standard deviation', () => {
  assert.deepEqual(spreadOf([2, 4, 4, 4, 5, 5, 7, 9]), {
    mean: 5,
    deviation: Math.sqrt(32 / 7),
    count: 8,
  })
  assert.deepEqual(spreadOf([0.25]), { mean: 0.25, deviation: null, count: 1 })
  assert.equal(spreadOf([]), null)
})
