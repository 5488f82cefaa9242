import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as onnxruntime from 'onnxruntime-node'
import { trace } from '../src/graph/program.ts'
import { lowerForAnyBatch } from '../src/onnx/dynamic-batch.ts'
import { encodeModel } from '../src/onnx/model.ts'
import { repeatGraph } from '../src/onnx/repeat.ts'
import * as ops from '../src/ops/primitives.ts'

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const
const int = (...shape: number[]) => ({ shape, dtype: 'int32' }) as const

/** total [B, 2] = (reset ? 10 : total) + x [B], and twice that. */
const step = lowerForAnyBatch(
  (batch) =>
    trace(
      'sum',
      { feeds: { x: float(batch), reset: int(batch), total: float(batch, 2) }, states: {} },
      ({ feeds }) => {
        const isNew = ops.reshape(ops.greater(feeds.reset, ops.scalar(0, 'int32')), [batch, 1])
        const before = ops.select(isNew, ops.filled([batch, 2], 10), feeds.total)
        const total = ops.add(before, ops.reshape(feeds.x, [batch, 1]))
        const sign = ops.cast(ops.greater(feeds.x, 0), 'int32')
        return { outputs: { next: total, twice: ops.multiply(total, 2), sign } }
      },
    ),
  { nameOutput: (name) => name },
)

const repetition = { times: 3, carried: { total: 'next' }, first: 'reset', last: ['sign'], all: ['twice'] }

test('a step goes on from what the one before gave, for any batch', async () => {
  const graph = repeatGraph(step, repetition)
  assert.deepEqual(graph.inputs, [{ name: 'x', dtype: 'float32', shape: ['batch'] }])
  assert.deepEqual(graph.outputs, [
    { name: 'sign', dtype: 'int32', shape: ['batch'] },
    { name: 'twice', dtype: 'float32', shape: [3, 'batch', 2] },
  ])
  const session = await onnxruntime.InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3 })
  for (const x of [[1], [1, -5, 0.5]]) {
    const { sign, twice } = await session.run({
      x: new onnxruntime.Tensor('float32', Float32Array.from(x), [x.length]),
    })
    assert.deepEqual(twice!.dims, [3, x.length, 2])
    const expected = [1, 2, 3].flatMap((turn) =>
      x.flatMap((value) => [2 * (10 + turn * value), 2 * (10 + turn * value)]),
    )
    assert.deepEqual([...(twice!.data as Float32Array)], expected)
    assert.deepEqual(
      [...(sign!.data as Int32Array)],
      x.map((value) => Number(value > 0)),
    )
  }
  await session.release()
})

test('names that the step does not have are refused', () => {
  assert.throws(
    () => repeatGraph(step, { ...repetition, last: ['signs'] }),
    /expected one of its outputs: next, twice, sign, got "signs"/,
  )
  assert.throws(
    () => repeatGraph(step, { ...repetition, first: 'begin' }),
    /expected one of its inputs: x, reset, total, got "begin"/,
  )
  assert.throws(
    () => repeatGraph(step, { ...repetition, carried: { total: 'next', x: 'sign' } }),
    /an input that stays the same and has the axis "batch"/,
  )
})
