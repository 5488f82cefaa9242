import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { overrideRecipe, parseRecipe, recipes } from '../../src/recipes/index.ts'
import { upgradeRecipe } from '../../src/recipes/upgrade.ts'

const stages = [{ until: 0.5, recursions: 1, latentUpdates: 3, supervisionSteps: 2 }]
const present = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.recursions=3',
  'model.latentUpdates=2',
  `training.stages=${JSON.stringify(stages)}`,
])

type Fields = Record<string, unknown>
const { recursions: _, latentUpdates: __, ...model } = present.model
const { format: ___, ...unnumbered } = present

/** The same recipe as an earlier version wrote it. */
const earlier: Fields = {
  ...unnumbered,
  model: { ...model, cycles: 3, recursions: 2 },
  training: {
    ...present.training,
    stages: [{ until: 0.5, cycles: 1, recursions: 3, supervisionSteps: 2 }],
  },
}

function refused(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return assert.fail('was accepted')
}

const parse = (value: unknown) => parseRecipe(value, 'my.json')
const messageOf = (value: unknown): string => refused(() => parse(value))

test('a recipe of format 1 has its names exchanged, in the model and in its stages', () => {
  assert.deepEqual(parse(earlier), present)
  assert.deepEqual(parse({ ...earlier, format: 1 }), present)
  assert.deepEqual([present.model.recursions, present.model.latentUpdates], [3, 2])
})

test('a recipe of the present format stays as it is, with or without its number', () => {
  assert.equal(present.format, 3)
  assert.deepEqual(parse(present), present)
  assert.deepEqual(parse(unnumbered), present)
  assert.deepEqual(parse(JSON.parse(JSON.stringify(parse(earlier)))), present)
})

test('nothing of a recipe is changed in place', () => {
  const before = structuredClone(earlier)
  upgradeRecipe(earlier, 'my.json')
  assert.deepEqual(earlier, before)
})

test('recursions alone could mean either', () => {
  assert.equal(
    messageOf({ ...unnumbered, model: { ...model, recursions: 3 } }),
    'my.json: model.latentUpdates: expected model.recursions (T) and model.latentUpdates (n), got model.recursions alone, which meant n in older recipes. Write both.',
  )
  // With its number it is plain what is missing.
  assert.match(messageOf({ ...present, model: { ...model, recursions: 3 } }), /model\.latentUpdates.*missing/)
  assert.match(messageOf({ ...unnumbered, model }), /model\.recursions.*missing/)
})

test('names of both formats beside each other are refused', () => {
  const both = { ...model, cycles: 3, recursions: 2, latentUpdates: 2 }
  const inModel =
    'my.json: model: expected recursions and latentUpdates (in older recipes, cycles and recursions), got both cycles and latentUpdates. Write recursions (T) and latentUpdates (n), and leave cycles out.'
  assert.equal(messageOf({ ...unnumbered, model: both }), inModel)
  assert.equal(messageOf({ ...unnumbered, format: 1, model: both }), inModel)
  assert.match(
    messageOf({ ...earlier, training: { ...present.training, stages } }),
    /^my\.json: training\.stages\.0: expected recursions and latentUpdates/,
  )
  assert.match(
    messageOf({ ...unnumbered, training: earlier.training }),
    /^my\.json: expected training\.stages\.0\.recursions, as it is called now, got "training\.stages\.0\.cycles"/,
  )
  assert.match(
    messageOf({ ...present, model: { ...model, cycles: 3, recursions: 2 } }),
    /got "model\.cycles"/,
  )
  assert.match(messageOf({ ...present, format: 1 }), /both cycles and latentUpdates/)
})

test('overrides are always of the present format', () => {
  const outdated =
    'recipe override: expected model.recursions, as it is called now, got "model.cycles". model.recursions is now the number of recursions (T, formerly cycles), and model.latentUpdates that of latent updates in each (n, formerly recursions).'
  assert.equal(
    refused(() => overrideRecipe(present, ['model.cycles=3'])),
    outdated,
  )
  const whole = `model=${JSON.stringify(earlier.model)}`
  assert.equal(
    refused(() => overrideRecipe(present, [whole])),
    outdated,
  )
  const stage = 'training.stages=[{"until":0.5,"cycles":1,"recursions":1,"supervisionSteps":1}]'
  assert.match(
    refused(() => overrideRecipe(present, [stage])),
    /expected training\.stages\.0\.recursions/,
  )
  assert.match(
    refused(() => overrideRecipe(present, ['format=1'])),
    /expected a known key, got "format"/,
  )
})

test('another format is refused, and what is no recipe is refused by its fields', () => {
  assert.equal(
    messageOf({ ...present, format: 4 }),
    'my.json: format: expected a recipe of format 1 to 3, got 4. Another version of this library wrote it: use that version.',
  )
  for (const value of [null, 3, [], {}, { model: null }, { model: [] }])
    assert.equal(upgradeRecipe(value, 'my.json'), value)
  for (const key of ['__proto__', 'constructor', 'toString'])
    assert.throws(
      () => parse({ ...earlier, model: JSON.parse(`{"cycles":1,"recursions":1,"${key}":1}`) }),
      InputError,
    )
  for (const odd of [null, 3, {}, [null], [3], [[]]])
    assert.throws(() => parse({ ...earlier, training: { ...present.training, stages: odd } }), InputError)
})
