import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { csv, csvLine, group, type RunRow, search, seedsApart, sort, spread } from '../../src/runs/table.ts'

const row = (name: string, more: Partial<RunRow> = {}): RunRow => ({
  name,
  ...{ state: 'done', recipe: 'sudoku-4x4', seed: 0, exact: 0.5, isTested: true, early: null },
  ...{ step: 10, steps: 10, parameters: 100, time: 1000, flop: null, begun: 0, settings: {} },
  ...more,
})
const fields = ['model.width', 'training.seed']
const runs = [
  row('run-10', { exact: 0.9, settings: { 'model.width': 64, 'training.seed': 0 } }),
  row('run-9', { exact: null, state: 'running', settings: { 'model.width': 32, 'training.seed': 0 } }),
  row('other', { exact: 0.7, settings: { 'model.width': 64, 'training.seed': 1 } }),
]
const names = (rows: readonly RunRow[]): string[] => rows.map(({ name }) => name)

describe('the table of runs', () => {
  test('is searched by words, columns and fields', () => {
    const found = (text: string): string[] => names(search(runs, text, fields))
    assert.deepEqual(found(''), ['run-10', 'run-9', 'other'])
    assert.deepEqual(found('RUN'), ['run-10', 'run-9'])
    assert.deepEqual(found('running'), ['run-9'])
    assert.deepEqual(found('exact>0.8'), ['run-10'])
    assert.deepEqual(found('exact>=70%'), ['run-10', 'other'])
    assert.deepEqual(found('width=64 seed=1'), ['other'])
    assert.deepEqual(found('model.width<64'), ['run-9'])
    assert.deepEqual(found('state!=done'), ['run-9'])
    assert.deepEqual(found('nothing=64'), [])
  })

  test('is sorted both ways, without values last, names as people count', () => {
    assert.deepEqual(names(sort(runs, { key: 'name', isFalling: false })), ['other', 'run-9', 'run-10'])
    assert.deepEqual(names(sort(runs, { key: 'exact', isFalling: true })), ['run-10', 'other', 'run-9'])
    assert.deepEqual(names(sort(runs, { key: 'exact', isFalling: false })), ['other', 'run-10', 'run-9'])
    assert.deepEqual(names(sort(runs, { key: 'model.width', isFalling: false })), [
      'run-9',
      'other',
      'run-10',
    ])
  })

  test('is grouped by a field, or by all but the seed, with mean and spread', () => {
    const groups = group(runs, seedsApart, fields)
    assert.deepEqual(
      groups.map(({ title, rows }) => [title, names(rows)]),
      [
        ['width 64', ['run-10', 'other']],
        ['width 32', ['run-9']],
      ],
    )
    assert.ok(Math.abs(groups[0]!.mean! - 0.8) < 1e-9)
    assert.ok(Math.abs(groups[0]!.deviation! - Math.sqrt(0.02)) < 1e-9)
    assert.deepEqual([groups[1]!.mean, groups[1]!.deviation], [null, null])
    assert.equal(group(runs, 'state', fields).length, 2)
    assert.deepEqual(spread([1]), { mean: 1, deviation: null })
  })

  test('is written as CSV that a spreadsheet cannot be tricked with', () => {
    const [head, first] = csv(runs, fields).split('\n')
    assert.equal(head, 'name,state,exact,early,steps,parameters,seconds,flop,begun,model.width,training.seed')
    assert.equal(first, 'run-10,done,0.9,,10,100,1,,1970-01-01T00:00:00.000Z,64,0')
    assert.equal(csvLine(['=1+1', 'a,"b"', -3, null]), `'=1+1,"a,""b""",-3,`)
  })
})
