import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byteSize, grouped, percent, plural, significant } from '@tiny-recursive-models/trm/format'

test('shares are said with the same number of digits', () => {
  assert.deepEqual(
    [0, 0.8321, 0.98765, 0.9996, 1, null, undefined, Number.NaN].map((share) => percent(share)),
    ['0.0 %', '83.2 %', '98.8 %', '100.0 %', '100.0 %', '–', '–', '–'],
  )
  assert.deepEqual(
    [0, 0.005, 0.125, 0.994, 1].map((share) => percent(share, 0)),
    ['0 %', '1 %', '13 %', '99 %', '100 %'],
  )
})

test('whole numbers are grouped and counted', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567, 2.5e4, 0.4, Number.NaN].map(grouped), [
    '0',
    '999',
    '1,000',
    '1,234,567',
    '25,000',
    '0',
    '–',
  ])
  assert.equal(plural(1, 'puzzle'), '1 puzzle')
  assert.equal(plural(0, 'puzzle'), '0 puzzles')
  assert.equal(plural(2000, 'try', 'tries'), '2,000 tries')
})

test('three digits count', () => {
  const values = [
    0,
    0.012345,
    -0.5,
    5e-4,
    1.2345,
    123.4,
    123_456,
    999_999,
    1e7,
    1e-4,
    1e-5,
    1.234e-7,
    Infinity,
  ]
  assert.deepEqual(values.map(significant), [
    '0',
    '0.0123',
    '-0.5',
    '0.0005',
    '1.23',
    '123',
    '123000',
    '1e6',
    '1e7',
    '0.0001',
    '1e-5',
    '1.23e-7',
    '–',
  ])
})

test('sizes are in powers of 1000', () => {
  const sizes = [0, 999, 1000, 1234, 999_499, 999_500, 1_822_205_258, 5e18].map(byteSize)
  assert.deepEqual(sizes, ['0 B', '999 B', '1 kB', '1.23 kB', '999 kB', '1 MB', '1.82 GB', '5000 PB'])
})
