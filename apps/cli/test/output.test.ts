import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boardOf } from '@tiny-recursive-models/trm'
import { condense, sparkline } from '../src/output/chart.ts'
import { drawCurve } from '../src/output/curve.ts'
import { drawGrid } from '../src/output/grid.ts'
import { formatTable } from '../src/output/table.ts'

test('a sparkline spans its range', () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█')
  assert.equal(sparkline([0.5, 0.5]), '▁▁')
  assert.equal(sparkline([0, 0.5, 1], 60, [0, 1]), '▁▅█')
  assert.deepEqual(condense([1, 3, 5, 7], 2), [2, 6])
})

test('columns are as wide as their widest cell, colours not counted', () => {
  assert.equal(
    formatTable(
      ['a', 'count'],
      [
        ['\x1b[1mlong\x1b[22m', '7'],
        ['x', '12'],
      ],
      [1],
    ),
    'a     count\n\x1b[1mlong\x1b[22m      7\nx        12',
  )
})

test('a grid marks what has changed', () => {
  const question = [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5]
  const tokens = [2, 3, 4, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4]
  const cells = { question, tokens, changed: new Set([1]), confidence: tokens.map((_, cell) => cell / 4) }
  const board = boardOf({ puzzle: 'sudoku', shape: { boxRows: 2, boxColumns: 2 } })
  assert.equal(drawGrid(board, cells, false), ' 1*2 │ 3 4\n · · │ · ·\n─────┼─────\n · · │ · ·\n · · │ ·!3')
  const [first, , , , last] = drawGrid(board, cells, true).split('\n')
  assert.equal(
    first,
    ' \x1b[1m1\x1b[22m \x1b[43m\x1b[30m2\x1b[39m\x1b[49m │ 3 4',
    'given bold, changed on yellow; a sure cell plain',
  )
  assert.equal(last, ' · · │ ·\x1b[41m\x1b[37m 3\x1b[39m\x1b[49m', 'a changed given stands on red')
})

test('a curve is drawn from two steps on, its title escaped', () => {
  const course = { loss: [[1, 2] as const, [2, 0.2] as const], training: [], validation: [[2, 0.5] as const] }
  const svg = drawCurve(course, 'a <b> & c')
  assert.match(svg, />a &#60;b&#62; &#38; c</)
  assert.equal(svg.match(/<polyline/g)?.length, 2)
  assert.equal(svg.match(/<circle/g)?.length, 1)
  assert.ok(!/NaN|Infinity|undefined/.test(svg))
})

const wide: readonly (readonly string[])[] = [
  ['first', '12', 'words that are broken where there is room for no more of them'],
  ['second', '3', 'short'],
]

test('a table that is wider than the terminal is broken between words', () => {
  assert.equal(
    formatTable(['name', 'count', 'what it is'], wide, [1], 36),
    [
      'name    count  what it is',
      'first      12  words that are broken',
      '               where there is room',
      '               for no more of them',
      'second      3  short',
    ].join('\n'),
  )
})

test('a table whose words are too wide for the terminal is listed row by row', () => {
  assert.equal(
    formatTable(['name', 'count', 'what it is'], wide, [1], 20),
    [
      'first',
      '  count       12',
      '  what it is  words',
      '              that',
      '              are',
      '              broken',
      '              where',
      '              there',
      '              is',
      '              room',
      '              for no',
      '              more',
      '              of',
      '              them',
      'second',
      '  count       3',
      '  what it is  short',
    ].join('\n'),
  )
})
