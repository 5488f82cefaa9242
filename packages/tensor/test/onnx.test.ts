import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type GraphProto,
  ModelProtoSchema,
  type TensorProto,
  type TypeProto_Tensor,
  type ValueInfoProto,
} from 'onnx-buf'
import * as onnxruntime from 'onnxruntime-node'
import { trace } from '../src/graph/program.ts'
import { lowerToOnnx } from '../src/onnx/lower.ts'
import { encodeModel, type OnnxGraph, onnxTypes } from '../src/onnx/model.ts'
import { ProtobufWriter } from '../src/onnx/protobuf.ts'
import * as ops from '../src/ops/primitives.ts'

/** The graph in a model, decoded with the official definitions. */
function decode(model: Uint8Array): GraphProto {
  return fromBinary(ModelProtoSchema, model).graph!
}

/** Everything that a model can hold, once: every attribute kind and data type, and what varints find hard. */
const graph: OnnxGraph = {
  name: 'every kind of content: äöü 木',
  inputs: [
    { name: 'x', dtype: 'float32', shape: [2, 300] },
    { name: 'condition/0', dtype: 'bool', shape: [] },
    { name: 'any', dtype: 'int32' },
  ],
  outputs: [{ name: 'y', dtype: 'float32', shape: [2, 300] }],
  initializers: [
    { name: 'floats', dtype: 'float32', shape: [2, 2], values: [1.5, -0, Number.POSITIVE_INFINITY, 1e-45] },
    { name: 'integers', dtype: 'int32', shape: [3], values: [-1, 0, 2 ** 31 - 1] },
    { name: 'long', dtype: 'int64', shape: [3], values: [-1, 127, 2 ** 53 - 1] },
    { name: 'bits', dtype: 'bool', shape: [2], values: [1, 0] },
    { name: 'none', dtype: 'int64', shape: [0], values: [] },
  ],
  nodes: [
    {
      type: 'Softmax',
      inputs: ['x', ''],
      outputs: ['a', 'b'],
      attributes: { axis: -1, large: 2 ** 40, zero: 0 },
    },
    {
      type: 'QuickGelu',
      domain: 'com.microsoft',
      inputs: ['a'],
      outputs: ['y'],
      attributes: { alpha: { float: 0.1 }, reduction: 'add', perm: [1, 0, -2], empty: [] },
    },
  ],
}

function typeOf({ type }: ValueInfoProto): TypeProto_Tensor {
  const value = type?.value
  assert.ok(value?.case === 'tensorType')
  return value.value
}

const shapeOf = (value: ValueInfoProto): number[] | undefined =>
  typeOf(value).shape?.dim.map((length) => Number(length.value.value))

function valuesOf({ dataType, rawData }: TensorProto): number[] {
  const buffer = rawData.slice().buffer
  if (dataType === onnxTypes.float32) return [...new Float32Array(buffer)]
  if (dataType === onnxTypes.int32) return [...new Int32Array(buffer)]
  if (dataType === onnxTypes.int64) return [...new BigInt64Array(buffer)].map(Number)
  return [...rawData]
}

describe('the protobuf writer', () => {
  const decoded = decode(encodeModel(graph))

  test('names versions and operator sets', () => {
    const { irVersion, opsetImport, producerName } = fromBinary(ModelProtoSchema, encodeModel(graph))
    assert.equal(irVersion, 10n)
    assert.equal(producerName, 'tiny-recursive-models')
    assert.deepEqual(
      opsetImport.map(({ domain, version }) => [domain, version]),
      [
        ['', 21n],
        ['com.microsoft', 1n],
      ],
    )
  })

  test('keeps inputs and outputs', () => {
    assert.equal(decoded.name, graph.name)
    for (const [written, read] of [
      [graph.inputs, decoded.input],
      [graph.outputs, decoded.output],
    ] as const) {
      assert.deepEqual(
        read.map((value) => [value.name, typeOf(value).elemType, shapeOf(value)]),
        written.map(({ name, dtype, shape }) => [name, onnxTypes[dtype], shape]),
      )
    }
  })

  test('keeps constants to the bit', () => {
    assert.deepEqual(
      decoded.initializer.map((tensor) => [tensor.name, tensor.dataType, tensor.dims.map(Number)]),
      graph.initializers.map(({ name, dtype, shape }) => [name, onnxTypes[dtype], shape]),
    )
    const wanted = graph.initializers.map(({ dtype, values }) =>
      dtype === 'float32' ? [...Float32Array.from(values)] : [...Array.from(values)],
    )
    assert.deepEqual(decoded.initializer.map(valuesOf), wanted)
  })

  test('keeps nodes and their attributes', () => {
    const [first, second] = decoded.node
    assert.deepEqual(
      [first!.opType, first!.domain, first!.input, first!.output],
      ['Softmax', '', ['x', ''], ['a', 'b']],
    )
    assert.deepEqual(
      first!.attribute.map(({ name, type, i }) => [name, type, i]),
      [
        ['axis', 2, -1n],
        ['large', 2, 2n ** 40n],
        ['zero', 2, 0n],
      ],
    )
    assert.deepEqual([second!.opType, second!.domain], ['QuickGelu', 'com.microsoft'])
    const [alpha, reduction, order, empty] = second!.attribute
    assert.deepEqual([alpha!.type, alpha!.f], [1, Math.fround(0.1)])
    assert.deepEqual([reduction!.type, new TextDecoder().decode(reduction!.s)], [3, 'add'])
    assert.deepEqual([order!.type, order!.ints], [7, [1n, 0n, -2n]])
    assert.deepEqual([empty!.type, empty!.ints], [7, []])
  })

  test('writes no field that the definitions do not know', () => {
    const again = toBinary(ModelProtoSchema, fromBinary(ModelProtoSchema, encodeModel(graph)), {
      writeUnknownFields: false,
    })
    assert.deepEqual(decode(again), decoded)
  })

  test('varints: 7 bits a byte, negative numbers in ten bytes', () => {
    const bytes = (value: number) => [...new ProtobufWriter().integer(1, value).finish()]
    assert.deepEqual(bytes(0), [8, 0])
    assert.deepEqual(bytes(127), [8, 127])
    assert.deepEqual(bytes(128), [8, 128, 1])
    assert.deepEqual(bytes(300), [8, 172, 2])
    assert.deepEqual(bytes(-1), [8, ...new Array<number>(9).fill(255), 1])
    assert.equal(new ProtobufWriter().bytes(1, new Uint8Array(100_000)).finish().length, 100_004)
  })
})

describe('models', () => {
  const vector = { shape: [3], dtype: 'float32' } as const
  const program = trace('step', { feeds: { x: vector }, states: { total: vector } }, ({ feeds, states }) => {
    const total = ops.add(states.total, ops.multiply(feeds.x, 2))
    return { outputs: { sum: ops.sumAll(total), zeros: ops.constant([0, -0, 0], [3]) }, updates: { total } }
  })

  test('name feeds, states, outputs and updates', () => {
    const { name, input, output } = decode(lowerToOnnx(program))
    assert.equal(name, 'step')
    assert.deepEqual(
      input.map((value) => [value.name, shapeOf(value)]),
      [
        ['x', [3]],
        ['total', [3]],
      ],
    )
    assert.deepEqual(
      output.map((value) => [value.name, shapeOf(value)]),
      [
        ['output/sum', []],
        ['output/zeros', [3]],
        ['update/total', [3]],
      ],
    )
  })

  test('define every value once, before its use', () => {
    const { input, initializer, node, output } = decode(lowerToOnnx(program))
    const defined = new Set([...input, ...initializer].map(({ name }) => name))
    for (const { input: operands, output: results } of node) {
      for (const operand of operands) assert.ok(defined.has(operand), operand)
      for (const result of results) {
        assert.ok(!defined.has(result), result)
        defined.add(result)
      }
    }
    for (const { name } of output) assert.ok(defined.has(name), name)
  })

  test('share equal constants, but not 0 with -0', () => {
    const constants = (...numbers: number[]) => {
      const types = { feeds: { x: vector }, states: {} }
      const sum = trace('sum', types, ({ feeds }) => ({
        outputs: Object.fromEntries(numbers.map((value, index) => [`y${index}`, ops.add(feeds.x, value)])),
      }))
      return decode(lowerToOnnx(sum)).initializer.flatMap(valuesOf)
    }
    assert.deepEqual(constants(2, 2, 3), [2, 3])
    assert.deepEqual(constants(0, -0), [0, -0])
  })

  test('run in ONNX Runtime', async () => {
    const session = await onnxruntime.InferenceSession.create(lowerToOnnx(program))
    const tensor = (...values: number[]) => new onnxruntime.Tensor('float32', Float32Array.from(values), [3])
    const results = await session.run({ x: tensor(1, 2, 3), total: tensor(10, 20, 30) })
    assert.deepEqual([...(results['update/total']!.data as Float32Array)], [12, 24, 36])
    assert.deepEqual([...(results['output/sum']!.data as Float32Array)], [72])
    assert.deepEqual([...(results['output/zeros']!.data as Float32Array)], [0, -0, 0])
    await session.release()
  })
})
