import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatHash, parseHash } from '../src/lib/router.ts'

describe('router', () => {
  test('names the pages', () => {
    assert.deepEqual(parseHash('#/train'), { route: 'train', rest: [] })
    assert.deepEqual(parseHash('#/runs/today/first'), { route: 'runs', rest: ['today', 'first'] })
  })

  test('leads to Think where an address names nothing', () => {
    for (const hash of ['', '#', '#/', '#/unknown/a', '#main', '#/THINK'])
      assert.deepEqual(parseHash(hash), { route: 'think', rest: [] })
  })

  test('reads back what it writes', () => {
    const place = { route: 'runs', rest: ['6×6 / first %', 'step 1'] } as const
    assert.deepEqual(parseHash(formatHash(place)), place)
  })

  test('survives a percent sign that encodes nothing', () =>
    assert.deepEqual(parseHash('#/runs/100%'), { route: 'runs', rest: ['100%'] }))
})
