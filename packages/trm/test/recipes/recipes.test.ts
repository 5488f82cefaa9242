import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { prefixLength } from '../../src/models/config.ts'
import { dataKinds } from '../../src/puzzles/index.ts'
import {
  findRecipe,
  overrideRecipe,
  parseRecipe,
  type Recipe,
  recipeNames,
  recipes,
} from '../../src/recipes/index.ts'
import { nearestName } from '../../src/recipes/messages.ts'

/** Fixed here, so that tuning the shipped recipe does not change these tests. */
const base = overrideRecipe(recipes['sudoku-6x6-trm'], [
  'model.width=128',
  'model.heads=4',
  'training.batch=128',
  'training.microBatch=auto',
  'optimizer.warmupSteps=100',
  'optimizer.learningRate=1e-3',
])

type Loose = Record<string, Record<string, unknown>>

/** The base recipe with some values replaced, without any check. */
function changed(change: (recipe: Loose) => void): unknown {
  const copy = structuredClone(base) as unknown as Loose
  change(copy)
  return copy
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

const parseMessage = (change: (recipe: Loose) => void) =>
  messageOf(() => parseRecipe(changed(change), 'my.json'))

test('every shipped recipe carries its own name, is frozen and survives JSON', () => {
  assert.deepEqual(Object.keys(recipes), [...recipeNames])
  for (const name of recipeNames) {
    const recipe = recipes[name]
    assert.equal(recipe.name, name)
    assert.ok(recipe.description.length > 20)
    assert.deepEqual(parseRecipe(JSON.parse(JSON.stringify(recipe)), name), recipe)
    assert.equal(findRecipe(name), recipe)
    for (const part of [recipe, recipe.model, recipe.data, recipe.optimizer, recipe.training]) {
      assert.ok(Object.isFrozen(part))
    }
  }
})

test('the Sudoku-Extreme recipes are the published settings', () => {
  const mlp = recipes['sudoku-extreme-mlp']
  assert.deepEqual(mlp.model, {
    kind: 'trm',
    nets: 'shared',
    gradient: 'recursion',
    precision: 'float32',
    continueLoss: false,
    width: 512,
    heads: 8,
    expansion: 4,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 16,
    puzzleEmbeddingWidth: 512,
    recursions: 3,
    latentUpdates: 6,
    supervisionSteps: 16,
    exploration: 0.1,
  })
  assert.deepEqual(mlp.optimizer, {
    kind: 'adam-atan2',
    learningRate: 1e-4,
    muonLearningRate: 0.02,
    weightDecay: 1,
    weightDecayOf: 'all',
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 1e-4,
    puzzleWeightDecay: 1,
    warmupSteps: 2000,
    minRatio: 1,
    gradientClip: null,
    emaDecay: 0.999,
    loss: 'stablemax',
    labelSmoothing: 0,
  })
  assert.equal(mlp.training.batch, 768)
  assert.equal(mlp.training.steps, 65_000)
  const attention = recipes['sudoku-extreme-att']
  assert.deepEqual(attention.model, { ...mlp.model, mixer: 'attention', positions: 'rotary' })
  assert.deepEqual(
    { ...attention, name: '', description: '', model: 0 },
    { ...mlp, name: '', description: '', model: 0 },
  )
})

test('the ARC recipes are the published settings', () => {
  const one = recipes['arc-agi-1']
  const { mixer, positions, recursions, latentUpdates, ...rest } = recipes['sudoku-extreme-att'].model
  assert.deepEqual(one.model, { ...rest, mixer, positions, recursions: 3, latentUpdates: 4 })
  assert.deepEqual(one.data, {
    kind: 'arc',
    path: null,
    subsets: ['training', 'evaluation', 'concept'],
    test: 'evaluation',
    validation: 20,
    augmentations: 1000,
    canvas: 30,
    longestSide: null,
    allowLeak: false,
    seed: 0,
  })
  assert.deepEqual(one.optimizer, {
    ...recipes['sudoku-extreme-att'].optimizer,
    weightDecay: 0.1,
    puzzleLearningRate: 1e-2,
    puzzleWeightDecay: 0.1,
  })
  // 100,000 epochs · 960 tasks · 4.1458 pairs, and 1,280 tasks · 4.3326, over batches of 768: see the recipes.
  assert.deepEqual([one.training.batch, one.training.steps], [768, 518_000])
  const two = recipes['arc-agi-2']
  assert.deepEqual([two.training.batch, two.training.steps], [768, 722_000])
  assert.ok(two.data.kind === 'arc')
  assert.deepEqual(
    [two.data.subsets, two.data.test],
    [['training2', 'evaluation2', 'concept'], 'evaluation2'],
  )
})

test('sets of ARC data must fit together', () => {
  const message = (...changes: string[]) => messageOf(() => overrideRecipe(recipes['arc-small'], changes))
  const sets = 'data.subsets=["training","concept"]'
  assert.equal(
    message(sets, 'data.test=evaluation'),
    'recipe override: data.test: expected one of data.subsets (training, concept), got evaluation. The test tasks’ own training pairs are trained on too: add the set to data.subsets.',
  )
  assert.equal(
    message('data.subsets=["training","training"]'),
    'recipe override: data.subsets: expected each set only once, got training, training. Remove the repeated name.',
  )
  assert.equal(
    message('data.longestSide=8', 'data.canvas=7'),
    'recipe override: data.longestSide: expected at most data.canvas (7), got 8. Grids must fit on the canvas.',
  )
  assert.equal(
    message('data.subsets=training'),
    'recipe override: data.subsets: expected a list of 1 to 20 names of sets, such as ["training","evaluation"], got "training". Correct data.subsets.',
  )
  assert.equal(
    message('data.test="../x"'),
    'recipe override: data.test: expected the name of a set, such as evaluation2, got "../x". Correct data.test.',
  )
})

test('an unknown recipe is answered with the nearest name', () => {
  assert.equal(
    messageOf(() => findRecipe('sudoku6x6')),
    `recipe: expected the name of a shipped recipe, got "sudoku6x6". Did you mean 'sudoku-6x6'? Known recipes: ${recipeNames.join(', ')}.`,
  )
  assert.throws(() => findRecipe('__proto__'), InputError)
})

test('a wrong value names its key, what is expected and what came', () => {
  assert.equal(
    parseMessage((recipe) => {
      recipe.model!.width = 1.5
    }),
    'my.json: model.width: expected a whole number from 1 to 16384, got 1.5. Correct model.width.',
  )
  assert.equal(
    parseMessage((recipe) => {
      recipe.model!.mixer = 'conv'
    }),
    `my.json: model.mixer: expected 'mlp' or 'attention' or 'groups' or 'fields' or 'neighbours', got "conv". Correct model.mixer.`,
  )
  assert.equal(
    parseMessage((recipe) => {
      delete recipe.optimizer!.learningRate
    }),
    'my.json: optimizer.learningRate: expected a number from 0 to 10, got nothing (the key is missing). Correct optimizer.learningRate.',
  )
  assert.equal(
    parseMessage((recipe) => {
      recipe.training!.microBatch = 0
    }),
    "my.json: training.microBatch: expected a whole number from 1 to 1048576 or 'auto', got 0. Correct training.microBatch.",
  )
  assert.equal(
    parseMessage((recipe) => {
      recipe.data!.kind = 'sudoku'
    }),
    `my.json: data.kind: expected ${dataKinds.map((kind) => `'${kind}'`).join(' or ')}, got "sudoku". Correct data.kind.`,
  )
  assert.equal(
    parseMessage((recipe) => {
      recipe.optimizer!.weightDecay = Number.NaN
    }),
    'my.json: optimizer.weightDecay: expected a number from 0 to 1000, got NaN. Correct optimizer.weightDecay.',
  )
  assert.equal(
    messageOf(() => parseRecipe('sudoku', 'my.json')),
    'my.json: expected an object, got "sudoku". A recipe has name, model, data, optimizer and training.',
  )
})

test('an unknown key names the nearest one, also where that makes a key missing', () => {
  assert.equal(
    parseMessage((recipe) => {
      delete recipe.optimizer!.learningRate
      recipe.optimizer!.lerningRate = 1
    }),
    `my.json: expected a known key of optimizer, got "optimizer.lerningRate". Did you mean 'optimizer.learningRate'? Known keys of optimizer: kind, learningRate, muonLearningRate, weightDecay, weightDecayOf, beta1, beta2, puzzleLearningRate, puzzleWeightDecay, warmupSteps, minRatio, gradientClip, emaDecay, loss, labelSmoothing.`,
  )
  assert.equal(
    parseMessage((recipe) => {
      recipe.data!.path = 'x'
    }),
    'my.json: expected a known key of data, got "data.path". Known keys of data: kind, boxRows, boxColumns, train, validation, test, minimal, augment, seed.',
  )
  assert.match(
    parseMessage((recipe) => {
      recipe.modle = {}
    }),
    /got "modle". Did you mean 'model'\?/,
  )
})

test('keys with a published default may be left out', () => {
  const recipe = parseRecipe(
    changed((loose) => {
      for (const key of ['beta1', 'beta2', 'minRatio', 'emaDecay', 'loss']) delete loose.optimizer![key]
      for (const key of ['microBatch', 'recompute', 'stopAtAccuracy']) delete loose.training![key]
      delete loose.model!.exploration
    }),
    'x',
  )
  assert.equal(recipe.optimizer.beta2, 0.95)
  assert.equal(recipe.optimizer.emaDecay, 0.999)
  assert.equal(recipe.training.microBatch, 'auto')
  assert.equal(recipe.model.exploration, 0.1)
})

test('rules over several keys say which key to change', () => {
  const cases: [string[], string][] = [
    [
      ['training.workers=3'],
      'recipe override: training.workers: expected a divisor of training.batch (128), got 3. Use 2, so that every worker has the same number of slots.',
    ],
    [
      ['training.workers=4', 'training.microBatch=64'],
      "recipe override: training.microBatch: expected a divisor of training.batch / training.workers (128 / 4 = 32) or 'auto', got 64. Use 32 or 'auto'.",
    ],
    [
      ['model.heads=3'],
      'recipe override: model.heads: expected a divisor of model.width (128), got 3. Use 2, or a width that is a multiple of 3.',
    ],
    [
      ['model.width=12', 'model.positions=rotary'],
      "recipe override: model.heads: expected an even head size (model.width / model.heads) for rotary positions, got 12 / 4 = 3. Rotary positions rotate pairs of channels: change model.heads, or set model.positions to 'none'.",
    ],
    [
      ['model.prefixTokens=4'],
      'recipe override: model.puzzleEmbeddingWidth: expected more than 0 if model.prefixTokens is 4, got 0. A prefix without a puzzle embedding holds nothing: set model.prefixTokens to 0.',
    ],
    [
      ['model.prefixTokens=1', 'model.puzzleEmbeddingWidth=300'],
      'recipe override: model.prefixTokens: expected at least 3, so that prefixTokens · width holds model.puzzleEmbeddingWidth (300), got 1 · 128 = 128. Set model.prefixTokens to 0 to compute it.',
    ],
    [
      ['training.microBatch=48'],
      "recipe override: training.microBatch: expected a divisor of training.batch (128) or 'auto', got 48. Use 32 or 'auto'.",
    ],
    [
      ['training.steps=50'],
      'recipe override: optimizer.warmupSteps: expected at most training.steps (50), got 100. The learning rate would never reach its full value: lower the warm-up or train longer.',
    ],
    [
      ['optimizer.labelSmoothing=0.1'],
      "recipe override: optimizer.labelSmoothing: expected 0 if optimizer.loss is 'stablemax', got 0.1. Label smoothing is defined for softmax: set optimizer.loss to 'softmax', or leave it out.",
    ],
    [
      ['optimizer.kind=muon', 'optimizer.learningRate=0'],
      "recipe override: optimizer.learningRate: expected more than 0 if optimizer.kind is 'muon', got 0. optimizer.muonLearningRate follows its schedule in proportion, and 0 has none.",
    ],
  ]
  for (const [overrides, message] of cases) {
    assert.equal(
      messageOf(() => overrideRecipe(base, overrides)),
      message,
    )
  }
})

test('recipes allow only the boxes that the Sudoku code knows', () => {
  assert.equal(
    messageOf(() => overrideRecipe(base, ['data.boxRows=3', 'data.boxColumns=4'])),
    'recipe override: data.boxRows: expected boxRows × boxColumns of 2×2, 2×3, 3×2, 3×3, 4×4, got 3×4. A 6×6 grid has boxes of two rows by three columns.',
  )
})

test('the prefix length is computed as the published code computes it', () => {
  const of = (prefixTokens: number, puzzleEmbeddingWidth: number) =>
    prefixLength({ width: 512, prefixTokens, puzzleEmbeddingWidth })
  assert.deepEqual([of(0, 0), of(16, 512), of(0, 512), of(0, 513), of(0, 1)], [0, 16, 1, 2, 1])
})

test('overrides change single keys, together, and leave the recipe alone', () => {
  const recipe = overrideRecipe(base, [
    'optimizer.learningRate=3e-4',
    'training.batch=96',
    'training.microBatch=48',
    'model.mixer=attention',
    'model.positions=rotary',
    'training.stopAtAccuracy=0.9',
    'name=my run',
  ])
  assert.equal(recipe.optimizer.learningRate, 3e-4)
  assert.equal(recipe.training.microBatch, 48)
  assert.equal(recipe.model.mixer, 'attention')
  assert.equal(recipe.training.stopAtAccuracy, 0.9)
  assert.equal(recipe.name, 'my run')
  assert.equal(base.optimizer.learningRate, 1e-3)
  assert.ok(Object.isFrozen(recipe.model))
  assert.equal(overrideRecipe(base, []), base)
})

test('a whole section can be replaced, and then its keys be set', () => {
  const data =
    'data={"kind":"sudoku-file","boxRows":3,"boxColumns":3,"train":null,"test":null,"trainCount":5,"validation":0,"augment":false,"seed":1}'
  const recipe: Recipe = overrideRecipe(base, [data, 'data.train=a=b.csv'])
  assert.ok(recipe.data.kind === 'sudoku-file')
  assert.equal(recipe.data.train, 'a=b.csv')
  assert.equal(
    messageOf(() => overrideRecipe(base, ['data.kind=sudoku'])),
    `recipe override: data.kind: expected ${dataKinds.map((kind) => `'${kind}'`).join(' or ')}, got "sudoku". Correct data.kind.`,
  )
  assert.equal(
    messageOf(() => overrideRecipe(base, ['data.kind=sudoku-file'])),
    `recipe override: data.kind: expected the recipe's own kind, "sudoku-generated", got "sudoku-file". Replace the whole section: \`data={"kind":"sudoku-file",…}\`.`,
  )
})

test('a wrong override says what is wrong', () => {
  assert.equal(
    messageOf(() => overrideRecipe(base, ['optimizer.learningRate'])),
    'recipe override: expected key=value, got "optimizer.learningRate". For example: optimizer.learningRate=3e-4.',
  )
  assert.equal(
    messageOf(() => overrideRecipe(base, ['model.widht=3'])),
    `recipe override: expected a known key of model, got "model.widht". Did you mean 'model.width'? Known keys of model: kind, nets, gradient, continueLoss, width, heads, expansion, blocks, mixer, norm, hiddenWidth, groupWidth, answerInput, positions, prefixTokens, puzzleEmbeddingWidth, recursions, latentUpdates, supervisionSteps, exploration, precision.`,
  )
  assert.equal(
    messageOf(() => overrideRecipe(base, ['learningRate=3'])),
    `recipe override: expected a known key, got "learningRate". Did you mean 'optimizer.learningRate'? Known keys: name, description, model, data, noise, optimizer, training.`,
  )
  assert.equal(
    messageOf(() => overrideRecipe(base, ['model.width.x=3'])),
    'recipe override: expected a known key of model.width, got "model.width.x". model.width is a single value and has no keys.',
  )
  for (const key of ['__proto__.x', 'constructor', 'model.__proto__', '.', 'model.', '']) {
    assert.throws(() => overrideRecipe(base, [`${key}=1`]), InputError)
  }
  assert.throws(() => overrideRecipe(base, ['model={"__proto__":{"width":1}}']), InputError)
})

test('nearestName prefers few edits and gives up on strangers', () => {
  const known = ['width', 'heads', 'recursions', 'latentUpdates']
  assert.equal(nearestName('widht', known), 'width')
  assert.equal(nearestName('Recursion', known), 'recursions')
  assert.equal(nearestName('zzzzzzzzzz', known), null)
})
