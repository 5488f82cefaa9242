import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RunSeries } from '../../src/charts/series.ts'
import { bestAccuracy, liveCurve, recentLoss, smoothCurve, smoothingWindow } from '../../src/train/curves.ts'

const stepEvent = (step: number, loss: number) => ({
  type: 'step',
  step,
  loss,
  answerLoss: loss / 2,
  haltLoss: loss,
  exactAccuracy: step % 2 === 0 ? 0.5 : null,
  elapsedMs: 100 * step,
})

function seriesOf(losses: readonly number[]): RunSeries {
  const series = new RunSeries()
  losses.forEach((loss, index) => {
    series.add(stepEvent(index + 1, loss))
  })
  return series
}

describe('curves of a run in the page', () => {
  test('smooth over a twentieth of the run, within limits', () => {
    assert.deepEqual([0, 50, 300, 1_500, 8_000].map(smoothingWindow), [4, 4, 15, 75, 100])
  })

  test('keep what was measured beside what is smoothed', () => {
    const { xs, ys, raw } = liveCurve(seriesOf([4, 2, 4, 2, 4, 2]), 'loss')
    assert.deepEqual(xs, [1, 2, 3, 4, 5, 6])
    assert.deepEqual(raw, [4, 2, 4, 2, 4, 2])
    for (const y of ys) assert.ok(y > 2.5 && y < 3.5, `${y} is near the mean of 3`)
  })

  test('leave out steps in which no puzzle was finished', () => {
    const { xs, ys, raw } = smoothCurve(seriesOf([1, 1, 1, 1, 1]), 'exactAccuracy')
    assert.deepEqual(xs, [2, 4])
    assert.deepEqual(ys, [0.5, 0.5])
    assert.equal(raw, null)
  })

  test('have no more points than can be seen, and keep every peak', () => {
    const losses = Array.from({ length: 20_000 }, (_, index) => (index === 12_345 ? 9 : 1))
    const { xs, raw } = liveCurve(seriesOf(losses), 'loss')
    assert.ok(xs.length <= 2_000, `${xs.length} points`)
    assert.equal(raw?.[xs.indexOf(12_346)], 9)
    assert.equal(xs.at(-1), 20_000)
  })
})

describe('figures of a run in the page', () => {
  test('the loss is over the last steps', () => {
    assert.ok(Number.isNaN(recentLoss(new RunSeries())))
    assert.equal(recentLoss(seriesOf([3])), 3)
    const falling = recentLoss(seriesOf([...Array(200).fill(8), ...Array(100).fill(2)]))
    assert.ok(falling >= 2 && falling < 2.05, `${falling} has left 8 behind`)
  })

  test('the best accuracy counts what a loaded file had reached', () => {
    const series = seriesOf([1])
    assert.equal(bestAccuracy(series, null), null)
    assert.equal(bestAccuracy(series, 0.4), 0.4)
    series.add({
      type: 'evaluation',
      step: 1,
      exactAccuracy: 0.6,
      cellAccuracy: 0.9,
      puzzles: 50,
      exactByStep: [0.6],
    })
    assert.equal(bestAccuracy(series, 0.4), 0.6)
    assert.equal(bestAccuracy(series, 0.7), 0.7)
  })
})
