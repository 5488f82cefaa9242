import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floatTensor, type HostTensor, InputError } from '@tiny-recursive-models/tensor'
import { clipGradients } from '../../src/optim/clip.ts'
import { muonDirection, orthogonalised } from '../../src/optim/muon.ts'
import { type OptimizerConfig, updateWeight } from '../../src/optim/update.ts'
import { isBlockMatrix, isDecayed } from '../../src/optim/weight-groups.ts'
import { matrix, run, values } from './run.ts'

const config: OptimizerConfig = {
  beta1: 0.9,
  beta2: 0.95,
  weightDecay: 0.1,
  emaDecay: 0.99,
  learningRate: 1e-3,
  muonLearningRate: 0.02,
}
const rate = 5e-4
const step = 3

const close = (got: ArrayLike<number>, wanted: readonly number[], tolerance: number) => {
  assert.equal(got.length, wanted.length)
  for (const [index, value] of wanted.entries())
    assert.ok(Math.abs(got[index]! - value) <= tolerance, `${index}: ${got[index]} is not ${value}`)
}

/** A weight's state [rows, columns] before the step, and its gradient. */
const before = (rows: number, columns: number) => ({
  weights: matrix(rows, columns, 1),
  ema: matrix(rows, columns, 2),
  moment1: matrix(rows, columns, 3),
  moment2: { ...matrix(rows, columns, 4), data: values(rows * columns, 4).map(Math.abs) },
  gradient: matrix(rows, columns, 5),
})

function updated(name: string, state: ReturnType<typeof before>, changes: Partial<OptimizerConfig>) {
  const full = { ...config, ...changes }
  const scheduled = {
    learningRate: floatTensor([], [rate]),
    correction1: floatTensor([], [1 - full.beta1 ** step]),
    correction2: floatTensor([], [1 - full.beta2 ** step]),
  }
  return run({ ...state, ...scheduled }, (feeds) => {
    const { weights, ema, moment1, moment2, gradient, learningRate, correction1, correction2 } =
      feeds as Record<keyof typeof state | keyof typeof scheduled, (typeof feeds)[string]>
    const rates = { learningRate, correction1, correction2 }
    return { ...updateWeight(name, { weights, ema, moment1, moment2 }, gradient, rates, full) }
  })
}

/** AdamW in float64, from its paper. */
function adamW(state: ReturnType<typeof before>, decay: number): Record<string, number[]> {
  const of = (role: keyof typeof state, index: number) => state[role].data[index]!
  const indices = [...state.weights.data.keys()]
  const moment1 = indices.map((i) => 0.9 * of('moment1', i) + 0.1 * of('gradient', i))
  const moment2 = indices.map((i) => 0.95 * of('moment2', i) + 0.05 * of('gradient', i) ** 2)
  const weights = indices.map((i) => {
    const direction = moment1[i]! / (1 - 0.9 ** step) / (Math.sqrt(moment2[i]! / (1 - 0.95 ** step)) + 1e-8)
    return of('weights', i) * (1 - rate * decay) - rate * direction
  })
  const ema = indices.map((i) => 0.99 * of('ema', i) + 0.01 * weights[i]!)
  return { weights, ema, moment1, moment2 }
}

test('AdamW is the update of its paper', async () => {
  const state = before(3, 4)
  const after = await updated('tokens', state, { kind: 'adamw' })
  for (const [role, wanted] of Object.entries(adamW(state, 0.1))) close(after[role]!.data, wanted, 3e-7)
})

test('weights that Muon was not made for take AdamW', async () => {
  const state = before(3, 4)
  const adam = await updated('answerHead', state, { kind: 'adamw' })
  assert.deepEqual(await updated('answerHead', state, { kind: 'muon' }), adam)
})

/** Products of matrices as lists of rows, in float64. */
type Rows = readonly (readonly number[])[]
const rowsOf = ({ shape, data }: HostTensor): Rows =>
  Array.from({ length: shape[0]! }, (_, row) =>
    Array.from(data.slice(row * shape[1]!, (row + 1) * shape[1]!)),
  )
const turned = (x: Rows): Rows => x[0]!.map((_, column) => x.map((row) => row[column]!))
const times = (x: Rows, y: Rows): Rows =>
  x.map((row) =>
    turned(y).map((column) => row.reduce((sum, value, index) => sum + value * column[index]!, 0)),
  )
const mixed = (x: Rows, a: number, y: Rows, b: number): Rows =>
  x.map((row, i) => row.map((value, j) => a * value + b * y[i]![j]!))

function newtonSchulz(matrix: Rows): Rows {
  if (matrix.length > matrix[0]!.length) return turned(newtonSchulz(turned(matrix)))
  const norm = Math.hypot(...matrix.flat())
  let x: Rows = matrix.map((row) => row.map((value) => value / (norm + 1e-7)))
  for (let iteration = 0; iteration < 5; iteration++) {
    const square = times(x, turned(x))
    const polynomial = mixed(square, -4.775, times(square, square), 2.0315)
    x = mixed(x, 3.4445, times(polynomial, x), 1)
  }
  return x
}

test('Muon is the update of its source, wide and tall, and leaves the second moment alone', async () => {
  for (const [rows, columns] of [
    [3, 5],
    [6, 2],
  ] as const) {
    const state = before(rows, columns)
    const after = await updated('blocks.0.mixer.output', state, { kind: 'muon' })
    assert.equal('moment2' in after, false)
    const [gradient, old, weights] = [state.gradient, state.moment1, state.weights].map(rowsOf)
    const moment1 = mixed(old!, 0.95, gradient!, 0.05)
    close(after.moment1!.data, moment1.flat(), 1e-6)
    const direction = newtonSchulz(mixed(gradient!, 0.05, moment1, 0.95))
    // Half the full learning rate, so half of Muon's.
    const ownRate = 0.01
    const scale = ownRate * Math.sqrt(Math.max(1, rows / columns))
    close(after.weights!.data, mixed(weights!, 1 - ownRate * 0.1, direction, -scale).flat(), 1e-6)
  }
})

test('an orthogonalised matrix has singular values near 1', async () => {
  for (const [rows, columns] of [
    [4, 24],
    [24, 4],
  ] as const) {
    const { y } = await run({ x: matrix(rows, columns, 7) }, ({ x }) => ({ y: orthogonalised(x!) }))
    const wide = rows > columns ? turned(rowsOf(y!)) : rowsOf(y!)
    const square = times(wide, turned(wide))
    const identity = square.map((row, i) => row.map((_, j) => Number(i === j)))
    const opposite = mixed(identity, 2, square, -1)
    const smallest = Math.sqrt(2 - largestEigenvalue(opposite))
    const largest = Math.sqrt(largestEigenvalue(square))
    // Five iterations take every number from 0.01 to 1 to between 0.6818 and 1.2016: the source's own limits.
    assert.ok(smallest >= 0.68, `smallest ${smallest}`)
    assert.ok(largest <= 1.21, `largest ${largest}`)
  }
})

/** Of a symmetric matrix without negative eigenvalues, by power iteration. */
function largestEigenvalue(symmetric: Rows): number {
  let vector: Rows = symmetric.map((_, index) => [1 + index / 7])
  let length = 1
  for (let iteration = 0; iteration < 1_000; iteration++) {
    const next = times(symmetric, vector)
    length = Math.hypot(...next.flat())
    vector = next.map(([value]) => [value! / length])
  }
  return length
}

test('a gradient of zeros moves nothing under Muon', async () => {
  const zeros = floatTensor([3, 2], new Float32Array(6))
  const { y } = await run({ zeros }, (feeds) => ({ y: muonDirection(feeds.zeros!, feeds.zeros!) }))
  assert.deepEqual([...y!.data].map(Math.abs), [0, 0, 0, 0, 0, 0])
})

test('Muon without a schedule to follow is refused', async () => {
  await assert.rejects(
    updated('blocks.0.mixer.output', before(2, 2), { kind: 'muon', learningRate: 0 }),
    (error) => error instanceof InputError && /a learningRate above 0/.test(error.message),
  )
})

test('where only matrices decay, tables, vectors and biases do not', async () => {
  const state = before(2, 3)
  for (const kind of ['adam-atan2', 'adamw'] as const) {
    const chosen = { kind, weightDecayOf: 'matrices' } as const
    assert.deepEqual(await updated('answerHead', state, chosen), await updated('answerHead', state, { kind }))
    const spared = await updated('tokens', state, chosen)
    assert.deepEqual(spared, await updated('tokens', state, { kind, weightDecay: 0 }))
  }
})

test('groups of weights are told by name and shape', () => {
  const [matrixShape, vectorShape] = [[4, 4], [4]]
  const matrices = ['blocks.0.mixer.gateUp', 'answerBlocks.1.feedForward.down']
  for (const name of matrices) {
    assert.ok(isBlockMatrix(name, matrixShape) && isDecayed(name, matrixShape), name)
    assert.ok(!isBlockMatrix(name, vectorShape) && !isDecayed(name, vectorShape), name)
  }
  for (const name of ['answerHead', 'haltHead.weight'])
    assert.ok(!isBlockMatrix(name, matrixShape) && isDecayed(name, matrixShape), name)
  for (const name of ['tokens', 'positions', 'input', 'carryGain', 'blocks.0.mixer.carryGain'])
    assert.ok(!isDecayed(name, matrixShape), name)
  for (const name of ['haltHead.bias', 'answerStart']) assert.ok(!isDecayed(name, vectorShape), name)
})

test('clipping leaves short gradients as they are and shortens long ones to the limit', async () => {
  const gradients = { a: matrix(2, 3, 1), b: floatTensor([4], values(4, 2)) }
  const norm = Math.hypot(...gradients.a.data, ...gradients.b.data)
  const clipped = (limit: number) =>
    run({ ...gradients, norm: floatTensor([1], [norm]) }, ({ a, b, norm: length }) =>
      clipGradients({ a: a!, b: b! }, length!, limit),
    )
  const same = await clipped(norm * 1.01)
  for (const name of ['a', 'b'] as const) assert.deepEqual(same[name]!.data, gradients[name].data)
  const short = await clipped(0.5)
  for (const name of ['a', 'b'] as const)
    close(
      short[name]!.data,
      Array.from(gradients[name].data, (value) => (value * 0.5) / norm),
      1e-7,
    )
})
