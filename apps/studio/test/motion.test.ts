import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cellMoves, frameOf } from '../src/think/motion.ts'

describe('motion of states', () => {
  test('is the length of the move by that of the new state, cell by cell', () => {
    const before = Float32Array.of(0, 0, 3, 4)
    const now = Float32Array.of(0, 2, 3, 4)
    assert.deepEqual([...cellMoves(before, now, 2)], [1, 0])
    assert.deepEqual([...cellMoves(Float32Array.of(4, 3), Float32Array.of(4, 0), 2)], [0.75])
  })

  test('is one in the first step, and nothing where there is no state', () => {
    assert.deepEqual([...cellMoves(null, new Float32Array(4), 2)], [1, 1])
    assert.deepEqual([...cellMoves(new Float32Array(2), new Float32Array(2), 2)], [0])
  })

  test('is framed by the narrower side', () => {
    const frame = frameOf([Float32Array.of(-1, 0, 3, 2)], 100, 100)
    assert.deepEqual(frame, { x: 1, y: 1, scale: 25 })
    assert.deepEqual(frameOf([], 100, 100), { x: 0, y: 0, scale: 1 })
    assert.ok(Number.isFinite(frameOf([Float32Array.of(2, 2)], 100, 100).scale))
  })
})
