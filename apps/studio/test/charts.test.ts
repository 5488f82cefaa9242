import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { duration, grouped } from '@tiny-recursive-models/trm/format'
import type { Line } from '../src/charts/curve.ts'
import { chartSvg } from '../src/charts/export.ts'
import { headLengths } from '../src/charts/labels.ts'
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

test('long names are cut where they are alike', () => {
  const heads = (...labels: string[]): string[] =>
    headLengths(labels).map((length, index) => labels[index]!.slice(0, length))
  const sweep = 'sweep-small/learningRate-'
  assert.deepEqual(heads(`${sweep}0.003_seed-1`, `${sweep}0.03_seed-2`), [sweep, sweep])
  assert.deepEqual(heads(`${sweep}0.003_seed-1`), [sweep])
  assert.deepEqual(heads('live', 'wider'), ['', ''])
  assert.deepEqual(heads('short', 'shorter'), ['', ''])
  assert.deepEqual(heads('run-123'), [''])
  assert.deepEqual(heads('a'.repeat(20)), ['aaaa'])
})

test('a chart as a file has room for marks and legend', () => {
  const line = (label: string): Line => ({
    ...{ label, colour: '--series-1', dash: [], end: 40 },
    curve: { xs: [10, 40], ys: [0.00001, 0.003], raw: null },
  })
  const names = ['sweep-small/learningRate-0.001_seed-0', 'sweep-small/learningRate-0.001_seed-1', 'third']
  const svg = chartSvg({
    ...{
      title: 'Learning rate',
      lines: names.map(line),
      background: [],
      range: undefined,
      isLogarithmic: false,
    },
    ...{ titleX: 'training step', formatX: String, formatMark: (value) => `a long mark ${value}` },
    colourOf: (name) => name,
  })
  const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)].map(
    ([, x, y, content]) => ({ x: Number(x), y: Number(y), content: content! }),
  )
  const [width, height] = [...svg.matchAll(/ (?:width|height)="(\d+)"/g)].map(([, size]) => Number(size))
  const legend = texts.filter(({ content }) => names.includes(content))
  assert.equal(legend.length, 3)
  for (const { x, y, content } of legend) assert.ok(x + 6 * content.length < width! && y < height!, content)
  assert.ok(new Set(legend.map(({ y }) => y)).size > 1, 'in several rows')
  const marks = texts.filter(({ content }) => content.startsWith('a long'))
  assert.deepEqual(
    marks.map(({ content }) => content),
    [0.001, 0.002, 0.003].map((mark) => `a long mark ${mark}`),
  )
  for (const { x, content } of marks) assert.ok(x >= 6 * content.length, 'not cut off')
  assert.ok(texts.some(({ content }) => content === 'training step'))
})
