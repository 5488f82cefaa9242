import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ListedRun, RunCurve } from '@tiny-recursive-models/studio-server/api'
import { RunSeries } from '../../src/charts/series.ts'
import { axisOf, placesOf } from '../../src/runs/against.ts'
import { fanOf } from '../../src/runs/fan.ts'
import { meanCurve, nameOfAll, siblings } from '../../src/runs/mean.ts'
import { shareAt, stepMapCsv, stepMapOf, stepMapSvg } from '../../src/runs/step-map.ts'
import { columns, fieldColumn, type RunRow } from '../../src/runs/table.ts'

test('accuracy by supervision step is a fan, with the gain by recursion', () => {
  const series = new RunSeries()
  const add = (step: number, exactByStep: readonly number[]): void =>
    series.add({ type: 'evaluation', step, elapsedMs: 1000 * step, exactByStep })
  assert.equal(fanOf(series.view, 'step'), null)
  add(10, [0.1, 0.2, 0.5])
  add(20, [0.6, 0.5, 0.4])
  // A shallower stage of the run has no such lines.
  add(30, [0.5])
  const fan = fanOf(series.view, 'time')!
  assert.deepEqual(
    [fan.steps, fan.first.xs, fan.first.ys, fan.last.ys],
    [3, [10, 20], [0.1, 0.6], [0.5, 0.4]],
  )
  assert.deepEqual(fan.gain.ys, [0.4, 0])
  assert.equal(fan.between.length, 1)
})

test('evaluations × supervision steps are one picture', () => {
  const evaluations = [10, 20, 30].map((step) => ({
    ...{ step, puzzles: 50, exactAccuracy: 0, cellAccuracy: 0, elapsedMs: 0, isBest: false },
    // A shallower stage ends sooner.
    exactByStep: step === 30 ? [0.5] : [step / 100, 0.25, 0.75],
  }))
  assert.equal(stepMapOf({ evaluations: evaluations.slice(0, 1) }), null)
  assert.equal(stepMapOf({ evaluations: [evaluations[2]!, evaluations[2]!] }), null)
  const map = stepMapOf({ evaluations })!
  assert.deepEqual(
    [map.across.map(({ step }) => step), map.down],
    [
      [10, 20, 30],
      [1, 2, 3],
    ],
  )
  assert.deepEqual([shareAt(evaluations[1]!, 3), shareAt(evaluations[2]!, 3)], [0.75, null])
  const few = stepMapOf({ evaluations }, { across: 2, down: 2 })!
  assert.deepEqual(
    [few.across.map(({ step }) => step), few.down],
    [
      [10, 30],
      [1, 3],
    ],
  )
  const csv = stepMapCsv({ evaluations }).split('\n')
  assert.deepEqual([csv.length, csv[4], csv.at(-2)], [9, '20,1,0.2', '30,1,0.5'])
  const svg = stepMapSvg(map, 'a < b', (name) => name)
  assert.match(svg, /a &lt; b/)
  const long = stepMapSvg(map, 'a'.repeat(90), (name) => name)
  assert.ok(Number(/width="(\d+)"/.exec(long)![1]) >= 90 * 9, 'as wide as its title')
  assert.equal(svg.match(/<title>/g)?.length, 7)
  assert.match(svg, /training step 20, supervision step 3: 75\.0 %/)
})

describe('mean and spread over seeds', () => {
  const run = (name: string, width: number, seed: number): ListedRun =>
    ({ name, recipe: 'r', settings: [width, seed] }) as unknown as ListedRun
  const curve = (name: string, ...exactAccuracy: number[]): RunCurve => ({
    name,
    steps: exactAccuracy.map((_, index) => 10 * (index + 1)),
    seconds: exactAccuracy.map((_, index) => index + 1),
    exactAccuracy,
  })

  test('are over the runs that differ in nothing else', () => {
    const runs = [run('a', 32, 0), run('b', 64, 0), run('c', 32, 1)]
    const fields = ['model.width', 'training.seed']
    assert.deepEqual(siblings('c', runs, fields), ['a', 'c'])
    assert.deepEqual(siblings('b', runs, fields), ['b'])
    assert.deepEqual(siblings('unknown', runs, fields), ['unknown'])
  })

  test('are called by their name without the seed', () => {
    assert.equal(nameOfAll(['sweep/width-32_seed-10', 'sweep/width-32_seed-11']), 'sweep/width-32')
    assert.equal(nameOfAll(['one', 'other']), 'one')
  })

  test('are taken where all curves have a point', () => {
    const mean = meanCurve([curve('a', 0.2, 0.4, 0.6), curve('b', 0.4, 0.8)], 'step')!
    assert.deepEqual(mean.mean.xs, [10, 20])
    assert.deepEqual(
      mean.mean.ys.map((share) => Math.round(100 * share)),
      [30, 60],
    )
    const [low, high] = mean.band
    assert.ok(Math.abs(high!.ys[1]! - low!.ys[1]! - 2 * Math.sqrt(0.08)) < 1e-9)
    assert.equal(meanCurve([curve('a', 1)], 'step'), null)
    assert.equal(meanCurve([curve('a', 1), { ...curve('b', 1), steps: [7] }], 'step'), null)
  })
})

test('accuracy stands against numbers along a scale, and against words side by side', () => {
  const row = (name: string, exact: number | null, parameters: number, mixer: string): RunRow =>
    ({ name, exact, parameters, settings: { mixer } }) as unknown as RunRow
  const rows = [row('a', 0.5, 100, 'mlp'), row('b', 0.7, 10_000, 'attention'), row('c', null, 1000, 'mlp')]
  const parameters = columns.find(({ key }) => key === 'parameters')!
  const axis = axisOf(rows, parameters)
  // A hundredfold is shown by powers of ten.
  assert.deepEqual(
    axis.marks.map(({ text, place }) => [text, Math.round(10 * place)]),
    [
      ['100', 0],
      ['1,000', 5],
      ['10,000', 10],
    ],
  )
  assert.deepEqual(
    placesOf(rows, parameters, axis).map(({ row, x, y }) => [row.name, Math.round(10 * x), y]),
    [
      ['a', 0, 0.5],
      ['b', 10, 0.7],
    ],
  )
  const mixer = fieldColumn('mixer')
  assert.deepEqual(
    axisOf(rows, mixer).marks.map(({ text, place }) => [text, place]),
    [
      ['attention', 0],
      ['mlp', 1],
    ],
  )
})
