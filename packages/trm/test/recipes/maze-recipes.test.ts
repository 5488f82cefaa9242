import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findRecipe, overrideRecipe, recipes } from '../../src/recipes/index.ts'

test('the Maze-Hard recipe is the published settings', () => {
  const { model, data, optimizer, training } = recipes['maze-hard']
  const {
    width,
    heads,
    blocks,
    mixer,
    positions,
    recursions,
    latentUpdates,
    supervisionSteps,
    prefixTokens,
  } = model
  assert.deepEqual(
    [width, heads, blocks, mixer, positions, recursions, latentUpdates, supervisionSteps, prefixTokens],
    [512, 8, 2, 'attention', 'rotary', 3, 4, 16, 16],
  )
  assert.deepEqual(data, {
    kind: 'maze-file',
    size: 30,
    train: null,
    test: null,
    trainCount: null,
    validation: 0,
    easyBelow: null,
    easyShare: 1,
    augment: false,
    seed: 0,
  })
  const { learningRate, weightDecay, puzzleLearningRate, puzzleWeightDecay, warmupSteps } = optimizer
  assert.deepEqual(
    [learningRate, weightDecay, puzzleLearningRate, puzzleWeightDecay, warmupSteps],
    [1e-4, 1, 1e-4, 1, 2_000],
  )
  assert.deepEqual([training.batch, training.steps], [768, 65_000])
})

const refusals: [string, string][] = [
  [
    'data.size=31',
    'recipe override: data.size: expected a whole number from 2 to 30, got 31. Correct data.size.',
  ],
  [
    'data.minDensity=0.6',
    'recipe override: data.maxDensity: expected at least data.minDensity (0.6), got 0.5. The share of walls is drawn between the two for every maze.',
  ],
  [
    'data.minPath=81',
    'recipe override: data.minPath: expected fewer steps than the 81 cells of the maze, got 81. A path of about data.size (9) steps is easy to find.',
  ],
  [
    'data.boxRows=3',
    'recipe override: expected a known key of data, got "data.boxRows". Known keys of data: kind, size, minDensity, maxDensity, minPath, train, validation, test, augment, seed.',
  ],
]

for (const [override, message] of refusals)
  test(`refused: ${override}`, () =>
    assert.throws(
      () => overrideRecipe(findRecipe('maze-small'), ['data.size=9', 'data.maxDensity=0.5', override]),
      { name: 'InputError', message },
    ))

test('augmentation of mazes is off unless asked for', () => {
  const data = { ...findRecipe('maze-small').data, augment: undefined }
  const recipe = overrideRecipe(findRecipe('sudoku-4x4-trm'), [`data=${JSON.stringify(data)}`])
  assert.equal(recipe.data.kind === 'maze-generated' && recipe.data.augment, false)
})
