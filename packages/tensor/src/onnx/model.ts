import type { DataType, Shape } from '../graph/types.ts'
import { ProtobufWriter } from './protobuf.ts'

/** Attribute values that occur in our models. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  /** What an operator such as Loop runs. */
  | { readonly graph: OnnxGraph }

export interface OnnxNode {
  readonly type: string
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

export interface OnnxTensor {
  readonly name: string
  /** float16 is given as its 16 bits. */
  readonly dtype: DataType | 'int64' | 'float16'
  readonly shape: Shape
  readonly values: ArrayLike<number>
}

export interface OnnxValue {
  readonly name: string
  readonly dtype: DataType | 'int64'
  /** Omitted: any shape. A name stands for a length that is known only when the model runs. */
  readonly shape?: readonly (number | string)[]
}

/** The graph of an ONNX file, before it is encoded. */
export interface OnnxGraph {
  readonly name: string
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly initializers: readonly OnnxTensor[]
  readonly nodes: readonly OnnxNode[]
}

/** TensorProto.DataType */
export const onnxTypes = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const

/** Opset 21 is the newest whose operators the CPU and the WebGPU provider share (Atan); it needs IR version 10. */
const opset = 21
const irVersion = 10

/** What a file says about itself besides its graph. */
export interface OnnxDescription {
  /** For people, shown by viewers. */
  readonly documentation?: string
  /** Free text by key. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** An ONNX ModelProto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers from there). */
export function encodeModel(graph: OnnxGraph, description: OnnxDescription = {}): Uint8Array {
  const { documentation, metadata = {} } = description
  const model = new ProtobufWriter().integer(1, irVersion).string(2, 'tiny-recursive-models')
  if (documentation !== undefined) model.string(6, documentation)
  model.message(7, encodeGraph(graph))
  model.message(8, new ProtobufWriter().string(1, '').integer(2, opset))
  for (const domain of domainsOf(graph))
    model.message(8, new ProtobufWriter().string(1, domain).integer(2, 1))
  for (const [key, value] of Object.entries(metadata))
    model.message(14, new ProtobufWriter().string(1, key).string(2, value))
  return model.finish()
}

/** Operator sets besides the standard's own. */
function domainsOf({ nodes }: OnnxGraph): Set<string> {
  const domains = new Set<string>()
  for (const { domain, attributes = {} } of nodes) {
    if (domain) domains.add(domain)
    for (const value of Object.values(attributes)) {
      if (typeof value === 'object' && 'graph' in value)
        for (const inner of domainsOf(value.graph)) domains.add(inner)
    }
  }
  return domains
}

function encodeGraph(graph: OnnxGraph): ProtobufWriter {
  const body = new ProtobufWriter()
  for (const node of graph.nodes) body.message(1, encodeNode(node))
  body.string(2, graph.name)
  for (const tensor of graph.initializers) body.message(5, encodeTensor(tensor))
  for (const input of graph.inputs) body.message(11, encodeValue(input))
  for (const output of graph.outputs) body.message(12, encodeValue(output))
  return body
}

function encodeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter()
  for (const input of node.inputs) writer.string(1, input)
  for (const output of node.outputs) writer.string(2, output)
  writer.string(3, node.outputs[0]!)
  writer.string(4, node.type)
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    writer.message(5, encodeAttribute(name, value))
  if (node.domain) writer.string(7, node.domain)
  return writer
}

/** AttributeProto: value fields f 2, i 3, s 4, g 6, ints 8; type field 20. */
function encodeAttribute(name: string, value: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name)
  if (typeof value === 'number') return writer.integer(3, value).integer(20, 2)
  if (typeof value === 'string') return writer.string(4, value).integer(20, 3)
  if ('float' in value) return writer.float(2, value.float).integer(20, 1)
  if ('graph' in value) return writer.message(6, encodeGraph(value.graph)).integer(20, 5)
  for (const item of value) writer.integer(8, item)
  return writer.integer(20, 7)
}

function encodeTensor({ name, dtype, shape, values }: OnnxTensor): ProtobufWriter {
  const writer = new ProtobufWriter()
  for (const length of shape) writer.integer(1, length)
  return writer.integer(2, onnxTypes[dtype]).string(8, name).bytes(9, rawBytes(dtype, values))
}

const arrays: Readonly<Record<OnnxTensor['dtype'], (values: ArrayLike<number>) => ArrayBufferView>> = {
  float32: (values) => Float32Array.from(values),
  float16: (values) => Uint16Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
  bool: (values) => Uint8Array.from(values),
}

function rawBytes(dtype: OnnxTensor['dtype'], values: ArrayLike<number>): Uint8Array {
  // Large tables are not copied.
  const isWeights = dtype === 'float32' && values instanceof Float32Array
  const array = isWeights ? values : arrays[dtype](values)
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function encodeValue({ name, dtype, shape }: OnnxValue): ProtobufWriter {
  const tensorType = new ProtobufWriter().integer(1, onnxTypes[dtype])
  if (shape) {
    const dimensions = new ProtobufWriter()
    for (const length of shape) {
      const dimension = new ProtobufWriter()
      dimensions.message(
        1,
        typeof length === 'string' ? dimension.string(2, length) : dimension.integer(1, length),
      )
    }
    tensorType.message(2, dimensions)
  }
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensorType))
}
