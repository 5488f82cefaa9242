import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findRecipe } from '@tiny-recursive-models/trm'
import { RunSeries } from '../../src/charts/series.ts'
import { makeStoredRun, packSeries, readStoredRun, unpackSeries } from '../../src/train/stored-run.ts'

function someSeries(): RunSeries {
  const series = new RunSeries()
  series.add({ type: 'start', step: 0, totalSteps: 300, parameters: 10, batch: 64, executor: 'wasm' })
  for (let step = 1; step <= 5; step++) {
    series.add({ type: 'step', step, loss: 1 / step, exactAccuracy: null, elapsedMs: 10 * step })
    if (step % 2 === 0)
      series.add({
        type: 'evaluation',
        step,
        exactAccuracy: step / 10,
        cellAccuracy: 0.5,
        puzzles: 50,
        exactByStep: [],
      })
  }
  return series
}

const stored = () =>
  makeStoredRun({
    savedAt: 1_700_000_000_000,
    recipe: findRecipe('sudoku-4x4'),
    device: 'wasm',
    step: 4,
    state: Uint8Array.of(1, 2, 3),
    best: { step: 4, exactAccuracy: 0.4, bytes: Uint8Array.of(4) },
    final: null,
    examples: [{ question: Int32Array.of(1, 2), solution: Int32Array.of(3, 2) }],
    series: someSeries(),
  })

describe('a stored run', () => {
  test('is read back as it was', () => {
    // What the browser's storage does to it.
    const read = readStoredRun(structuredClone(stored()))
    assert.ok(read)
    assert.deepEqual(read, stored())
    assert.equal(Object.isFrozen(read.recipe), true)
  })

  test('that an earlier version stored has its recipe in the present form', () => {
    const { recipe, ...rest } = stored()
    const { format: _, ...unnumbered } = recipe
    const { recursions, latentUpdates, ...model } = recipe.model
    const earlier = { ...unnumbered, model: { ...model, cycles: recursions, recursions: latentUpdates } }
    assert.deepEqual(readStoredRun({ ...rest, recipe: earlier }), stored())
  })

  test('ends with its state: later steps come again', () => {
    const series = unpackSeries(packSeries(someSeries(), 3))
    assert.deepEqual(series.columns.step, [1, 2, 3])
    assert.deepEqual(series.columns.loss, [1, 1 / 2, 1 / 3])
    assert.ok(series.columns.exactAccuracy.every(Number.isNaN))
    assert.deepEqual(
      series.evaluations.map(({ step }) => step),
      [2],
    )
    assert.equal(series.start?.totalSteps, 300)
  })

  test('that is unpacked goes on', () => {
    const series = unpackSeries(packSeries(someSeries(), 4))
    series.add({ type: 'step', step: 5, loss: 0.1, elapsedMs: 50 })
    assert.deepEqual(series.columns.step, [1, 2, 3, 4, 5])
    assert.equal(series.columns.loss.at(-1), 0.1)
  })

  test('of another version, or damaged, is none', () => {
    const { state: _, ...without } = stored()
    const { columns } = stored().series
    const uneven = { ...stored().series, columns: { ...columns, loss: columns.loss.slice(1) } }
    const damaged = [
      undefined,
      null,
      'run',
      { ...stored(), format: 1 },
      { ...stored(), examples: [{ question: [1] }] },
      without,
      { ...stored(), device: 'cuda' },
      { ...stored(), best: {} },
      { ...stored(), recipe: { name: 'half' } },
      { ...stored(), series: uneven },
    ]
    for (const value of damaged) assert.equal(readStoredRun(value), null)
  })
})
