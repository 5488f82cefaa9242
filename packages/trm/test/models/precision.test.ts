import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { roundingsOf } from '../../../tensor/test/support/rounded-products.ts'
import { type ModelConfig, modelConfig } from '../../src/models/config.ts'
import { weightTypes } from '../../src/models/weights.ts'
import { traceThinking, traceTrainingStep } from '../../src/programs/programs.ts'
import { sudokuStructure } from '../../src/puzzles/sudoku/structure.ts'
import { overrideRecipe, parseRecipe, recipes } from '../../src/recipes/index.ts'

const sizes = { cells: 16, symbols: 6, identifiers: 1 }
const structure = sudokuStructure({ boxRows: 2, boxColumns: 2 })

function configOf(name: 'sudoku-4x4' | 'sudoku-4x4-trm', ...changes: string[]): ModelConfig {
  const recipe = overrideRecipe(recipes[name], ['model.precision=bfloat16', ...changes])
  return modelConfig(recipe.model, sizes, structure)
}

const optimizer = { ...recipes['sudoku-4x4'].optimizer }

function trainingOf(model: ModelConfig, options: { recompute?: boolean; gradientSteps?: number } = {}) {
  return roundingsOf(
    traceTrainingStep({ model, optimizer, batch: 4, microBatch: 4, recompute: false, ...options }),
  )
}

/** Gradients of the logits and of the halting scores: back to the states, and to the weights of the heads. */
const ofHeads = (width: number, symbols: number, rows: number) => [
  `[4, 2] × [2, ${width}]`,
  `[4, 2] × [4, ${width}]`,
  `[${rows}, ${symbols}] × [${rows}, ${width}]`,
  `[${rows}, ${symbols}] × [${symbols}, ${width}]`,
]

describe('in bfloat16', () => {
  test('the MLP mixer: all products but the gradients of the heads and of the table of symbols', () => {
    const { products, float32Products } = trainingOf(
      configOf('sudoku-4x4-trm', 'model.width=8', 'model.heads=2'),
    )
    assert.ok(products > 100)
    assert.deepEqual(float32Products, [...ofHeads(8, 6, 64), '[64, 6] × [64, 8]'].sort())
  })

  test('attention: all but these and the gradients of the scores', () => {
    const attention = ['model.mixer=attention', 'model.positions=rotary', 'model.width=8', 'model.heads=2']
    const { float32Products } = trainingOf(configOf('sudoku-4x4-trm', ...attention))
    const ofScores: readonly string[] = float32Products.filter(
      (shapes) => shapes === '[4, 2, 16, 16] × [4, 2, 16, 4]',
    )
    assert.ok(ofScores.length > 0)
    assert.deepEqual(
      float32Products.filter((shapes) => !ofScores.includes(shapes)),
      [...ofHeads(8, 6, 64), '[64, 6] × [64, 8]'].sort(),
    )
  })

  test('mixers by structure: all but the gradients of the heads and what places the symbols', () => {
    const { products, float32Products } = trainingOf(configOf('sudoku-4x4', 'model.width=8'), {
      gradientSteps: 1,
    })
    assert.ok(products > 50)
    const placing = ['[64, 4] × [4, 6]', '[64, 6] × [4, 6]']
    assert.deepEqual(float32Products, [...ofHeads(8, 1, 256), ...placing].sort())
  })

  test('every weight is rounded once, however often the nets are called, recomputed or not', () => {
    const config = configOf('sudoku-4x4-trm')
    const weights = Object.keys(weightTypes(config)).map((name) => `weights.${name}`)
    for (const recompute of [false, true])
      assert.deepEqual(trainingOf(config, { recompute }).roundedInputs, [...weights].sort())
    const fields = configOf('sudoku-4x4')
    const ofFields = Object.keys(weightTypes(fields)).map((name) => `weights.${name}`)
    assert.deepEqual(trainingOf(fields, { gradientSteps: 2 }).roundedInputs, [...ofFields].sort())
    assert.ok(roundingsOf(traceThinking(fields, 2)).roundings > 0)
  })
})

test('in float32 nothing is rounded', () => {
  assert.equal(trainingOf({ ...configOf('sudoku-4x4-trm'), precision: 'float32' }).roundings, 0)
  const { precision: _, ...before } = configOf('sudoku-4x4')
  assert.equal(trainingOf(before).roundings, 0)
})

test('recipes that say nothing of it are float32', () => {
  const { precision, ...model } = recipes['sudoku-4x4'].model
  assert.equal(precision, 'float32')
  assert.equal(parseRecipe({ ...recipes['sudoku-4x4'], model }, 'older').model.precision, 'float32')
  assert.throws(
    () => overrideRecipe(recipes['sudoku-4x4'], ['model.precision=float16']),
    /model\.precision: expected 'float32' or 'bfloat16', got "?'?float16/,
  )
})
