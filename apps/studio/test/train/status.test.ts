import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeStatus, type RunPlace } from '../../src/train/status.ts'

const evaluation = {
  step: 1_200,
  exactAccuracy: 0.625,
  cellAccuracy: 0.9,
  puzzles: 200,
  exactByStep: [],
  elapsedMs: 0,
  isBest: true,
}
const place: RunPlace = {
  status: 'training',
  puzzles: null,
  series: { evaluations: [], endReason: null },
  executor: 'onnxruntime wasm, 2 threads',
  state: null,
  keptSince: null,
  opened: null,
}
const evaluated = { ...place, series: { evaluations: [evaluation], endReason: null } }
const solved = 'After step 1,200 it solved 62.5 % of 200 validation puzzles.'

describe('the sentence about a run', () => {
  test('says what comes before the first step, and that puzzles are made first', () => {
    const starting: RunPlace = { ...place, status: 'starting' }
    assert.equal(describeStatus({ ...starting, executor: null }), 'Measuring how fast it trains here…')
    assert.equal(describeStatus(starting), 'Building the training program…')
    assert.equal(describeStatus({ ...starting, puzzles: { done: 1, of: 2 } }), 'Generating puzzles…')
    const pausing: RunPlace = { ...starting, status: 'pausing' }
    assert.equal(describeStatus(pausing), 'Pausing after the current step…')
    assert.equal(
      describeStatus({ ...pausing, puzzles: { done: 1, of: 2 } }),
      'Pausing when the puzzles are generated…',
    )
  })

  test('says what it runs on until there is a result', () => {
    assert.equal(describeStatus(place), 'Training on onnxruntime wasm, 2 threads.')
    assert.equal(describeStatus(evaluated), `Training. ${solved}`)
    assert.equal(describeStatus({ ...evaluated, status: 'done' }), `Done. ${solved}`)
  })

  test('says where a paused run stands and where it comes from', () => {
    const paused: RunPlace = { ...place, status: 'paused', state: { step: 61 } }
    assert.equal(describeStatus(paused), 'Paused after step 61.')
    assert.equal(
      describeStatus({ ...paused, opened: { name: 'step-000061.safetensors' } }),
      'Loaded from step-000061.safetensors, ready to resume after step 61.',
    )
    assert.match(
      describeStatus({ ...paused, keptSince: new Date(2026, 2, 4, 9, 5) }),
      /^Saved in this browser since March 4 at 09:05, ready to resume after step 61\.$/,
    )
  })

  test('does not promise a state that is not there', () => {
    assert.equal(describeStatus({ ...place, status: 'failed' }), 'Stopped by an error.')
    assert.match(describeStatus({ ...place, status: 'failed', state: { step: 3 } }), /can resume/)
  })
})
