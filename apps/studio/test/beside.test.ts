import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Thought } from '@tiny-recursive-models/trm'
import { beside, differing } from '../src/think/beside.ts'
import { depthWords, shallower } from '../src/think/depth.ts'

const answerOf = (value: number) => ({
  answer: Int32Array.of(value),
  confidence: Float32Array.of(1),
})
/** Two steps of four updates each. */
const thoughts = [1, 2].map((step) => ({
  ...answerOf(10 * step + 4),
  inside: [1, 2, 3, 4].map((call) => answerOf(10 * step + call)),
})) as unknown as Thought[]

test('a second thought is shown after the same step, and after the same share of its updates', () => {
  const at = (position: number, call: number, calls: number) =>
    beside(thoughts, { position, call }, calls)?.answer[0]
  assert.equal(at(0, 0, 8), undefined)
  assert.deepEqual([at(0, 2, 8), at(0, 4, 8), at(0, 7, 8)], [11, 12, 14])
  assert.deepEqual([at(1, 0, 8), at(1, 1, 2)], [14, 22])
  // After its own last step it stays as it is.
  assert.deepEqual([at(2, 0, 8), at(5, 3, 8)], [24, 24])
})

test('cells that differ', () => {
  assert.deepEqual(differing(Int32Array.of(1, 2, 3), Int32Array.of(1, 5, 4)), [1, 2])
})

test('the depths at which the same weights can be compared, by kind of model', () => {
  const trm = { kind: 'trm', recursions: 2, latentUpdates: 3 } as const
  assert.deepEqual(shallower(trm), { latentUpdates: 2 })
  assert.equal(depthWords(trm), 'T 2, n 3')
  assert.deepEqual(shallower({ kind: 'denoiser', recursions: 1, latentUpdates: 6 }), { latentUpdates: 3 })
  assert.deepEqual(shallower({ kind: 'trm', recursions: 1, latentUpdates: 1 }), {})
  const direct = { kind: 'direct', recursions: 1, latentUpdates: 1 } as const
  assert.deepEqual(shallower(direct), {})
  assert.equal(depthWords(direct), 'one call a step')
})
