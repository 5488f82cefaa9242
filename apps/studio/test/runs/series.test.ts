import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { columnCurve, evaluationCurve, smooth, thin, valueAt } from '../../src/charts/curve.ts'
import { RunSeries } from '../../src/charts/series.ts'
import { differences, flatten } from '../../src/runs/difference.ts'

const step = (number: number, more: object = {}) => ({
  type: 'step',
  step: number,
  loss: 1 / number,
  haltAccuracy: null,
  elapsedMs: number * 100,
  ...more,
})
const evaluation = (number: number, exactAccuracy: number) => ({
  type: 'evaluation',
  step: number,
  exactAccuracy,
  exactByStep: [exactAccuracy / 2, exactAccuracy],
  elapsedMs: number * 100,
})

function seriesOf(...events: readonly unknown[]): RunSeries {
  const series = new RunSeries()
  for (const event of events) series.add(event)
  return series
}

describe('the events of a run', () => {
  test('become columns', () => {
    const series = seriesOf(
      { type: 'start', step: 0, totalSteps: 300, parameters: 5, executor: 'x' },
      step(1),
      step(2, { haltAccuracy: 0.5 }),
      evaluation(2, 0.25),
      { type: 'done', step: 2, reason: 'accuracy' },
    )
    assert.deepEqual(series.columns.step, [1, 2])
    assert.deepEqual(series.columns.loss, [1, 0.5])
    assert.deepEqual(series.columns.haltAccuracy, [Number.NaN, 0.5])
    assert.deepEqual(series.evaluations[0]?.exactByStep, [0.125, 0.25])
    assert.equal(series.start?.totalSteps, 300)
    assert.equal(series.endReason, 'accuracy')
    assert.equal(series.msPerStep, 100)
    series.clear()
    assert.deepEqual([series.step, series.evaluations, series.start, series.msPerStep], [0, [], null, null])
  })

  test('that repeat steps take their place', () => {
    const before = [step(1), step(2), evaluation(2, 0.1), step(3), step(4), evaluation(4, 0.2)]
    const resumed = seriesOf(...before, { type: 'start', step: 2 }, step(3, { loss: 9 }))
    assert.deepEqual(resumed.columns.step, [1, 2, 3])
    assert.deepEqual(resumed.columns.loss, [1, 0.5, 9])
    assert.deepEqual(
      resumed.evaluations.map(({ step }) => step),
      [2],
    )
    assert.deepEqual(seriesOf(...before, step(2)).columns.step, [1, 2])
  })

  test('that are none change nothing', () => {
    const series = seriesOf(
      null,
      5,
      'step',
      [],
      {},
      { type: 'step' },
      { type: 'evaluation' },
      { type: 7 },
      step(1),
    )
    assert.deepEqual(series.columns.step, [1])
    assert.deepEqual(series.columns.learningRate, [Number.NaN])
  })
})

describe('a curve', () => {
  test('has no places without a value, and rises in time', () => {
    const series = seriesOf(
      step(1),
      step(2, { haltAccuracy: 0.5 }),
      step(3, { haltAccuracy: 0.75, elapsedMs: 200 }),
      step(4, { haltAccuracy: 1 }),
    )
    assert.deepEqual(columnCurve(series, 'haltAccuracy', 'step', 0), {
      xs: [2, 3, 4],
      ys: [0.5, 0.75, 1],
      raw: null,
    })
    assert.deepEqual(columnCurve(series, 'haltAccuracy', 'time', 0).xs, [0.2, 0.4])
    assert.deepEqual(evaluationCurve(seriesOf(evaluation(5, 0.5)), 'time'), {
      xs: [0.5],
      ys: [0.5],
      raw: null,
    })
  })

  test('of many steps keeps its peaks and its ends', () => {
    const series = new RunSeries()
    for (let number = 1; number <= 50_000; number++)
      series.add(step(number, { loss: number === 31_337 ? 99 : (number % 7) / 100 }))
    const { xs, ys, raw } = columnCurve(series, 'loss', 'step', 0.25)
    assert.ok(xs.length <= 1_600 && xs.length > 1_000, `${xs.length}`)
    assert.deepEqual([xs[0], xs.at(-1)], [1, 50_000])
    assert.equal(Math.max(...raw!), 99)
    assert.ok(Math.max(...ys) < 1, 'the smoothed curve has no such peak')
  })

  test('is smoothed without a pull towards zero, and without a lag', () => {
    assert.deepEqual(smooth([4, 4, 4], 4), [4, 4, 4])
    assert.deepEqual(smooth([1, 2, 3], 1), [1, 2, 3])
    // Forwards [0, 2/3]; backwards the second stays, and the first is (0.5 · 2/3 + 0) / 1.5.
    assert.deepEqual(smooth([0, 1], 2), [(0.5 * (1 / 1.5)) / 1.5, 1 / 1.5])
    const slope = Array.from({ length: 400 }, (_, index) => index)
    assert.ok(Math.abs(smooth(slope, 10)[200]! - 200) < 1e-6)
  })

  test('is thinned to at most as many points as asked', () => {
    assert.deepEqual(thin([5, 6, 7], 3), [0, 1, 2])
    const values = Array.from({ length: 1000 }, (_, index) => Math.sin(index))
    const kept = thin(values, 100)
    assert.ok(kept.length <= 100)
    assert.deepEqual(
      kept,
      [...kept].sort((one, other) => one - other),
    )
  })

  test('has a value at the nearest place', () => {
    const curve = { xs: [1, 2, 10], ys: [5, 6, 7] }
    assert.deepEqual(
      [-5, 1.4, 1.6, 5, 7, 99].map((place) => valueAt(curve, place)),
      [5, 5, 6, 6, 7, 7],
    )
    assert.equal(valueAt({ xs: [], ys: [] }, 1), null)
  })
})

test('recipes are told apart by their fields', () => {
  const one = {
    name: 'a',
    description: 'A',
    model: { width: 64, kind: 'trm' },
    training: { stop: null, seed: 0 },
  }
  const other = { name: 'b', description: 'B', model: { width: 96, kind: 'trm' }, training: { seed: 0 } }
  assert.deepEqual(differences([one, other]), [
    { key: 'model.width', values: ['64', '96'] },
    { key: 'training.stop', values: ['null', null] },
  ])
  assert.deepEqual(differences([one, one, one]), [])
  assert.deepEqual(flatten({ a: { b: [1, 2] }, c: 'x' }), [
    ['a.b', '[1,2]'],
    ['c', 'x'],
  ])
})
