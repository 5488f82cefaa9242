import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, test } from 'node:test'
import {
  boardOf,
  boardOfData,
  evaluate,
  findRecipe,
  findShippedModel,
  loadDataSets,
  parameterCount,
  parseShippedModels,
  type ShippedModel,
  shippedModelFor,
} from '@tiny-recursive-models/trm'
import {
  listShippedModels,
  openModel,
  openOrtExecutor,
  openShippedModel,
  shippedModelPath,
} from '@tiny-recursive-models/trm/node'
import { boxShapes } from '@tiny-recursive-models/trm/puzzles/sudoku'

const models = await listShippedModels()

describe('every shipped model', () => {
  for (const model of models) {
    test(`${model.name} is the file that the index tells of`, async () => {
      const bytes = readFileSync(shippedModelPath(model))
      assert.equal(bytes.length, model.bytes)
      assert.equal(createHash('sha256').update(bytes).digest('hex'), model.sha256)
      const { model: trained, recipe, step } = await openShippedModel(model.name)
      const known = findRecipe(model.recipe)
      const { description } = recipe
      assert.deepEqual(recipe, { ...known, description, training: { ...known.training, seed: model.seed } })
      assert.equal(step, model.weightsStep)
      assert.equal(parameterCount(trained.config), model.parameters)
      assert.deepEqual(boardOfData(recipe.data, trained.config)?.kind, model.puzzle)
      assert.equal(model.test.exactByStep.length, trained.config.supervisionSteps)
      // Weights, 2 or 4 bytes each, and a header.
      const width = model.precision === 'float16' ? 2 : 4
      assert.ok(bytes.length < width * model.parameters + 10_000)
    })
  }

  test('and no other file lies beside them', () => {
    const [first] = models
    const there = readdirSync(dirname(shippedModelPath(first!))).filter((name) => name !== 'README.md')
    assert.deepEqual(there.sort(), ['index.json', ...models.map(({ file }) => file)].sort())
  })
})

test('a shipped model has the accuracy that the index tells of', async () => {
  const shipped = findShippedModel(models, 'sudoku-4x4')
  const { model, recipe } = await openModel('sudoku-4x4')
  const { test: set } = await loadDataSets(recipe.data, () => assert.fail('it needs no file'))
  assert.equal(set.count, shipped.test.puzzles)
  const executor = await openOrtExecutor({ threads: 1 })
  for await (const event of evaluate(executor, model, set)) {
    if (event.type !== 'done') continue
    // Another processor may round one puzzle the other way.
    for (const [index, { exactAccuracy }] of event.report.byStep.entries())
      assert.ok(Math.abs(exactAccuracy! - shipped.test.exactByStep[index]!) <= 0.0101)
    return
  }
  assert.fail('no report')
})

test('a model is found by its name and by the puzzle', () => {
  for (const model of models) {
    assert.equal(findShippedModel(models, model.name), model)
    // Of two for the same puzzles the first is taken: for 9×9 that which solves the hard ones.
    const first = models.find(({ title }) => title === model.title)
    assert.equal(shippedModelFor(models, model.puzzle), first)
    assert.equal(boardOf(model.puzzle).title, model.title)
  }
  assert.equal(shippedModelFor(models, { puzzle: 'sudoku', shape: boxShapes['9x9'] }).name, 'sudoku-extreme')
  assert.throws(() => findShippedModel(models, 'sudoku6x6'), /Did you mean 'sudoku-6x6'\?/)
  const some = models.filter(({ name }) => name === 'sudoku-4x4' || name === 'maze-small')
  assert.throws(() => shippedModelFor(some, { puzzle: 'sudoku', shape: boxShapes['6x6'] }), {
    message:
      'model: expected a model for a 6×6 Sudoku, got models for 4×4 Sudoku, 7×7 maze. ' +
      'Train one and pass its run folder; the shipped models are sudoku-4x4, maze-small.',
  })
  assert.throws(() => shippedModelFor(some, { puzzle: 'maze', size: 8 }), /a 8×8 maze/)
})

describe('an index is refused', () => {
  const [first] = models
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['that is no list', [], /a valid 'models'/],
    ['with a file elsewhere', { file: '../secret.safetensors' }, /models\.0\.file/],
    ['with a share above 1', { float32: { ...first!.float32, exact: 98 } }, /models\.0\.float32\.exact/],
    ['with a box that does not exist', { puzzle: kind(3, 4) }, /models\.0\.puzzle\.shape.*no such box/],
    ['with an unknown field', { licence: 'MIT' }, /models\.0/],
    ['without accuracy', { test: undefined }, /models\.0\.test/],
  ]
  for (const [what, change, message] of cases) {
    test(what, () => {
      const value = Array.isArray(change) ? change : { models: [{ ...first, ...(change as object) }] }
      assert.throws(() => parseShippedModels(value, 'index'), message)
    })
  }

  test('but not a sound one, and what it gives cannot be changed', () => {
    const [again] = parseShippedModels({ models: [structuredClone(first)] })
    assert.deepEqual(again, first)
    assert.throws(() => Object.assign((again as ShippedModel).test, { puzzles: 1 }), TypeError)
  })
})

function kind(boxRows: number, boxColumns: number) {
  return { puzzle: 'sudoku', shape: { boxRows, boxColumns } }
}

test('a name that is neither a path nor a shipped model is answered with the names', async () => {
  await assert.rejects(openModel('sudoku-5x5'), /expected a run folder, a checkpoint file or a shipped model/)
  await assert.rejects(openShippedModel('sudoku-5x5'), /Did you mean 'sudoku-[46]x[46]'/)
})
