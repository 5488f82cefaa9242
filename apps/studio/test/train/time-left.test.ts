import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeTimeLeft, secondsLeft } from '../../src/train/time-left.ts'

const pace = { step: 0, totalSteps: 300, msPerStep: 500, evaluateEvery: 100, msPerEvaluation: 2_000 }

describe('time left', () => {
  test('is steps and evaluations', () => {
    assert.equal(secondsLeft(pace), 150 + 3 * 2)
    assert.equal(secondsLeft({ ...pace, step: 100 }), 100 + 2 * 2)
    assert.equal(secondsLeft({ ...pace, step: 299 }), 0.5 + 2)
    assert.equal(secondsLeft({ ...pace, step: 300 }), 0)
  })

  test('counts the evaluation at the end of an uneven run', () =>
    assert.equal(secondsLeft({ ...pace, totalSteps: 310, step: 300 }), 5 + 2))

  test('without evaluations is steps alone', () => {
    assert.equal(secondsLeft({ ...pace, evaluateEvery: 0 }), 150)
    assert.equal(secondsLeft({ ...pace, msPerEvaluation: null }), 150)
  })

  test('is not known before two steps', () => assert.equal(secondsLeft({ ...pace, msPerStep: null }), null))

  test('is not negative beyond the end', () => assert.equal(secondsLeft({ ...pace, step: 400 }), 0))

  test('is said in round words', () => {
    const words = [null, 3, 27, 58, 150, 3_599, 7_260, 90_000].map(describeTimeLeft)
    assert.deepEqual(words, [
      '–',
      'a few seconds',
      '25 s',
      '1 min',
      '3 min',
      '1 h 0 min',
      '2 h 1 min',
      '25 h',
    ])
  })
})
