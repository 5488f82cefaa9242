import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { planSweep, type SweepPlan, shardOf } from '../../src/node/sweep/plan.ts'
import { parseAxis } from '../../src/node/sweep/vary.ts'
import { recipes } from '../../src/recipes/index.ts'

const base = recipes['sudoku-4x4-trm']
const plan = (axes: readonly string[], more: Partial<SweepPlan> = {}) =>
  planSweep({ folder: 'f', base, axes: axes.map(parseAxis), seeds: 1, ...more })
const valuesOf = (axis: string) => plan([axis]).map(({ settings }) => Object.values(settings)[0])

describe('values', () => {
  test('lists, numbers in one way of writing, JSON and words', () => {
    assert.deepEqual(valuesOf('optimizer.learningRate=1e-3, 0.001,2e-3'), ['0.001', '0.002'])
    assert.deepEqual(parseAxis('a.b={"x":[1,2]},"c,d",null').values, {
      kind: 'list',
      written: ['{"x":[1,2]}', '"c,d"', 'null'],
    })
  })

  test('ranges have their ends, equal distances or equal ratios, and whole numbers where the field has', () => {
    assert.deepEqual(valuesOf('optimizer.learningRate=log:1e-4..1e-2/3'), ['0.0001', '0.001', '0.01'])
    assert.deepEqual(valuesOf('optimizer.learningRate=0.1..0.5/5'), ['0.1', '0.2', '0.3', '0.4', '0.5'])
    assert.deepEqual(valuesOf('training.seed=1..8/3'), ['1', '5', '8'])
    assert.deepEqual(valuesOf('model.supervisionSteps=log:1..16/5'), ['1', '2', '4', '8', '16'])
    assert.deepEqual(valuesOf('model.supervisionSteps=1..3/9'), ['1', '2', '3'])
  })

  test('what cannot be divided is refused', () => {
    for (const wrong of ['width', '=1', 'a=', 'a=3..1/2', 'a=log:0..1/3', 'a=1..2/1'])
      assert.throws(() => parseAxis(wrong), InputError, wrong)
    assert.throws(() => plan(['model.width=16..64']), /how many values.*`random: 20`/)
  })
})

describe('plan', () => {
  test('every combination with one seed before the next, each in a folder that tells it', () => {
    const runs = plan(['optimizer.learningRate=1e-3,2e-3', 'model.width=32,64'], { seeds: 2 })
    assert.deepEqual(
      runs.map(({ folder }) => folder.slice(2)),
      [0, 1].flatMap((seed) =>
        ['0.001_width-32', '0.001_width-64', '0.002_width-32', '0.002_width-64'].map(
          (name) => `learningRate-${name}_seed-${seed}`,
        ),
      ),
    )
    assert.deepEqual(
      runs.map(({ index, recipe }) => [index, recipe.training.seed, recipe.data.seed]),
      runs.map((_, index) => [index, index < 4 ? 0 : 1, base.data.seed]),
    )
    assert.deepEqual([runs[1]!.recipe.model.width, runs[2]!.recipe.optimizer.learningRate], [64, 0.002])
  })

  test('a longer sweep has the folders of a shorter one, and the first draws stay', () => {
    const axes = ['optimizer.learningRate=log:1e-4..1e-2', 'model.width=16,32']
    const draw = (count: number, seed = 0) =>
      plan(axes, { random: { count, seed } }).map(({ folder, settings }) => {
        const rate = Number(settings['optimizer.learningRate'])
        assert.ok(rate >= 1e-4 && rate <= 1e-2)
        return folder
      })
    assert.deepEqual(draw(20).slice(0, 5), draw(5))
    assert.equal(new Set(draw(20)).size, 20)
    assert.notDeepEqual(draw(5, 1), draw(5))
    // Of 3 values, no more than 3 different ones can be drawn.
    assert.equal(plan(['model.width=16,32,64'], { random: { count: 9, seed: 0 } }).length, 3)
  })

  test('settings that a folder name cannot tell apart do not share one', () => {
    const runs = plan(['name=a/b,a-b,a b', 'description=,x'])
    assert.equal(new Set(runs.map(({ folder }) => folder)).size, runs.length)
    for (const { folder } of runs) assert.match(folder, /^f\/[\w.-]+$/)
    const [long] = plan([`description=${'x'.repeat(1_000)}`])
    assert.ok(long!.folder.length < 160)
  })

  test('shards have every run once', () => {
    const runs = plan(['model.width=16,32,64,128'], { seeds: 3 })
    const shards = [0, 1, 2, 3, 4].map((shard) => shardOf(runs, shard, 5).map(({ index }) => index))
    assert.deepEqual(
      shards.flat().toSorted((a, b) => a - b),
      runs.map(({ index }) => index),
    )
    assert.deepEqual(shards[1], [1, 5])
    const widths = shardOf(runs, 1, 4).map(({ settings }) => settings['model.width'])
    assert.deepEqual(widths, ['32', '16', '128'], 'no shard has one width only')
  })

  test('a field twice, seeds twice and a contradiction are refused by name', () => {
    assert.throws(
      () => plan(['model.width=16', 'model.width=32']),
      /every field once, got model\.width twice/,
    )
    assert.throws(() => plan(['training.seed=1,2'], { seeds: 2 }), /training\.seed or a number of seeds/)
    assert.throws(() => plan(['model.width=49']), /^InputError: sweep, model\.width=49: .*model\.heads/)
  })
})
