import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawStay, showNoisy } from '../../src/programs/noise.ts'
import { sudokuStructure } from '../../src/puzzles/sudoku/structure.ts'
import { recipes } from '../../src/recipes/index.ts'
import { parseRecipe } from '../../src/recipes/schema.ts'

/** Bounds that whole optimiser steps of four supervision steps can meet. */
const stays = { shortestStay: 8, longestStay: 60, longestStayAtEnd: 160 }
const noise = { ...recipes['sudoku-extreme'].noise!, ...stays }
const structure = sudokuStructure({ boxRows: 2, boxColumns: 2 })

test('a stay is drawn in whole optimiser steps between its bounds, which grow along the run', () => {
  const [early, late] = [0, 1].map((progress) =>
    Array.from({ length: 300 }, (_, draw) => drawStay(noise, 3, draw, progress, 4).steps),
  )
  for (const steps of [...early!, ...late!]) assert.equal(steps % 4, 0)
  assert.equal(Math.min(...early!), noise.shortestStay)
  assert.equal(Math.max(...early!), noise.longestStay)
  assert.equal(Math.max(...late!), noise.longestStayAtEnd)
})

test('times rise, are drawn and sorted, drawn for each step, or stay at the beginning', () => {
  const times = (order: typeof noise.order) => [...drawStay({ ...noise, order }, 0, 7, 1, 2).times]
  const ascending = (values: number[]) => values.every((value, at) => at === 0 || value >= values[at - 1]!)
  const rising = times('rising')
  assert.ok(ascending(rising))
  assert.ok(Math.abs(rising[0]! - noise.from) < 1e-12 && Math.abs(rising.at(-1)! - noise.to) < 1e-12)
  assert.ok(ascending(times('sorted')) && times('sorted').join() !== rising.join())
  assert.ok(!ascending(times('independent')))
  assert.deepEqual(new Set(times('pure')), new Set([noise.from]))
})

test('at time 0 noise alone is shown, at time 1 the answer alone, and nothing where a cell is given', () => {
  const puzzle = { inputs: new Int32Array(16).fill(1), labels: new Int32Array(16).fill(3) }
  puzzle.inputs[5] = 3
  const shown = (path: typeof noise.path, time: number, step: number, shared = false) => {
    const into = new Float32Array(64)
    showNoisy({ ...noise, path, shared }, structure, puzzle, { seed: 1, draw: 2, step, time }, into, 0)
    return into
  }
  for (const path of ['rotation', 'interpolant'] as const) {
    const answer = shown(path, 1, 0)
    for (let cell = 0; cell < 16; cell++)
      for (let symbol = 0; symbol < 4; symbol++) {
        const wanted = cell !== 5 && symbol === 1 ? 1 : 0
        assert.ok(Math.abs(answer[cell * 4 + symbol]! - wanted) < 1e-6, `${path} ${cell} ${symbol}`)
      }
    assert.deepEqual([...shown(path, 0, 0).subarray(20, 24)], [0, 0, 0, 0])
    assert.deepEqual(shown(path, 0.3, 4), shown(path, 0.3, 4), 'a pure function of its place')
    assert.notDeepEqual(shown(path, 0, 0), shown(path, 0, 1))
    assert.deepEqual(shown(path, 0, 0, true), shown(path, 0, 1, true))
  }
})

test('settings that do not fit together are refused by the key to change', () => {
  const recipe = recipes['sudoku-extreme']
  const refused = (change: object, expected: RegExp) =>
    assert.throws(() => parseRecipe({ ...recipe, ...change }, 'mine'), expected)
  refused({ noise: null }, /mine: noise: expected settings/)
  refused({ model: { ...recipe.model, answerInput: 'none' } }, /model\.answerInput/)
  refused({ model: { ...recipe.model, recursions: 2 } }, /model\.recursions/)
  refused({ model: { ...recipe.model, positions: 'learned' } }, /model\.positions/)
  refused({ noise: { ...noise, longestStay: 4 } }, /noise\.shortestStay/)
  refused({ data: recipes['maze-small'].data }, /model\.mixer/)
})
