import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { type ImportOptions, importModel } from '../../../src/checkpoint/import/import-model.ts'
import { parseOfficialConfig } from '../../../src/checkpoint/import/official-config.ts'
import { officialPrefix } from '../../../src/checkpoint/official-names.ts'
import type { StoredTensor } from '../../../src/checkpoint/stored-tensor.ts'
import { puzzleTableOf, tensorsOf } from '../../../src/checkpoint/training-state.ts'
import { type ModelConfig, modelConfig } from '../../../src/models/config.ts'
import { attention, hierarchical, mlp, officialTensors } from './official-model.ts'

const who = 'step_10'

function imported(config: ModelConfig, options: Partial<ImportOptions> = {}) {
  const result = importModel(officialTensors(config), { who, ...options })
  return { ...result, config: modelConfig(result.state.recipe.model, result.sizes) }
}

function messageOf(tensors: ReadonlyMap<string, StoredTensor>, options: Partial<ImportOptions> = {}): string {
  try {
    importModel(tensors, { who, ...options })
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

describe('the architecture is found from the tensors', () => {
  const inCommon = { 'model.supervisionSteps': 16 }
  const published: [string, ModelConfig, Record<string, string | number>][] = [
    [
      'TRM-Att for Sudoku',
      attention,
      {
        'model.heads': 8,
        'model.positions': 'rotary',
        'model.prefixTokens': 16,
        'model.recursions': 3,
        'model.latentUpdates': 6,
      },
    ],
    ['TRM-MLP for Sudoku', mlp, { 'model.recursions': 3, 'model.latentUpdates': 6 }],
    [
      'TRM-Att for ARC',
      { ...attention, cells: 900, symbols: 12, latentUpdates: 4, identifiers: 50 },
      {
        'model.heads': 8,
        'model.positions': 'rotary',
        'model.prefixTokens': 16,
        'model.recursions': 3,
        'model.latentUpdates': 4,
      },
    ],
    [
      'TRM-MLP for mazes',
      { ...mlp, cells: 900, symbols: 6, latentUpdates: 4 },
      { 'model.recursions': 3, 'model.latentUpdates': 4 },
    ],
    [
      'HRM',
      hierarchical,
      {
        'model.heads': 8,
        'model.positions': 'rotary',
        'model.recursions': 2,
        'model.latentUpdates': 2,
      },
    ],
    [
      'HRM with learned positions',
      { ...hierarchical, positions: 'learned', prefixTokens: 1 },
      { 'model.heads': 8, 'model.recursions': 2, 'model.latentUpdates': 2 },
    ],
    [
      'direct prediction',
      { ...attention, kind: 'direct', blocks: 8, prefixTokens: 0, recursions: 1, latentUpdates: 1 },
      { 'model.heads': 8, 'model.positions': 'rotary' },
    ],
    [
      'one state',
      { ...attention, kind: 'single-state' },
      {
        'model.heads': 8,
        'model.positions': 'rotary',
        'model.prefixTokens': 16,
        'model.recursions': 3,
        'model.latentUpdates': 6,
      },
    ],
    [
      'six latents, no puzzle embedding',
      { ...attention, kind: 'multi-scale', puzzleEmbeddingWidth: 0, prefixTokens: 0 },
      { 'model.heads': 8, 'model.positions': 'rotary', 'model.recursions': 3, 'model.latentUpdates': 6 },
    ],
    [
      '6×6 Sudoku, another expansion',
      { ...mlp, cells: 36, symbols: 8, expansion: 49, width: 64 },
      { 'model.recursions': 3, 'model.latentUpdates': 6 },
    ],
  ]
  for (const [name, config, assumed] of published) {
    test(name, () => {
      const result = imported(config)
      assert.deepEqual({ ...result.config }, config)
      assert.deepEqual(result.assumed, { ...assumed, ...inCommon })
      assert.deepEqual(result.unused, [])
      assert.equal(result.prefix, officialPrefix)
      const weights = tensorsOf(result.state, 'weights')
      assert.deepEqual(weights.get('tokens')?.shape, [config.symbols, config.width])
    })
  }
})

test('every prefix is found, and tensors of something else are listed', () => {
  for (const prefix of ['', 'inner.', 'model.inner.', 'model._orig_mod.model.inner.', 'any.thing.']) {
    const tensors = officialTensors(mlp, prefix)
    tensors.set('optimizer.moment', { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) })
    tensors.set(`${prefix}conv.weight`, { dtype: 'float32', shape: [1], data: new Float32Array(1) })
    const result = importModel(tensors, { who })
    assert.equal(result.prefix, prefix)
    assert.deepEqual(result.unused, ['optimizer.moment', `${prefix}conv.weight`])
  }
  const both = new Map([...officialTensors(mlp, 'model.inner.'), ...officialTensors(mlp, 'ema.inner.')])
  assert.equal(
    messageOf(both),
    'step_10: expected one tensor whose name ends with embed_tokens.embedding_weight, as in all published models, got 2 with the prefix "model.inner." or "ema.inner.". Choose one of the prefixes with `prefix`.',
  )
  assert.equal(importModel(both, { who, prefix: 'ema.inner.' }).unused.length, both.size / 2)
  assert.equal(
    messageOf(both, { prefix: 'x.' }),
    'step_10: expected a tensor "x.embed_tokens.embedding_weight", got 2 with the prefix "model.inner." or "ema.inner.". Choose one of the prefixes with `prefix`.',
  )
  const other = new Map([
    ['conv.weight', { dtype: 'float32', shape: [1], data: new Float32Array(1) } as const],
  ])
  assert.equal(
    messageOf(other),
    'step_10: expected one tensor whose name ends with embed_tokens.embedding_weight, as in all published models, got 1 others, such as "conv.weight". The file contains another model, or only part of one.',
  )
})

test('all that is missing or of another shape is listed at once', () => {
  const tensors = officialTensors(mlp)
  const set = (name: string, shape: readonly number[] | null) => {
    if (shape === null) return tensors.delete(officialPrefix + name)
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
    return tensors.set(officialPrefix + name, { dtype: 'float32', shape, data })
  }
  set('lm_head.weight', null)
  set('q_head.bias', [3])
  set('L_level.layers.7.mlp.down_proj.weight', [32, 256])
  assert.equal(
    messageOf(tensors),
    'step_10: expected the 14 weights of a model of kind trm with 2 blocks and mixer mlp, got no answerHead; haltHead.bias [3] instead of [2]; unexpected blocks.7.feedForward.down. The file is incomplete, or its model differs: give with `overrides` what the tensors do not show.',
  )
  for (const name of ['embed_tokens.embedding_weight', 'L_level.layers.0.mlp.down_proj.weight'])
    assert.match(messageOf(officialTensorsWithout(name)), /got (none|0 others|\d+ others)/)
})

function officialTensorsWithout(name: string): Map<string, StoredTensor> {
  const tensors = officialTensors(mlp)
  tensors.delete(officialPrefix + name)
  return tensors
}

test('hidden sizes that no expansion gives are refused', () => {
  const tensors = officialTensors(mlp)
  for (const layer of [0, 1]) {
    const name = `${officialPrefix}L_level.layers.${layer}.mlp.down_proj.weight`
    tensors.set(name, { dtype: 'float32', shape: [32, 300], data: new Float32Array(9600) })
  }
  assert.equal(
    messageOf(tensors),
    'step_10: expected SwiGLUs whose hidden size is 256 · ceil(expansion · axis · 2/3 / 256), with one expansion for all, got 300 over an axis of 32 and 512 over an axis of 97. The file contains another model.',
  )
})

describe('puzzles', () => {
  const sixSymbols = { ...attention, symbols: 6, cells: 16, latentUpdates: 6 }

  test('six symbols are a maze unless something says otherwise', () => {
    const maze = imported(sixSymbols)
    assert.equal(maze.config.cells, 900)
    assert.equal(maze.assumed.data, 'maze of 900 cells')
    const { data } = maze.state.recipe
    assert.deepEqual([data.kind, data.kind === 'maze-file' && data.size], ['maze-file', 30])
    const told = imported(sixSymbols, { puzzles: 'sudoku' })
    assert.equal(told.config.cells, 16)
    assert.equal(told.assumed.data, undefined)
    assert.equal(told.state.recipe.data.kind, 'sudoku-file')
    // A weight over all tokens leaves no room for 900 cells.
    assert.equal(imported({ ...mlp, symbols: 6, cells: 16 }).config.cells, 16)
  })

  test('the data paths of the settings name them', () => {
    const config = parseOfficialConfig('arch: {num_heads: 8}\ndata_paths: [data/Sudoku-4x4]\n', 'c')
    assert.equal(imported(sixSymbols, { config }).config.cells, 16)
  })

  test('unknown sizes need to be said', () => {
    const unusual = { ...attention, symbols: 9, cells: 100 }
    assert.match(
      messageOf(officialTensors(unusual)),
      /expected a model for known puzzles: .*11 symbols and 81 cells \(sudoku\), .* got 9 symbols\. Give the number of cells per puzzle with `cells`\./,
    )
    const told = imported(unusual, { cells: 100, overrides: ['model.latentUpdates=6'] })
    assert.deepEqual({ ...told.config }, unusual)
    assert.equal(told.state.recipe.data.kind, 'official-folder')
  })
})

describe('settings', () => {
  const text = `
arch:
  H_cycles: 2
  H_layers: 0
  L_cycles: 5
  L_layers: 2
  expansion: 4
  forward_dtype: bfloat16
  halt_exploration_prob: 0.2
  halt_max_steps: 8
  hidden_size: 32
  loss:
    loss_type: softmax_cross_entropy
    name: losses@ACTLossHead
  mlp_t: false
  name: recursive_reasoning.trm@TinyRecursiveReasoningModel_ACTV1
  num_heads: 4
  pos_encodings: none
  puzzle_emb_len: 3
  puzzle_emb_ndim: 32
beta1: 0.8
beta2: 0.9
data_paths:
- data/sudoku-extreme-1k-aug-1000
data_paths_test: []
ema: true
ema_rate: 0.99
epochs: 50000
evaluators: []
global_batch_size: 384
lr: 0.0002
lr_min_ratio: 0.5
lr_warmup_steps: 100000
puzzle_emb_lr: 0.01
puzzle_emb_weight_decay: 0.1
seed: 0
weight_decay: 0.3
`

  test('beside the file leave nothing to assume', () => {
    const { config, assumed, state } = imported(attention, { config: parseOfficialConfig(text, 'c') })
    assert.deepEqual(
      { ...config },
      {
        ...attention,
        heads: 4,
        positions: 'none',
        prefixTokens: 3,
        recursions: 2,
        latentUpdates: 5,
        supervisionSteps: 8,
        exploration: 0.2,
        precision: 'bfloat16',
      },
    )
    assert.deepEqual(assumed, {})
    assert.deepEqual(state.recipe.optimizer, {
      kind: 'adam-atan2',
      learningRate: 2e-4,
      muonLearningRate: 0.02,
      weightDecay: 0.3,
      weightDecayOf: 'all',
      beta1: 0.8,
      beta2: 0.9,
      puzzleLearningRate: 0.01,
      puzzleWeightDecay: 0.1,
      warmupSteps: 100_000,
      minRatio: 0.5,
      gradientClip: null,
      emaDecay: 0.99,
      loss: 'softmax',
      labelSmoothing: 0,
    })
    assert.equal(state.recipe.training.batch, 384)
  })

  test('float16 is computed in float32', () => {
    const half = parseOfficialConfig(text.replace('bfloat16', 'float16'), 'c')
    assert.equal(imported(attention, { config: half }).config.precision, 'float32')
  })

  test('that were asked for go before those of the file, and are not assumed', () => {
    const { config, assumed } = imported(attention, {
      config: parseOfficialConfig(text, 'c'),
      overrides: ['model.heads=2', 'model.prefixTokens=16'],
    })
    assert.equal(config.heads, 2)
    assert.equal(config.prefixTokens, 16)
    assert.deepEqual(assumed, {})
    assert.equal('model.heads' in imported(attention, { overrides: ['model.heads=2'] }).assumed, false)
    assert.match(
      messageOf(officialTensors(attention), { overrides: ['model.prefixTokens=many'] }),
      /^recipe override: model\.prefixTokens: expected a whole number from 0 to 4096, got "many"/,
    )
  })

  test('of another checkpoint are refused', () => {
    const config = parseOfficialConfig('arch: {hidden_size: 512}', 'c')
    assert.equal(
      messageOf(officialTensors(attention), { config }),
      'step_10: expected arch.hidden_size 32 in its settings, as in the tensors, got 512. The settings belong to another checkpoint: name the right file with `config`.',
    )
  })

  test('that are no settings are refused', () => {
    const cases: [string, RegExp][] = [
      ['arch: {}\na: [', /^c: expected settings as YAML, got ".*" in line 2\. Correct the file/],
      ['[1, 2]', /^c: expected the settings of a published run \(all_config.yaml\), got /],
      ['arch: {num_heads: eight}', /^c: arch.num_heads: expected the settings of a published run/],
      ['arch: {num_heads: -1}', /^c: arch.num_heads: /],
      // Each list holds the one before it nine times: 9¹⁰ values from a few bytes.
      [
        `arch: {}\na0: &a0 [x]\n${Array.from({ length: 10 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]\n`).join('')}`,
        /^c: expected settings as YAML, got "Excessive alias count/,
      ],
      ['['.repeat(20_000), /^c: expected settings as YAML, got /],
      ['"'.repeat(100_000), /^c: expected settings of at most 32768 characters, got 100000/],
    ]
    for (const [written, expected] of cases) {
      assert.throws(
        () => parseOfficialConfig(written, 'c'),
        (error) => {
          assert.ok(error instanceof InputError, String(error))
          assert.match(error.message, expected)
          return true
        },
      )
    }
  })
})

test('of the puzzle table only rows that are not zero are kept', () => {
  const { state } = imported({ ...attention, identifiers: 5 })
  assert.deepEqual(state.tensors.get('puzzleTable.identifiers')?.data, Int32Array.of(1))
  const table = puzzleTableOf(state, who)
  assert.equal(table.identifiers, 5)
  const rows = table.gather([0, 1, 4])
  assert.deepEqual(
    [...new Set(rows.subarray(0, 32)), ...new Set(rows.subarray(32, 64)), rows[64]],
    [0, 0.5, 0],
  )
})

test('16-bit and double weights become float32', () => {
  const tensors = officialTensors(attention)
  const name = `${officialPrefix}q_head.bias`
  const types: StoredTensor[] = [
    { dtype: 'bfloat16', shape: [2], data: Uint16Array.of(0x3f80, 0xc0a0) },
    { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc500) },
    { dtype: 'float64', shape: [2], data: Float64Array.of(1, -5) },
  ]
  for (const tensor of types) {
    const { state } = importModel(tensors.set(name, tensor), { who })
    assert.deepEqual(state.tensors.get('weights.haltHead.bias')?.data, Float32Array.of(1, -5))
  }
  tensors.set(name, { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) })
  assert.match(messageOf(tensors), /^tensor haltHead.bias: expected floating-point numbers/)
})
