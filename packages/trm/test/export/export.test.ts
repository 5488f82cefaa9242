import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importModel } from '../../src/checkpoint/import/import-model.ts'
import { readStoredSettings } from '../../src/checkpoint/import/stored-settings.ts'
import { decodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { decodeTorchFile } from '../../src/checkpoint/torch/read.ts'
import type { TrainedModel } from '../../src/evaluate/thinker.ts'
import { exportFormatNames, exportFormats, formatOfName } from '../../src/export/formats.ts'
import { modelConfig } from '../../src/models/config.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], ['model.width=32', 'model.puzzleEmbeddingWidth=8'])
const config = modelConfig(recipe.model, { cells: 16, symbols: 6, identifiers: 3 })
const puzzleTable = new PuzzleTable(3, 8)
puzzleTable.put([1], Float32Array.of(1, 2, 3, 4, 5, 6, 7, -0))
const model: TrainedModel = { config, weights: initialWeights(config, 5), puzzleTable }
const source = { model, recipe, step: 17 }

async function decoded(format: 'pt' | 'safetensors', dtype: 'float32' | 'float16' | 'bfloat16') {
  const bytes = await exportFormats[format].encode(source, { dtype, name: 'model' })
  if (format === 'pt') return { ...decodeTorchFile(bytes, 'x'), stored: null }
  const { tensors, metadata } = decodeSafetensors(bytes, 'x')
  assert.equal(metadata.format, 'pt')
  return { tensors, stored: readStoredSettings(metadata, 'x') }
}

for (const format of ['pt', 'safetensors'] as const) {
  test(`${format}: float32 weights come back bit by bit`, async () => {
    const { tensors, stored } = await decoded(format, 'float32')
    // What a .pt cannot tell is given here, also which of two equal ways of saying it; safetensors say it themselves.
    const keys = ['heads', 'recursions', 'latentUpdates', 'supervisionSteps', 'expansion', 'prefixTokens']
    const overrides = keys.map((key) => `model.${key}=${recipe.model[key as 'heads']}`)
    const back = importModel(tensors, { who: 'x', ...(stored ? { stored } : { overrides }) })
    assert.deepEqual({ ...modelConfig(back.state.recipe.model, back.sizes) }, { ...config })
    assert.deepEqual(back.assumed, {})
    for (const [name, { data }] of Object.entries(model.weights))
      assert.deepEqual(back.state.tensors.get(`weights.${name}`)?.data, data, name)
    assert.deepEqual(back.state.tensors.get('puzzleTable.identifiers')?.data, Int32Array.of(1))
    assert.deepEqual(back.state.tensors.get('puzzleTable')?.data, puzzleTable.gather([1]))
    if (stored) {
      assert.deepEqual(back.state.recipe, recipe)
      assert.equal(stored.step, 17)
    }
  })

  test(`${format}: 16-bit numbers are the nearest ones`, async () => {
    for (const [dtype, precision] of [
      ['float16', 2 ** -11],
      ['bfloat16', 2 ** -8],
    ] as const) {
      const { tensors } = await decoded(format, dtype)
      const head = tensors.get('_orig_mod.model.inner.lm_head.weight')!
      assert.equal(head.dtype, dtype)
      assert.equal(tensors.get('_orig_mod.model.inner.H_init')!.dtype, dtype)
      const back = importModel(tensors, { who: 'x' }).state.tensors.get('weights.answerHead')!.data
      const exact = model.weights.answerHead!.data as Float32Array
      for (const [index, value] of exact.entries()) {
        const difference = Math.abs(value - Number(back[index]))
        assert.ok(difference <= Math.max(precision * Math.abs(value), 2 ** -25), `${value}`)
      }
    }
  })
}

test('start vectors are bfloat16 where that loses nothing', async () => {
  const starts = { shape: [32], dtype: 'float32' as const, data: new Float32Array(32).fill(-1.5) }
  const weights = { ...model.weights, answerStart: starts }
  const bytes = await exportFormats.pt.encode(
    { ...source, model: { ...model, weights } },
    { dtype: 'float32', name: 'model' },
  )
  const { tensors } = decodeTorchFile(bytes, 'x')
  assert.equal(tensors.get('_orig_mod.model.inner.H_init')!.dtype, 'bfloat16')
  assert.equal(tensors.get('_orig_mod.model.inner.L_init')!.dtype, 'float32')
})

test('settings that are damaged are refused', () => {
  const refusal = (written: string) => () => readStoredSettings({ tinyRecursiveModel: written }, 'x')
  assert.equal(readStoredSettings({}, 'x'), null)
  assert.throws(
    refusal('{'),
    /x: expected valid settings in the metadata 'tinyRecursiveModel', got text that is not JSON/,
  )
  assert.throws(refusal('{"format":2}'), /got format: /)
  const sizes = { cells: 16, symbols: 6, identifiers: 1 }
  const written = JSON.stringify({ format: 1, recipe: { name: 'x' }, sizes, step: 0 })
  assert.throws(refusal(written), /x: recipe: model: expected an object/)
})

test('formats are known by their endings', () => {
  assert.equal(formatOfName('a/b.PT'), 'pt')
  assert.equal(formatOfName('b.safetensors'), 'safetensors')
  assert.equal(formatOfName('b'), null)
  for (const name of exportFormatNames) {
    // Of two ONNX files the one of a step is meant.
    const meant = name === 'onnx-solver' ? 'onnx' : name
    assert.equal(formatOfName(`x${exportFormats[name].ending}`), meant)
  }
})
