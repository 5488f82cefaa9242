import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { choices, findChoice, recipeOf, titleOf } from '../../src/train/choices.ts'
import {
  advancedFields,
  composeRecipe,
  describeChanges,
  seedField,
  settingOf,
} from '../../src/train/fields.ts'

const base = recipeOf(findChoice('sudoku-6x6-trm'))

describe('recipes of the page', () => {
  test('train on generated puzzles, and are stored and measured often enough', () => {
    for (const choice of choices) {
      const { data, training } = recipeOf(choice)
      assert.match(data.kind, /-generated$/)
      assert.ok(training.checkpointEvery >= 1 && training.checkpointEvery <= 50)
      assert.ok(training.steps / training.evaluateEvery >= 10, `${choice.name} has a curve`)
    }
  })

  test('have every field that can be changed', () => {
    for (const choice of choices)
      for (const { key } of [seedField, ...advancedFields])
        assert.notEqual(settingOf(recipeOf(choice), key), '', `${choice.name} ${key}`)
  })

  test('have titles; others have their name', () => {
    assert.equal(titleOf(base), '6×6 Sudoku, plain TRM')
    assert.equal(titleOf({ ...base, name: 'mine' }), 'mine')
  })
})

describe('settings', () => {
  test('that are empty keep the recipe', () =>
    assert.deepEqual(composeRecipe(base, { 'training.steps': ' ' }), { recipe: base, problem: null }))

  test('change the recipe', () => {
    const { recipe, problem } = composeRecipe(base, {
      'training.steps': ' 120 ',
      'optimizer.learningRate': '1e-3',
      'training.seed': '7',
    })
    assert.equal(problem, null)
    assert.equal(recipe?.training.steps, 120)
    assert.equal(recipe?.optimizer.learningRate, 1e-3)
    assert.deepEqual(recipe && describeChanges(base, recipe), ['seed 7', 'steps 120', 'learning rate 0.001'])
  })

  test('that are wrong are told at their field', () => {
    const { recipe, problem } = composeRecipe(base, { 'training.batch': 'many' })
    assert.equal(recipe, null)
    assert.equal(problem?.key, 'training.batch')
    assert.match(problem?.text ?? '', /^Expected a whole number from 1 to 1048576, got "many"\. /)
  })

  test('that do not go together are told at the one to change', () =>
    assert.equal(composeRecipe(base, { 'training.steps': '10' }).problem?.key, 'optimizer.warmupSteps'))

  test('hide no mistake behind one that is not shown', () =>
    assert.equal(composeRecipe(base, { 'model.width': '65' }).problem?.key, 'model.heads'))
})
