import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { decodeSafetensors, encodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { assertSameRecipe } from '../../src/checkpoint/same-recipe.ts'
import type { StoredTensor } from '../../src/checkpoint/stored-tensor.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
  tensorsOf,
} from '../../src/checkpoint/training-state.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { flipBits, outcome } from './hostile-bytes.ts'

const floats = (shape: number[], start: number): StoredTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(
    { length: shape.reduce((product, length) => product * length, 1) },
    (_, index) => start + index,
  ),
})

const state: TrainingState = {
  recipe: recipes['sudoku-4x4-trm'],
  sizes: { cells: 16, symbols: 6, identifiers: 1 },
  step: 100,
  nextDraw: 6_543,
  slotDraws: [6_400, 6_542, 6_301],
  best: { step: 50, exactAccuracy: 0.375, cellAccuracy: 0.75 },
  dataChecksum: 'crc32:0badcafe',
  microBatch: 2,
  elapsedMs: 0,
  threads: 2,
  device: 'cpu',
  tensors: new Map<string, StoredTensor>([
    ['weights.tokens', floats([6, 2], 1)],
    ['weights.answerStart', floats([2], 0)],
    ['ema.tokens', floats([6, 2], 2)],
    ['moment1.tokens', floats([6, 2], 3)],
    ['moment2.tokens', floats([6, 2], 4)],
    ['puzzleTable', floats([1, 2], 5)],
    ['carry.answer', floats([3, 4, 2], 6)],
    ['carry.steps', { dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 3) }],
  ]),
}

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

const withNumber = (tensor: StoredTensor, number: number): StoredTensor => {
  assert.equal(tensor.dtype, 'float32')
  return {
    dtype: 'float32',
    shape: tensor.shape,
    data: Float32Array.from(tensor.data as Float32Array).fill(number, 1, 2),
  }
}

test('one weight that is no finite number is refused by its name; moments and carry are not weights', () => {
  for (const [name, tensor] of state.tensors) {
    if (tensor.dtype !== 'float32') continue
    for (const number of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const tensors = new Map(state.tensors).set(name, withNumber(tensor, number))
      const bytes = encodeTrainingState({ ...state, tensors })
      const expected: string = /^(weights|ema|puzzleTable)/.test(name)
        ? `x: expected weights that are all finite numbers, got ${number} in ${name} (1 of ${tensor.data.length}). Training had diverged before these weights were saved, or the file is damaged: use an earlier checkpoint.`
        : 'no error'
      assert.equal(
        messageOf(() => decodeTrainingState(bytes, 'x')),
        expected,
      )
    }
  }
})

test('half-precision NaN and infinity are found too', () => {
  const halves = [
    ['float16', 0x7e00, 'NaN'],
    ['float16', 0xfc00, '-Infinity'],
    ['bfloat16', 0x7fc0, 'NaN'],
    ['bfloat16', 0x7f80, 'Infinity'],
  ] as const
  for (const [dtype, bits, named] of halves) {
    const data = new Uint16Array(12).fill(bits, 3, 5)
    const tensor: StoredTensor = { dtype, shape: [6, 2], data }
    const tensors = new Map<string, StoredTensor>([['weights.tokens', tensor]])
    const bytes = encodeTrainingState({ ...state, tensors })
    assert.match(
      messageOf(() => decodeTrainingState(bytes, 'x')),
      new RegExp(`got ${named} in weights\\.tokens \\(2 of 12\\)`),
    )
    data.fill(0x3c00, 3, 5)
    assert.ok(decodeTrainingState(encodeTrainingState({ ...state, tensors }), 'x'))
  }
})

test('a training state comes back as it was', () => {
  const bytes = encodeTrainingState(state)
  const back = decodeTrainingState(bytes, 'step-000100.safetensors')
  assert.deepEqual({ ...back, tensors: null }, { ...state, tensors: null })
  assert.deepEqual(new Map([...back.tensors].sort()), new Map([...state.tensors].sort()))
  assert.ok(Object.isFrozen(back.recipe.model))
  assert.deepEqual([...tensorsOf(back, 'weights').keys()].sort(), ['answerStart', 'tokens'])
  assert.deepEqual(tensorsOf(back, 'carry').get('steps')?.data, Int32Array.of(1, 2, 3))
  assert.deepEqual(encodeTrainingState(back), bytes)
})

test('a file that is no checkpoint says what it lacks', () => {
  const weightsOnly = encodeSafetensors({ tokens: floats([2], 0) })
  assert.equal(
    messageOf(() => decodeTrainingState(weightsOnly, 'best.safetensors')),
    "best.safetensors: expected a training checkpoint (metadata 'trainingState'), got a safetensors file without it. Weights alone do not say what they are of: a model file also holds its recipe, such as those that training writes and those that a published checkpoint is imported to. Training resumes from files of checkpoints/.",
  )
})

test('metadata is checked key by key', () => {
  const { tensors, metadata } = decodeSafetensors(encodeTrainingState(state), 'x')
  const stored = JSON.parse(metadata.trainingState!) as Record<string, unknown>
  const withChange = (change: Record<string, unknown>) =>
    messageOf(() =>
      decodeTrainingState(
        encodeSafetensors(tensors, { trainingState: JSON.stringify({ ...stored, ...change }) }),
        'x',
      ),
    )
  const advice = 'The checkpoint is damaged or incomplete: use the previous checkpoint.'
  assert.equal(
    withChange({ format: 9 }),
    'x: expected a checkpoint of format 1 or 2, got format 9. Another version of this library wrote it: use that version, or start a new run.',
  )
  assert.equal(
    withChange({ step: -1 }),
    `x: expected a valid 'step', got Too small: expected number to be >=0. ${advice}`,
  )
  assert.match(withChange({ slotDraws: [1, 'a'] }), /expected a valid 'slotDraws.1'/)
  assert.match(withChange({ more: 1 }), /expected a valid 'trainingState', got Unrecognized key: "more"/)
  assert.match(withChange({ recipe: { name: 'x' } }), /^x: recipe: model: expected an object, got nothing/)
  assert.match(
    messageOf(() => decodeTrainingState(encodeSafetensors(tensors, { trainingState: '{' }), 'x')),
    /expected JSON in the metadata 'trainingState', got text that is not JSON/,
  )
})

test('tensors must belong together', () => {
  const withTensors = (change: (tensors: Map<string, StoredTensor>) => void) => {
    const tensors = new Map(state.tensors)
    change(tensors)
    return messageOf(() => encodeTrainingState({ ...state, tensors }))
  }
  const advice = 'The checkpoint is damaged or incomplete: use the previous checkpoint.'
  assert.equal(
    withTensors((tensors) => tensors.set('gradient.tokens', floats([1], 0))),
    `encodeTrainingState: expected tensors named weights.*, ema.*, moment1.*, moment2.*, carry.* or puzzleTable, got "gradient.tokens". ${advice}`,
  )
  assert.equal(
    withTensors((tensors) => tensors.set('ema.tokens', floats([2, 6], 0))),
    `encodeTrainingState: expected ema.tokens [6,2], got [2,6]. ${advice}`,
  )
  assert.equal(
    withTensors((tensors) => tensors.set('moment1.heads', floats([2], 0))),
    `encodeTrainingState: expected a weight for moment1.heads, got none. ${advice}`,
  )
  assert.equal(
    withTensors((tensors) => tensors.delete('moment2.tokens')),
    `encodeTrainingState: expected both moments of the same weights, got moments of different weights. ${advice}`,
  )
})

test('truncated and flipped checkpoints are refused', () => {
  const small = encodeTrainingState({ ...state, tensors: new Map([['weights.w', floats([3], 0)]]) })
  for (let length = 0; length < small.length; length++) {
    assert.equal(
      outcome(() => decodeTrainingState(small.slice(0, length), 'x')),
      'refused',
    )
  }
  let read = 0
  flipBits(small, { seed: 5, rounds: 2_000 }, (damaged) => {
    if (outcome(() => decodeTrainingState(damaged, 'x')) === 'read') read++
  })
  assert.ok(read <= 60, `${read} of 2000 read`)
})

test('a run goes on with its own recipe only', () => {
  const stored = recipes['sudoku-4x4-trm']
  assertSameRecipe(stored, stored)
  const longer = [
    'name=other',
    'training.steps=9000',
    'training.evaluateEvery=7',
    'training.stopAtAccuracy=0.5',
  ]
  assertSameRecipe(stored, overrideRecipe(stored, longer))
  assert.equal(
    messageOf(() => assertSameRecipe(stored, overrideRecipe(stored, ['optimizer.learningRate=0.5']))),
    `resume: optimizer.learningRate: expected ${stored.optimizer.learningRate}, as the run was started with, got 0.5. Only training.steps, training.evaluateEvery, training.evaluatePuzzles, training.evaluateSteps, training.checkpointEvery, training.keepCheckpoints, training.stopAtAccuracy, training.stopAfterSeconds may change on resume: use the stored value, or start a new run in another folder.`,
  )
  assert.match(
    messageOf(() => assertSameRecipe(stored, recipes['sudoku-extreme-mlp'])),
    /^resume: model.width: expected \d+, as the run was started with, got 512\./,
  )
})
