import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostTensor } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { type ModelConfig, netCalls, stateNames } from '../../src/models/config.ts'
import { initialWeights, parameterCount, type WeightsOf, weightTypes } from '../../src/models/weights.ts'
import { type StepOutcome, TrainingEngine } from '../../src/train/engine.ts'

const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })

/** The published width and depth, on a Sudoku. */
const published: ModelConfig = {
  kind: 'trm',
  nets: 'shared',
  gradient: 'recursion',
  continueLoss: false,
  width: 512,
  heads: 8,
  expansion: 4,
  blocks: 2,
  mixer: 'attention',
  positions: 'rotary',
  prefixTokens: 16,
  puzzleEmbeddingWidth: 512,
  recursions: 3,
  latentUpdates: 6,
  supervisionSteps: 16,
  exploration: 0,
  cells: 81,
  symbols: 11,
  identifiers: 1,
}
const hrm: ModelConfig = {
  ...published,
  nets: 'separate',
  gradient: 'one-step',
  continueLoss: true,
  blocks: 4,
  prefixTokens: 0,
  recursions: 2,
  latentUpdates: 2,
}
const direct: ModelConfig = {
  ...published,
  kind: 'direct',
  blocks: 8,
  prefixTokens: 0,
  recursions: 1,
  latentUpdates: 1,
}

test('models have as many parameters as published: 5 and 7 million, HRM and direct prediction 27', () => {
  assert.equal(parameterCount({ ...published, mixer: 'mlp' }), 5_029_378)
  assert.equal(parameterCount(published), 6_828_546)
  assert.equal(parameterCount(hrm), 27_275_778)
  assert.equal(parameterCount(direct), 27_275_778)
  assert.equal(parameterCount({ ...published, kind: 'single-state' }), 6_828_546)
  assert.equal(parameterCount({ ...published, kind: 'multi-scale' }), 6_828_546)
})

test('a continue loss doubles the forward passes', () => {
  assert.equal(netCalls(published), 21)
  assert.equal(netCalls({ ...published, continueLoss: true }), 42)
  assert.equal(netCalls(hrm), 12)
  assert.equal(netCalls(direct), 1)
})

const tiny: ModelConfig = {
  ...published,
  width: 8,
  heads: 2,
  expansion: 1,
  prefixTokens: 1,
  puzzleEmbeddingWidth: 8,
  recursions: 2,
  latentUpdates: 2,
  supervisionSteps: 3,
  cells: 6,
  symbols: 5,
  identifiers: 3,
}

const optimizer = {
  beta1: 0.9,
  beta2: 0.95,
  weightDecay: 0,
  emaDecay: 0,
  puzzleWeightDecay: 0,
  loss: 'stablemax',
} as const

/** The first training step of a model with these weights, on three puzzles. */
async function firstStep(model: ModelConfig, weights: WeightsOf<HostTensor>): Promise<StepOutcome> {
  const config = { model, optimizer, batch: 3, microBatch: 3, recompute: false }
  const engine = await TrainingEngine.create(executor, config, { weights }, true)
  const tokens = Int32Array.from({ length: 18 }, (_, index) => (index * 7) % 5)
  const outcome = await engine.step(
    {
      tokens,
      labels: tokens.map((token) => (token + 1) % 5),
      identifiers: Int32Array.of(0, 1, 2),
      reset: new Float32Array(3).fill(1),
      minSteps: new Float32Array(3),
    },
    { step: 1, learningRate: 0, puzzleLearningRate: 0 },
  )
  await engine.close()
  return outcome
}

/** The largest difference of two lists of numbers. */
const apart = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Array.from(left).reduce((most, value, index) => Math.max(most, Math.abs(value - right[index]!)), 0)

/** Weights with heads that do something. */
function weightsOf(model: ModelConfig): Record<string, HostTensor> {
  const weights = { ...initialWeights(model, 5) }
  const { shape, data } = weights['haltHead.weight']!
  weights['haltHead.weight'] = { dtype: 'float32', shape, data: data.map((_, index) => Math.sin(index)) }
  return weights
}

test('two equal nets answer as one, and share its gradient', async () => {
  const shared = weightsOf(tiny)
  const separate = { ...tiny, nets: 'separate' } as const
  const copies = Object.keys(weightTypes(separate)).map((name) => [
    name,
    shared[name.replace('answerBlocks', 'blocks')]!,
  ])
  const one = await firstStep(tiny, shared)
  const two = await firstStep(separate, Object.fromEntries(copies))
  assert.ok(apart(one.outputs.logits!.data, two.outputs.logits!.data) < 1e-6)
  const name = 'blocks.0.feedForward.down'
  const whole = one.outputs[`gradient.${name}`]!.data
  const [ofLatents, ofAnswer] = [`gradient.${name}`, `gradient.answerBlocks.0.feedForward.down`]
  const sum = two.outputs[ofLatents]!.data.map((value, index) => value + two.outputs[ofAnswer]!.data[index]!)
  const size = Math.max(...whole.map(Math.abs))
  assert.ok(size > 1e-3, `the gradient is not empty: ${size}`)
  assert.ok(apart(whole, sum) < 1e-5 * size, `${apart(whole, sum)} of ${size}`)
})

test('a one-step gradient is the whole one where the last recursion has one update, and another where it has two', async () => {
  for (const [latentUpdates, isSame] of [
    [1, true],
    [2, false],
  ] as const) {
    const model = { ...tiny, latentUpdates }
    const weights = weightsOf(model)
    const whole = await firstStep(model, weights)
    const last = await firstStep({ ...model, gradient: 'one-step' }, weights)
    assert.deepEqual(last.outputs.logits, whole.outputs.logits, 'the forward pass is the same')
    const gradient = 'gradient.blocks.0.mixer.queryKeyValue'
    const size = Math.max(...whole.outputs[gradient]!.data.map(Math.abs))
    const difference = apart(whole.outputs[gradient]!.data, last.outputs[gradient]!.data) / size
    assert.equal(difference < 1e-6, isSame, `${latentUpdates} latent updates: ${difference} of ${size}`)
  }
})

test('single- and multi-scale states are what they say', async () => {
  assert.deepEqual(stateNames({ kind: 'single-state' }), ['latent'])
  const names = ['latent1', 'latent2', 'latent3', 'latent4', 'latent5', 'latent6', 'answer']
  assert.deepEqual(stateNames({ kind: 'multi-scale' }), names)
  // Six latents that start as zero but for one are that one: after a single update nothing tells them apart from TRM.
  const model = { ...tiny, recursions: 1, latentUpdates: 1 } as const
  const plain = weightsOf(model)
  const many = { ...model, kind: 'multi-scale' } as const
  const zero = plain.latentStart!.data.map(() => 0)
  const weights = Object.keys(weightTypes(many)).map((name): [string, HostTensor] => {
    if (!/^latent\d/.test(name)) return [name, plain[name]!]
    return [name, name === 'latent1Start' ? plain.latentStart! : { ...plain.latentStart!, data: zero }]
  })
  const [one, six] = [await firstStep(model, plain), await firstStep(many, Object.fromEntries(weights))]
  assert.ok(apart(one.outputs.logits!.data, six.outputs.logits!.data) < 1e-6)
})

test('a model with a continue loss halts by comparing its two scores', async () => {
  const model = { ...tiny, continueLoss: true }
  const halting = async (halt: number, goOn: number): Promise<number[]> => {
    const weights = weightsOf(model)
    weights['haltHead.weight'] = { ...weights['haltHead.weight']!, data: new Float32Array(16) }
    weights['haltHead.bias'] = { dtype: 'float32', shape: [2], data: Float32Array.of(halt, goOn) }
    return [...(await firstStep(model, weights)).halted]
  }
  assert.deepEqual(await halting(-1, -2), [1, 1, 1])
  assert.deepEqual(await halting(1, 2), [0, 0, 0])
})

test('the continue score is trained towards what the next step believes', async () => {
  const model = { ...tiny, continueLoss: true }
  const weights = weightsOf(model)
  weights['haltHead.weight'] = { ...weights['haltHead.weight']!, data: new Float32Array(16) }
  weights['haltHead.bias'] = { dtype: 'float32', shape: [2], data: Float32Array.of(-1, 0.5) }
  const { metrics, outputs } = await firstStep(model, weights)
  // Both scores are the same everywhere: the target is the larger probability, sigmoid(0.5).
  const target = 1 / (1 + Math.exp(-0.5))
  const entropy = -(target * Math.log(target) + (1 - target) * Math.log(1 - target))
  assert.ok(Math.abs(metrics.continueLoss - 3 * entropy) < 1e-5, String(metrics.continueLoss))
  assert.ok(
    Math.abs(outputs['gradient.haltHead.bias']!.data[1]!) < 1e-6,
    'no gradient where the target is met',
  )
  const expected = metrics.answerLoss + 0.5 * (metrics.haltLoss + metrics.continueLoss)
  assert.ok(Math.abs(metrics.totalLoss - expected) < 1e-5)
})
