import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { puzzleAt } from '../../src/data/puzzle-set.ts'
import { resizeModel } from '../../src/evaluate/resize.ts'
import { think } from '../../src/evaluate/think.ts'
import { modelConfig } from '../../src/models/config.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { mazeStructure } from '../../src/puzzles/maze/structure.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'

const recipe = overrideRecipe(recipes['maze-15x15'], [
  'data.size=5',
  'data.minPath=2',
  'data.train=1',
  'data.validation=0',
  'data.test=2',
  'model.width=8',
])
const facts = { cells: 25, symbols: 6, identifiers: 1 }
const config = modelConfig(recipe.model, facts, mazeStructure(5))
const model = {
  config,
  weights: initialWeights(config, 0),
  puzzleTable: new PuzzleTable(1, 0),
  noise: recipe.noise!,
}

test('weights that know no place work on mazes of another side', async () => {
  const large = resizeModel({ model, recipe }, 9)
  assert.equal(large.model.config.cells, 81)
  assert.equal('size' in large.recipe.data && large.recipe.data.size, 9)
  assert.deepEqual(large.model.weights, model.weights)
  const { test: mazes } = await loadDataSets(large.recipe.data, () => assert.fail('generated'))
  const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
  for await (const { answer } of think(executor, large.model, puzzleAt(mazes, 0).inputs, { maxSteps: 2 }))
    assert.equal(answer.length, 81)
})

test('models that know places, or are for other puzzles, are refused', () => {
  const placed = recipes['maze-small']
  const size = { cells: 49, symbols: 6, identifiers: 1 }
  const ofPlaces = modelConfig(placed.model, size)
  assert.throws(
    () => resizeModel({ model: { ...model, config: ofPlaces }, recipe: placed }, 9),
    /another size: expected weights that do not depend on the position, got blocks\.0\.mixer/,
  )
  assert.throws(
    () => resizeModel({ model, recipe: recipes['sudoku-4x4'] }, 9),
    /expected a model for puzzles with data\.size/,
  )
})
