import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { add, floatTensor, gradients, InputError, multiply, sumAll } from '@tiny-recursive-models/tensor'
import { type ModelConfig, type ModelKind, stateNames } from '../../src/models/config.ts'
import type { Net } from '../../src/models/nets.ts'
import { deepRecursion, startStates } from '../../src/models/recursion.ts'
import { statesOf } from '../../src/models/states.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { run } from '../optim/run.ts'

/** A number and its derivative by x: what the paper's pseudocode computes with. */
type Dual = readonly [value: number, slope: number]

const scaled =
  (factor: number) =>
  (...given: readonly Dual[]): Dual => [
    factor * given.reduce((sum, [value]) => sum + value, 0),
    factor * given.reduce((sum, [, slope]) => sum + slope, 0),
  ]
const withoutGradient = ([value]: Dual): Dual => [value, 0]

const [latentFactor, answerFactor] = [0.7, 0.9]
const [netL, netH] = [scaled(latentFactor), scaled(answerFactor)]
const netOf =
  (factor: number): Net =>
  (...given) =>
    multiply(
      given.reduce((sum, next) => add(sum, next)),
      factor,
    )
const nets = { latent: netOf(latentFactor), answer: netOf(answerFactor) }

const xValue = 0.6
const startOf = (index: number): number => 0.3 - 0.2 * index

/** Figure 3 of the paper, with HRM's one-step gradient. */
function pseudocode(T: number, n: number, isOneStep: boolean): Dual {
  const x: Dual = [xValue, 1]
  let [z, y]: [Dual, Dual] = [
    [startOf(0), 0],
    [startOf(1), 0],
  ]
  for (let j = 1; j <= T; j++) {
    const guide: Dual = scaled(1)(y, x)
    for (let i = 1; i <= n; i++) {
      if (isOneStep && i === n) z = withoutGradient(z)
      z = netL(z, guide)
    }
    y = netH(y, z)
    if (j < T) [z, y] = [withoutGradient(z), withoutGradient(y)]
  }
  return y
}

/** The state that is read, and its slope by x. */
async function recursed(kind: ModelKind, change: Partial<ModelConfig>): Promise<Dual> {
  const config = { gradient: 'recursion', ...change } as ModelConfig
  const names = stateNames({ kind })
  const one = (value: number) => floatTensor([1, 1, 1], Float32Array.of(value))
  const feeds = Object.fromEntries([
    ['x', one(xValue)],
    ...names.map((name, index) => [name, one(startOf(index))]),
  ])
  const { value, slope } = await run(feeds, ({ x, ...states }) => {
    const after = deepRecursion(kind, statesOf(kind, states), x!, nets, config)
    const read = 'answer' in after ? after.answer : after.latent
    return { value: read, slope: gradients(sumAll(read), [x!])[0]! }
  })
  return [value!.data[0]!, slope!.data[0]!]
}

function assertNear(got: Dual, wanted: Dual): void {
  assert.ok(
    Math.max(...got.map((value, index) => Math.abs(value - wanted[index]!))) < 1e-6,
    `${got}: ${wanted}`,
  )
}

describe('a deep recursion is the pseudocode of the paper, in value and gradient', () => {
  for (const gradient of ['recursion', 'one-step'] as const)
    for (const [recursions, latentUpdates] of [
      [1, 1],
      [1, 3],
      [3, 1],
      [3, 6],
    ] as const)
      test(`T = ${recursions}, n = ${latentUpdates}, ${gradient}`, async () => {
        const got = await recursed('trm', { recursions, latentUpdates, gradient })
        assertNear(got, pseudocode(recursions, latentUpdates, gradient === 'one-step'))
      })
})

describe('the other kinds, one recursion', () => {
  const x: Dual = [xValue, 1]
  const constantOf = (index: number): Dual => [startOf(index), 0]

  test('single state', async () => {
    const z = netL(netL(constantOf(0), x), x)
    assertNear(await recursed('single-state', { recursions: 1, latentUpdates: 2 }), netH(z))
  })

  test('multi-scale: each update renews the next latent from the sum of all', async () => {
    const guide = scaled(1)(constantOf(6), x)
    const z = [0, 1, 2, 3, 4, 5].map(constantOf)
    for (const index of [0, 1, 2]) z[index] = netL(...z, guide)
    assertNear(await recursed('multi-scale', { recursions: 1, latentUpdates: 3 }), netH(constantOf(6), ...z))
  })

  test('direct prediction', async () => {
    assertNear(await recursed('direct', { recursions: 1, latentUpdates: 1 }), netH(constantOf(0), x))
  })

  test('denoiser: the question comes once, and the norm of one number is its sign', async () => {
    const [value] = await recursed('denoiser', { recursions: 1, latentUpdates: 2 })
    assert.ok(Math.abs(value - 1) < 1e-4, `${value}`)
  })
})

test('a missing state or weight is named', () => {
  const refused = (call: () => unknown, message: RegExp) =>
    assert.throws(call, (error) => error instanceof InputError && message.test(error.message))
  refused(() => statesOf('trm', {}), /model of kind 'trm': expected the states latent, answer, got none/)
  const { model } = overrideRecipe(recipes['sudoku-4x4-trm'], ['model.width=8', 'model.heads=2'])
  const config = { ...model, cells: 16, symbols: 6, identifiers: 1 }
  refused(() => startStates({}, config, 1), /model: expected a weight tokens \[6,8\], got none/)
})
