import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { forwardPasses, modelConfig, netCalls } from '../../src/models/config.ts'
import { parameterCount } from '../../src/models/weights.ts'
import { findRecipe, overrideRecipe, type Recipe, recipes } from '../../src/recipes/index.ts'
import {
  findPaperVariant,
  mainPaperVariants,
  type PaperVariantName,
  paperColumns,
  paperVariant,
  paperVariantNames,
  paperVariants,
  publishedAccuracy,
} from '../../src/recipes/paper.ts'

const published = recipes['sudoku-extreme-mlp']

/** Sizes of Sudoku-Extreme. */
const sizes = { cells: 81, symbols: 11, identifiers: 1 }
const parametersOf = (recipe: Recipe) => parameterCount(modelConfig(recipe.model, sizes))

test('at full size every model has the parameters and forward passes that the paper reports', () => {
  const figures = Object.fromEntries(
    paperVariantNames.map((name) => {
      const { model } = paperVariant(published, name)
      const { blocks, recursions, latentUpdates } = model
      const parameters = parameterCount(modelConfig(model, sizes))
      return [name, [parameters, blocks, recursions, latentUpdates, forwardPasses(model), netCalls(model)]]
    }),
  )
  assert.deepEqual(figures, {
    'trm-mlp': [5_029_378, 2, 3, 6, 1, 21],
    'trm-att': [6_828_546, 2, 3, 6, 1, 21],
    hrm: [27_275_778, 4, 2, 2, 2, 12],
    direct: [27_275_778, 8, 1, 1, 1, 1],
    'single-state': [5_029_378, 2, 3, 6, 1, 21],
    'multi-scale': [5_029_378, 2, 3, 6, 1, 21],
    'no-ema': [5_029_378, 2, 3, 6, 1, 21],
    'separate-nets': [10_045_954, 2, 3, 6, 1, 21],
    'four-layers': [10_045_954, 4, 3, 3, 1, 12],
    'one-step-gradient': [5_029_378, 2, 3, 6, 1, 21],
    'continue-loss': [5_029_378, 2, 3, 6, 2, 42],
    'two-by-two': [5_029_378, 2, 2, 2, 1, 6],
    'hrm-mlp': [19_390_978, 4, 2, 2, 2, 12],
    'direct-mlp': [19_390_978, 8, 1, 1, 1, 1],
  })
  for (const [name, [parameters]] of Object.entries(figures)) {
    const { millionParameters } = paperVariants[name as PaperVariantName]
    if (millionParameters !== null) assert.equal(Math.round(parameters! / 1e6), millionParameters, name)
  }
})

test('TRM has about 74 % fewer parameters than HRM, as published, and half its forward passes', () => {
  const [trm, hrm] = [paperVariant(published, 'trm-att'), paperVariant(published, 'hrm')]
  const fewer = 1 - parametersOf(trm) / parametersOf(hrm)
  assert.ok(Math.abs(fewer - 0.7496) < 1e-4, String(fewer))
  assert.equal(forwardPasses(trm.model) / forwardPasses(hrm.model), 0.5)
})

test('TRM-MLP and TRM-Att of the published base are the shipped recipes', () => {
  const named = ({ name: _, description: __, ...rest }: Recipe) => rest
  assert.deepEqual(named(paperVariant(published, 'trm-mlp')), named(published))
  assert.deepEqual(named(paperVariant(published, 'trm-att')), named(recipes['sudoku-extreme-att']))
})

test('a variant changes what its row says and nothing else', () => {
  const base = recipes['sudoku-4x4-trm']
  const changes = (name: PaperVariantName) => {
    const variant = paperVariant(base, name)
    assert.equal(variant.name, `sudoku-4x4-trm-${name}`)
    assert.deepEqual([variant.data, variant.training], [base.data, base.training])
    const changed = (section: 'model' | 'optimizer') => {
      const before: Readonly<Record<string, unknown>> = base[section]
      return Object.entries(variant[section]).filter(([key, value]) => value !== before[key])
    }
    return Object.fromEntries([...changed('model'), ...changed('optimizer')])
  }
  assert.deepEqual(Object.fromEntries(paperVariantNames.map((name) => [name, changes(name)])), {
    'trm-mlp': {},
    'trm-att': { mixer: 'attention', positions: 'rotary' },
    hrm: {
      mixer: 'attention',
      positions: 'rotary',
      nets: 'separate',
      gradient: 'one-step',
      continueLoss: true,
      blocks: 4,
    },
    direct: {
      mixer: 'attention',
      positions: 'rotary',
      kind: 'direct',
      blocks: 8,
      recursions: 1,
      latentUpdates: 1,
    },
    'single-state': { kind: 'single-state' },
    'multi-scale': { kind: 'multi-scale' },
    'no-ema': { emaDecay: 0 },
    'separate-nets': { nets: 'separate' },
    'four-layers': { blocks: 4, latentUpdates: 1 },
    'one-step-gradient': { gradient: 'one-step' },
    'continue-loss': { continueLoss: true },
    'two-by-two': {},
    'hrm-mlp': { nets: 'separate', gradient: 'one-step', continueLoss: true, blocks: 4 },
    'direct-mlp': { kind: 'direct', blocks: 8, recursions: 1, latentUpdates: 1 },
  })
  assert.equal(
    paperVariant(overrideRecipe(base, ['model.latentUpdates=9']), 'multi-scale').model.latentUpdates,
    6,
    'there are six latents',
  )
})

test('the published figures are those of the kind of puzzle', () => {
  const kinds = ['sudoku-generated', 'sudoku-file', 'official-folder'] as const
  const of = (name: PaperVariantName) =>
    kinds.map((kind) => publishedAccuracy(name, { ...published.data, kind } as Recipe['data']))
  assert.deepEqual(of('trm-mlp'), [0.874, 0.874, null])
  assert.deepEqual(of('hrm'), [0.55, 0.55, null])
  const mazes = recipes['maze-hard'].data
  assert.deepEqual(
    paperVariantNames.map((name) => publishedAccuracy(name, mazes)),
    [0, 0.853, 0.745, 0, ...Array<null>(10).fill(null)],
  )
  assert.deepEqual(
    mainPaperVariants.map((name) => publishedAccuracy(name, published.data)),
    [0.874, 0.747, 0.55, 0, 0.719, 0.776],
  )
})

test('a column of the paper has a shipped base and no rows but those of the paper', () => {
  assert.deepEqual(
    paperColumns.map(({ benchmark, base }) => [benchmark, base]),
    [
      ['Sudoku-Extreme', 'paper-sudoku'],
      ['Maze-Hard', 'paper-maze'],
    ],
  )
  for (const { base, accuracies } of paperColumns) {
    const { data } = findRecipe(base)
    for (const [name, accuracy] of Object.entries(accuracies)) {
      const row = findPaperVariant(name)
      assert.equal(publishedAccuracy(row, data), accuracy)
      assert.notEqual(paperVariants[row].millionParameters, null, name)
    }
  }
})

test('a base that cannot be varied and an unknown variant are refused', () => {
  const messageOf = (run: () => unknown): string => {
    try {
      run()
    } catch (error) {
      assert.ok(error instanceof InputError)
      return error.message
    }
    return 'no error'
  }
  const odd = overrideRecipe(recipes['sudoku-4x4-trm'], ['model.width=12'])
  assert.equal(
    messageOf(() => paperVariant(odd, 'trm-att')),
    "sudoku-4x4-trm as trm-att: model.heads: expected an even head size (model.width / model.heads) for rotary positions, got 12 / 4 = 3. Rotary positions rotate pairs of channels: change model.heads, or set model.positions to 'none'.",
  )
  assert.equal(
    messageOf(() => findPaperVariant('trm-mpl')),
    `variant: expected the name of a model of the paper, got "trm-mpl". Did you mean 'trm-mlp'? Known variants: ${paperVariantNames.join(', ')}.`,
  )
})
