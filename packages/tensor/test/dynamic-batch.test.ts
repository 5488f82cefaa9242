import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import * as onnxruntime from 'onnxruntime-node'
import { InputError } from '../src/errors.ts'
import { createReferenceExecutor } from '../src/executors/reference/executor.ts'
import { type Program, type Tensors, type TensorTypes, trace } from '../src/graph/program.ts'
import { elementCount, floatTensor, type HostTensor } from '../src/graph/types.ts'
import { bindInputs } from '../src/onnx/bind.ts'
import { lowerForAnyBatch } from '../src/onnx/dynamic-batch.ts'
import { encodeModel, type OnnxGraph } from '../src/onnx/model.ts'
import * as fused from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'

type Case = (batch: number) => { readonly types: TensorTypes; readonly body: (feeds: Tensors) => Tensors }

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const

const programOf =
  (example: Case) =>
  (batch: number): Program => {
    const { types, body } = example(batch)
    return trace('example', { feeds: types, states: {} }, ({ feeds }) => ({
      outputs: body(feeds as Tensors),
    }))
  }

/** Every way in which a length reaches an operator, and every operator of a forward pass. */
const cases: Readonly<Record<string, Case>> = {
  'a reshape that folds the batch into another axis': (batch) => ({
    types: { x: float(batch, 6) },
    body: ({ x }) => ({ y: ops.reshape(x!, [3 * batch, 2]), z: ops.reshape(x!, [2, batch, 3]) }),
  }),
  'a reshape in which two axes depend on it': (batch) => ({
    types: { x: float(batch, 6) },
    body: ({ x }) => {
      const outer = ops.reshape(ops.concatenate(0, x!, x!), [4 * batch, 3])
      const square = ops.matmul(outer, outer, { transposeRight: true }) // [4B, 4B]
      return { y: ops.reshape(square, [2 * batch, 8 * batch]) }
    },
  }),
  'broadcasts and filled tensors': (batch) => ({
    types: { x: float(batch), bias: float(1, 5) },
    body: ({ x, bias }) => ({
      y: ops.broadcast(ops.reshape(x!, [batch, 1]), [batch, 5]),
      z: ops.add(ops.filled([3, batch, 5], 0.5), bias!),
    }),
  }),
  'reductions over it and over others': (batch) => ({
    types: { x: float(batch, 4) },
    body: ({ x }) => ({ sum: ops.reduceSum(x!, 0), largest: ops.reduceMaximum(x!, 1), all: ops.sumAll(x!) }),
  }),
  'transposes, slices of other axes, concatenations along it': (batch) => ({
    types: { x: float(batch, 4), y: float(2, batch) },
    body: ({ x, y }) => {
      const turned = ops.transpose(x!, 1, 0) // [4, B]
      const long = ops.concatenate(1, ops.slice(turned, 0, 1, 3), y!) // [2, 2B]
      return {
        long,
        second: ops.slice(long, 1, batch, 2 * batch),
        rest: ops.slice(long, 1, 0, 2 * batch - 1),
      }
    },
  }),
  'products, plain and in stacks': (batch) => ({
    types: { x: float(batch, 3, 4), w: float(5, 4) },
    body: ({ x, w }) => ({
      linear: fused.linear(x!, w!),
      stacked: ops.matmul(x!, x!, { transposeRight: true }),
    }),
  }),
  'rows of a table, choices and comparisons': (batch) => ({
    types: { table: float(3, 2), index: { shape: [batch], dtype: 'int32' }, reset: float(batch) },
    body: ({ table, index, reset }) => {
      const rows = fused.embedding(table!, index!) // [B, 2]
      const isNew = ops.reshape(ops.greater(reset!, 0), [batch, 1])
      return { y: ops.select(isNew, rows, ops.filled([batch, 2], -1)) }
    },
  }),
  'norms, activations and attention': (batch) => ({
    types: { x: float(batch, 2, 3, 4) },
    body: ({ x }) => ({
      attended: fused.attention(x!, fused.rmsNorm(x!, 2), fused.swiglu(x!, x!)),
      first: fused.rmsNorm(x!, 0 + 3),
      soft: fused.softmax(x!),
    }),
  }),
}

/** Numbers that repeat nowhere; small whole ones for indices. */
function feedsOf(program: Program): Record<string, HostTensor> {
  const entries = Object.entries(program.feeds).map(([name, { shape, dtype }], which) => {
    const values = Array.from({ length: elementCount(shape) }, (_, index) =>
      dtype === 'int32' ? (index * 2 + 1) % 3 : Math.sin(1 + index * 1.7 + which),
    )
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
    return [name, { dtype, shape, data } as HostTensor] as const
  })
  return Object.fromEntries(entries)
}

async function open(graph: OnnxGraph): Promise<onnxruntime.InferenceSession> {
  return await onnxruntime.InferenceSession.create(encodeModel(graph), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
}

const toOrt = ({ dtype, shape, data }: HostTensor): onnxruntime.Tensor =>
  dtype === 'int32'
    ? new onnxruntime.Tensor('int32', data as Int32Array, shape)
    : new onnxruntime.Tensor('float32', data as Float32Array, shape)

describe('one graph for every batch gives what the program of that batch gives', () => {
  for (const [name, example] of Object.entries(cases)) {
    for (const operators of ['onnxruntime', 'standard'] as const) {
      test(`${name}, ${operators} operators`, async () => {
        const traceAt = programOf(example)
        const session = await open(lowerForAnyBatch(traceAt, { operators, nameOutput: (output) => output }))
        for (const batch of [1, 2, 5]) {
          const program = traceAt(batch)
          const feeds = feedsOf(program)
          const executable = await createReferenceExecutor().compile(program)
          const expected = (await executable.run(feeds, new Map())).outputs
          const inputs = Object.fromEntries(Object.entries(feeds).map(([key, feed]) => [key, toOrt(feed)]))
          const results = await session.run(inputs)
          for (const [key, { shape, data }] of Object.entries(expected)) {
            assert.deepEqual([...results[key]!.dims], [...shape], `${key} at batch ${batch}`)
            const got = results[key]!.data as Float32Array
            data.forEach((value, index) => {
              assert.ok(
                Math.abs(value - got[index]!) < 2e-6,
                `${key}[${index}] at batch ${batch}: ${got[index]}`,
              )
            })
          }
        }
        await session.release()
      })
    }
  }
})

test('the batch is a named axis, and reshapes find it by themselves where they can', () => {
  const graph = lowerForAnyBatch(programOf(cases['a reshape that folds the batch into another axis']!))
  assert.deepEqual(graph.inputs, [{ name: 'x', dtype: 'float32', shape: ['batch', 6] }])
  assert.deepEqual(
    graph.outputs.map(({ shape }) => shape),
    [
      ['3*batch', 2],
      [2, 'batch', 3],
    ],
  )
  assert.deepEqual(
    graph.initializers.map(({ values }) => [...Array.from(values)]),
    [
      [-1, 2],
      [2, -1, 3],
    ],
  )
  const { graph: decoded } = fromBinary(ModelProtoSchema, encodeModel(graph))
  const dimensions = (index: number) =>
    (decoded!.output[index]!.type!.value.value as { shape: { dim: { value: { value: unknown } }[] } }).shape
      .dim
  assert.deepEqual(
    dimensions(0).map(({ value }) => value.value),
    ['3*batch', 2n],
  )
})

test('a program without a batch stays as it is', () => {
  const fixed = () =>
    trace('fixed', { feeds: { x: float(2) }, states: {} }, ({ feeds }) => ({
      outputs: { y: ops.add(feeds.x, 1) },
    }))
  const graph = lowerForAnyBatch(fixed)
  assert.deepEqual(graph.inputs[0]!.shape, [2])
  assert.deepEqual(
    graph.nodes.map(({ type }) => type),
    ['Add'],
  )
})

test('what depends on the batch in another way is refused', () => {
  const refused = (body: (x: Tensors[string], batch: number) => Tensors[string]) => {
    const traceAt = programOf((batch) => ({
      types: { x: float(batch, 2) },
      body: ({ x }) => ({ y: body(x!, batch) }),
    }))
    try {
      lowerForAnyBatch(traceAt)
    } catch (error) {
      assert.ok(error instanceof InputError, String(error))
      return error.got
    }
    throw new Error('not refused')
  }
  assert.equal(
    refused((x, batch) => ops.multiply(x, 1 / batch)),
    'constant constant_0 for output/y',
  )
  assert.equal(
    refused((x, batch) => ops.add(x, ops.constant(new Float32Array(2 * batch), [batch, 2]))),
    'constant constant_0 for output/y',
  )
  assert.equal(
    refused((x, batch) => (batch > 10_000 ? ops.negate(x) : ops.absolute(x))),
    'operator output/y',
  )
  assert.equal(
    refused((x, batch) => (batch > 10_000 ? ops.negate(ops.add(x, 1)) : ops.add(x, 1))),
    'operator output/y',
  )
  assert.equal(
    refused((x, batch) => ops.broadcast(ops.reshape(x, [batch, 2, 1]), [batch, 2, Math.ceil(batch / 2)])),
    'axis 2 of output/y',
  )
  assert.equal(
    refused((x, batch) =>
      ops.sumAll(ops.broadcast(ops.reshape(x, [1, 2 * batch]), [batch * batch, 2 * batch])),
    ),
    'constant constant_1 for Expand_1',
  )
})

test('inputs become part of the file', async () => {
  const graph = lowerForAnyBatch(programOf(cases['products, plain and in stacks']!), {
    nameOutput: (name) => name,
  })
  const w = floatTensor(
    [5, 4],
    Float32Array.from({ length: 20 }, (_, index) => index),
  )
  const bound = bindInputs(graph, { w })
  assert.deepEqual(
    bound.inputs.map(({ name }) => name),
    ['x'],
  )
  const session = await open(bound)
  const { linear } = await session.run({ x: toOrt(floatTensor([1, 3, 4], new Float32Array(12).fill(1))) })
  assert.deepEqual([...(linear!.data as Float32Array)].slice(0, 5), [6, 22, 38, 54, 70])
  await session.release()
  const wrong = floatTensor([4, 5], new Float32Array(20))
  assert.throws(() => bindInputs(graph, { w: wrong }), /expected float32\[5, 4\], got float32\[4, 5\]/)
  assert.throws(() => bindInputs(graph, { v: w }), /expected the name of an input/)
})
