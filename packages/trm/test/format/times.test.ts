import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { duration, msLeft, timeLeft } from '@tiny-recursive-models/trm/format'

test('durations are said in the two largest units', () => {
  const times = [
    0, -5, 250, 9_949, 9_950, 42_400, 59_400, 185_000, 339_000, 4_261_000, 7_800_000, 273_600_000,
  ]
  assert.deepEqual(times.map(duration), [
    '0 s',
    '0 s',
    '0.3 s',
    '9.9 s',
    '10 s',
    '42 s',
    '59 s',
    '3 min 05 s',
    '5 min 39 s',
    '1 h 11 min',
    '2 h 10 min',
    '3 d 4 h',
  ])
  assert.equal(duration(Number.POSITIVE_INFINITY), '–')
})

describe('time left', () => {
  const pace = { step: 0, totalSteps: 300, msPerStep: 500, evaluateEvery: 100, msPerEvaluation: 2_000 }

  test('is steps and evaluations', () => {
    assert.equal(msLeft(pace), 150_000 + 3 * 2_000)
    assert.equal(msLeft({ ...pace, step: 100 }), 100_000 + 2 * 2_000)
    assert.equal(msLeft({ ...pace, step: 299 }), 500 + 2_000)
    assert.equal(msLeft({ ...pace, step: 300 }), 0)
  })

  test('counts the evaluation at the end of an uneven run', () =>
    assert.equal(msLeft({ ...pace, totalSteps: 310, step: 300 }), 5_000 + 2_000))

  test('without evaluations is steps alone', () => {
    assert.equal(msLeft({ step: 0, totalSteps: 300, msPerStep: 500 }), 150_000)
    assert.equal(msLeft({ ...pace, evaluateEvery: 0 }), 150_000)
    assert.equal(msLeft({ ...pace, msPerEvaluation: null }), 150_000)
  })

  test('is not known before two steps', () => assert.equal(msLeft({ ...pace, msPerStep: null }), null))

  test('is not negative beyond the end', () => assert.equal(msLeft({ ...pace, step: 400 }), 0))

  test('is said in round words', () => {
    const words = [null, 3, 27, 58, 150, 3_599, 7_260, 90_000, Infinity].map((seconds) =>
      timeLeft(seconds === null ? null : 1000 * seconds),
    )
    assert.deepEqual(words, [
      '–',
      'a few seconds',
      '25 s',
      '1 min',
      '3 min',
      '1 h 0 min',
      '2 h 1 min',
      '25 h',
      '–',
    ])
  })
})
