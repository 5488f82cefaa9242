import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../src/errors.ts'
import { evaluate } from '../src/executors/reference/evaluate.ts'
import { createReferenceExecutor } from '../src/executors/reference/executor.ts'
import type { Tensor } from '../src/graph/operations.ts'
import { trace } from '../src/graph/program.ts'
import { floatTensor, integerTensor } from '../src/graph/types.ts'
import { softmax } from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'

const matrix = { shape: [2, 3], dtype: 'float32' } as const
const one = { shape: [], dtype: 'float32' } as const

/** Evaluates a function of constants. */
function computed(build: () => Tensor): { shape: readonly number[]; values: number[] } {
  const program = trace('value', { feeds: {}, states: {} }, () => ({ outputs: { result: build() } }))
  const { shape, data } = evaluate(program, {}).outputs.result!
  return { shape, values: [...data] }
}

test('known values: broadcasting, reductions, movement and products', () => {
  const x = () => ops.constant([1, 2, 3, 4, 5, 6], [2, 3])
  const row = () => ops.constant([10, 20, 30], [3])
  const column = () => ops.constant([1, -1], [2, 1])
  assert.deepEqual(computed(() => ops.add(x(), row())).values, [11, 22, 33, 14, 25, 36])
  assert.deepEqual(computed(() => ops.multiply(column(), row())).values, [10, 20, 30, -10, -20, -30])
  assert.deepEqual(
    computed(() => ops.reduceSum(x(), 0)),
    { shape: [1, 3], values: [5, 7, 9] },
  )
  assert.deepEqual(
    computed(() => ops.reduceMaximum(x(), -1)),
    { shape: [2, 1], values: [3, 6] },
  )
  assert.deepEqual(
    computed(() => ops.transpose(x(), 1, 0)),
    { shape: [3, 2], values: [1, 4, 2, 5, 3, 6] },
  )
  assert.deepEqual(
    computed(() => ops.slice(x(), 1, 1, 3)),
    { shape: [2, 2], values: [2, 3, 5, 6] },
  )
  assert.deepEqual(computed(() => ops.concatenate(1, column(), x())).values, [1, 1, 2, 3, -1, 4, 5, 6])
  assert.deepEqual(
    computed(() => ops.gatherRows(x(), ops.constant([1, 0, 1], [3], 'int32'))).values,
    [4, 5, 6, 1, 2, 3, 4, 5, 6],
  )
  assert.deepEqual(
    computed(() => ops.scatterAddRows(ops.constant([2, 2], [2], 'int32'), x(), 3)).values,
    [0, 0, 0, 0, 0, 0, 5, 7, 9],
  )
  assert.deepEqual(computed(() => ops.matmul(x(), x(), { transposeRight: true })).values, [14, 32, 32, 77])
  assert.deepEqual(
    computed(() => ops.matmul(x(), x(), { transposeLeft: true, addend: ops.filled([3, 3], 0.5) })).values,
    [17.5, 22.5, 27.5, 22.5, 29.5, 36.5, 27.5, 36.5, 45.5],
  )
})

test('IEEE 754 semantics: nothing is hidden', () => {
  const x = () => ops.constant([-1, 0, 1], [3])
  assert.deepEqual(computed(() => ops.divide(x(), ops.constant([0, 0, 0], [3]))).values, [
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])
  const defined = computed(() => ops.select(ops.equal(x(), x()), 7, ops.squareRoot(x()))).values
  assert.deepEqual(defined, [7, 7, 7], 'a value that is not chosen does not matter')
  assert.deepEqual(computed(() => ops.sign(x())).values, [-1, 0, 1])
  const truncated = computed(() => ops.cast(ops.constant([-1.9, -0.5, 1.9], [3]), 'int32')).values
  assert.deepEqual(
    truncated.map((value) => value + 0),
    [-1, 0, 1],
  )
  assert.deepEqual(computed(() => ops.cast(ops.cast(x(), 'bool'), 'float32')).values, [1, 0, 1])
})

test('states keep doubles between runs and outputs are float32', async () => {
  const executor = createReferenceExecutor()
  const program = trace('sum', { feeds: { step: one }, states: { total: one } }, ({ feeds, states }) => {
    const total = ops.add(states.total, feeds.step)
    return { outputs: { total, whole: ops.cast(total, 'int32') }, updates: { total } }
  })
  const executable = await executor.compile(program)
  const tiny = floatTensor([], [2 ** -30])
  let total = await executor.upload(floatTensor([], [1]))
  for (let run = 0; run < 2; run++) {
    const result = await executable.run({ step: tiny }, new Map([['total', total]]))
    assert.deepEqual(result.outputs, { total: floatTensor([], [1]), whole: integerTensor([], [1]) })
    total = result.updates.get('total')!
  }
  const difference = trace('difference', { feeds: {}, states: { total: one } }, ({ states }) => ({
    outputs: { result: ops.subtract(states.total, 1) },
  }))
  const last = await (await executor.compile(difference)).run({}, new Map([['total', total]]))
  assert.equal(last.outputs.result!.data[0], 2 ** -29)
  assert.deepEqual(await executor.download(total), floatTensor([], [1]))
})

test('a fused operation is run by its definition', () => {
  const { values } = computed(() => softmax(ops.constant([0, Math.log(3), 1000, 1000], [2, 2])))
  assert.ok(Math.abs(values[0]! - 0.25) < 1e-15 && Math.abs(values[1]! - 0.75) < 1e-15)
  assert.deepEqual(values.slice(2), [0.5, 0.5])
})

test('wrong feeds and states are named', () => {
  const program = trace('sum', { feeds: { x: matrix }, states: { total: one } }, ({ feeds, states }) => ({
    outputs: { y: ops.add(feeds.x, states.total) },
  }))
  const x = floatTensor([2, 3], new Float32Array(6))
  const states = { total: floatTensor([], [0]) }
  const messageOf = (run: () => unknown): string => {
    try {
      run()
    } catch (error) {
      assert.ok(error instanceof InputError)
      return error.message
    }
    return 'no error'
  }
  assert.equal(
    messageOf(() => evaluate(program, {}, states)),
    'program sum, feed x: expected float32[2, 3] with 6 elements, got nothing. ' +
      'Pass a tensor for every feed, shaped as in the traced program.',
  )
  assert.equal(
    messageOf(() => evaluate(program, { x: integerTensor([2, 3], new Int32Array(6)) }, states)),
    'program sum, feed x: expected float32[2, 3] with 6 elements, got int32[2, 3] with 6 elements. ' +
      'Pass a tensor for every feed, shaped as in the traced program.',
  )
  assert.equal(
    messageOf(() => evaluate(program, { x, z: x }, states)),
    'program sum, feed z: expected one of the feeds x, got "z". ' +
      'Leave it out, or trace the program with this feed.',
  )
  assert.match(
    messageOf(() => evaluate(program, { x })),
    /^program sum, state total: expected float32\[\] with 1 elements, got nothing/,
  )
})

test('indices outside a table and tensors of other executors are refused', async () => {
  assert.throws(
    () => computed(() => ops.gatherRows(ops.constant([1, 2], [2, 1]), ops.constant([2], [1], 'int32'))),
    /gatherRows: expected indices from 0 to 1, got 2\./,
  )
  const foreign = { dtype: 'float32', shape: [] } as const
  await assert.rejects(
    createReferenceExecutor().download(foreign),
    /expected a tensor that it has uploaded or computed/,
  )
})
