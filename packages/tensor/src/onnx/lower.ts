import type { Fused, Node, NodeOf, Operation, Primitive } from '../graph/operations.ts'
import { nodesOf, type Program } from '../graph/program.ts'
import { elementCount, type Shape } from '../graph/types.ts'
import { expandProgram, simplifyProgram } from '../ops/rewrite.ts'
import {
  encodeModel,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  onnxTypes,
} from './model.ts'

/** Fused operations that ONNX Runtime has an operator for. */
type Kept = 'rmsNorm' | 'swiglu' | 'softmax'

/** Names of values and the nodes emitted so far. */
interface Builder {
  /** Adds a node and returns the name of its first output. */
  emit(
    dtype: string,
    inputs: readonly string[],
    attributes?: Record<string, OnnxAttribute>,
    domain?: string,
  ): string
  /** The name of a constant tensor; equal small ones are shared. */
  constant(dtype: OnnxTensor['dtype'], shape: Shape, values: ArrayLike<number>): string
  /** A 1-D int64 constant: shapes, axes. */
  integers(...values: number[]): string
  readonly rounding: NonNullable<LoweringOptions['rounding']>
}

type Lowering<O extends Operation> = (node: NodeOf<O>, inputs: readonly string[], build: Builder) => string

const direct =
  (type: string) =>
  (_: unknown, inputs: readonly string[], build: Builder): string =>
    build.emit(type, inputs)

const zero = (build: Builder): string => build.constant('float32', [], [0])

/**
 * How every primitive, and each fused operation run whole, becomes ONNX operators. Only operators that both the
 * CPU and the WebGPU provider have: a node that falls back to the CPU costs two copies, and the conformance test
 * refuses it.
 */
export const lowerings: { readonly [O in Primitive | Kept]: Lowering<O> } = {
  input: ({ attributes }) => attributes.name,
  constant: ({ attributes: { dtype, shape, values } }, _, build) => build.constant(dtype, shape, values),
  negate: direct('Neg'),
  absolute: direct('Abs'),
  exponential: direct('Exp'),
  logarithm: direct('Log'),
  squareRoot: direct('Sqrt'),
  reciprocal: direct('Reciprocal'),
  sigmoid: direct('Sigmoid'),
  arctangent: direct('Atan'),
  sign: (_, [x], build) => {
    const one = build.constant('float32', [], [1])
    const minusOne = build.constant('float32', [], [-1])
    const negative = build.emit('Where', [build.emit('Greater', [zero(build), x!]), minusOne, zero(build)])
    return build.emit('Where', [build.emit('Greater', [x!, zero(build)]), one, negative])
  },
  roundToBfloat16: (_, [x], build) => {
    if (build.rounding === 'arithmetic') return roundByArithmetic(x!, build)
    return build.emit('Cast', [build.emit('Cast', [x!], { to: onnxTypes.bfloat16 })], {
      to: onnxTypes.float32,
    })
  },
  add: direct('Add'),
  subtract: direct('Sub'),
  multiply: direct('Mul'),
  divide: direct('Div'),
  maximum: direct('Max'),
  greater: direct('Greater'),
  greaterOrEqual: direct('GreaterOrEqual'),
  equal: direct('Equal'),
  and: direct('And'),
  // WebGPU has no Or.
  or: (_, inputs, build) => {
    const absent = inputs.map((input) => build.emit('Not', [input]))
    return build.emit('Not', [build.emit('And', absent)])
  },
  not: direct('Not'),
  select: direct('Where'),
  cast: ({ attributes }, inputs, build) => build.emit('Cast', inputs, { to: onnxTypes[attributes.dtype] }),
  reduceSum: ({ attributes: { axes } }, [x], build) =>
    build.emit('ReduceSum', [x!, build.integers(...axes)], { keepdims: 1 }),
  reduceMaximum: ({ attributes: { axes } }, [x], build) =>
    build.emit('ReduceMax', [x!, build.integers(...axes)], { keepdims: 1 }),
  reshape: ({ shape }, [x], build) => build.emit('Reshape', [x!, build.integers(...shape)]),
  transpose: ({ attributes }, inputs, build) => build.emit('Transpose', inputs, { perm: attributes.order }),
  broadcast: ({ shape }, [x], build) => build.emit('Expand', [x!, build.integers(...shape)]),
  slice: ({ dtype, attributes: { axis, start, end } }, [x], build) => {
    if (dtype === 'float32')
      return build.emit('Slice', [x!, build.integers(start), build.integers(end), build.integers(axis)])
    // WebGPU slices floats only.
    const places = Array.from({ length: end - start }, (_, index) => start + index)
    return build.emit('Gather', [x!, build.integers(...places)], { axis })
  },
  concatenate: ({ attributes }, inputs, build) => build.emit('Concat', inputs, { axis: attributes.axis }),
  gatherRows: (_, inputs, build) => build.emit('Gather', inputs, { axis: 0 }),
  scatterAddRows: ({ shape, inputs: nodes }, [indices, updates], build) => {
    const table = build.emit('Expand', [zero(build), build.integers(...shape)])
    // WebGPU reshapes int32, not int64: widen last.
    const paths = build.emit('Reshape', [indices!, build.integers(...nodes[0]!.shape, 1)])
    const wide = build.emit('Cast', [paths], { to: onnxTypes.int64 })
    return build.emit('ScatterND', [table, wide, updates!], { reduction: 'add' })
  },
  matmul: ({ attributes: { transposeLeft, transposeRight }, inputs: nodes, shape }, inputs, build) => {
    if (shape.length === 2)
      return build.emit('Gemm', inputs, { transA: Number(transposeLeft), transB: Number(transposeRight) })
    const flipped = (index: number, transposed: boolean) =>
      transposed
        ? build.emit('Transpose', [inputs[index]!], { perm: lastTwoSwapped(nodes[index]!) })
        : inputs[index]!
    return build.emit('MatMul', [flipped(0, transposeLeft), flipped(1, transposeRight)])
  },
  stopGradient: (_, inputs) => inputs[0]!,
  // x + 0 · (one element of every token): nothing else makes ONNX Runtime wait, as it orders nodes by their data.
  after: ({ inputs: nodes }, [x, ...tokens], build) => {
    if (nodes[0]!.dtype !== 'float32') return x!
    const elements = tokens.flatMap((token, index) => {
      const { dtype, shape } = nodes[index + 1]!
      if (dtype !== 'float32') return []
      const flat = build.emit('Reshape', [token, build.integers(elementCount(shape))])
      return [build.emit('Slice', [flat, build.integers(0), build.integers(1), build.integers(0)])]
    })
    if (elements.length === 0) return x!
    const together = elements.length === 1 ? elements[0]! : build.emit('Concat', elements, { axis: 0 })
    const sum = build.emit('ReduceSum', [together, build.integers(0)], { keepdims: 0 })
    return build.emit('Add', [x!, build.emit('Mul', [sum, zero(build)])])
  },

  rmsNorm: ({ shape, attributes: { epsilon } }, [x], build) => {
    const width = shape.at(-1)!
    const gain = build.constant('float32', [width], new Float32Array(width).fill(1))
    const attributes = { axis: -1, epsilon: { float: epsilon }, stash_type: 1 }
    // Its second output means different things on the CPU and on WebGPU: never use it.
    return build.emit('SimplifiedLayerNormalization', [x!, gain], attributes)
  },
  swiglu: (_, [gate, up], build) => {
    const silu = build.emit('QuickGelu', [gate!], { alpha: { float: 1 } }, 'com.microsoft')
    return build.emit('Mul', [silu, up!])
  },
  softmax: (_, inputs, build) => build.emit('Softmax', inputs, { axis: -1 }),
}

/**
 * bfloat16 from sums and products of float32 only. Added to 1.5 · 2²³ times the distance d of the neighbours of x in
 * bfloat16, x is rounded to a multiple of d, ties to even, and the subtraction is exact. d is 2⁻⁷ of the largest power of
 * two in |x|, which is the difference of q = (2²³ + 1) · |x| and (1 − 2⁻²⁴) · q (S. Rump, T. Ogita, S. Oishi, Accurate
 * floating-point summation, 2008, algorithm 3.6). Far from 1 all of it is done to x scaled by a power of two; below the
 * normal numbers d is the same for all.
 */
function roundByArithmetic(x: string, build: Builder): string {
  const number = (value: number) => build.constant('float32', [], [value])
  const [size, one] = [build.emit('Abs', [x]), number(1)]
  const choose = (condition: string, yes: string, no: string) => build.emit('Where', [condition, yes, no])
  const [isLarge, isSmall] = [
    build.emit('Greater', [size, number(2 ** 64)]),
    build.emit('Greater', [number(2 ** -64), size]),
  ]
  const scaledBy = (large: number, small: number) =>
    choose(isLarge, number(large), choose(isSmall, number(small), one))
  const scaled = build.emit('Mul', [x, scaledBy(2 ** -64, 2 ** 40)])
  const multiple = build.emit('Mul', [build.emit('Abs', [scaled]), number(2 ** 23 + 1)])
  const less = build.emit('Mul', [multiple, number(1 - 2 ** -24)])
  const power = build.emit('Sub', [multiple, less])
  const least = number(1.5 * 2 ** (23 - 133 + 40))
  const shift = build.emit('Max', [build.emit('Mul', [power, number(1.5 * 2 ** 16)]), least])
  const rounded = build.emit('Sub', [build.emit('Add', [scaled, shift]), shift])
  const result = build.emit('Mul', [rounded, scaledBy(2 ** 64, 2 ** -40)])
  // ∞ − ∞ on the way is no number; what is infinite, 0 or no number stays.
  const isBetween = build.emit('And', [
    build.emit('Greater', [number(Number.POSITIVE_INFINITY), size]),
    build.emit('Greater', [size, number(0)]),
  ])
  return choose(isBetween, result, x)
}

function lastTwoSwapped({ shape }: Node): number[] {
  const order = [...shape.keys()]
  return [...order.slice(0, -2), order.at(-1)!, order.at(-2)!]
}

/** Operators that the ONNX standard (opset 21) has as well; the others are ONNX Runtime's own. */
const standard: ReadonlySet<Kept> = new Set(['softmax'])

function runsWhole(node: NodeOf<Fused>): boolean {
  if (node.operation === 'rmsNorm') {
    const { axis } = node.attributes as NodeOf<'rmsNorm'>['attributes']
    return axis === node.shape.length - 1
  }
  return node.operation in lowerings
}

/** Names of results in the ONNX model; states and their new values need two names. */
export const outputName = (name: string): string => `output/${name}`
export const updateName = (name: string): string => `update/${name}`

/** How a program is written as ONNX. */
export interface LoweringOptions {
  /** `standard`: no operators that only ONNX Runtime has; they are expanded into the standard's own. */
  readonly operators?: 'onnxruntime' | 'standard'
  /**
   * How numbers are rounded to bfloat16: by the operator Cast, or by sums and products where a provider has no such type
   * (WebGPU); by default by Cast.
   */
  readonly rounding?: 'cast' | 'arithmetic'
  /** Name of an output in the model; by default `output/name`. */
  readonly nameOutput?: (name: string) => string
}

/** The program as an ONNX model with static shapes. Inputs keep their names. */
export function lowerToOnnx(program: Program, options: LoweringOptions = {}): Uint8Array {
  return encodeModel(lowerToGraph(program, options))
}

/** The program as ONNX operators, before it becomes a file. */
export function lowerToGraph(program: Program, options: LoweringOptions = {}): OnnxGraph {
  const { operators = 'onnxruntime', nameOutput = outputName, rounding = 'cast' } = options
  const isKept = (node: NodeOf<Fused>) =>
    runsWhole(node) && (operators === 'onnxruntime' || standard.has(node.operation as Kept))
  const lowered = simplifyProgram(expandProgram(program, isKept))
  const results = [
    ...Object.entries(lowered.outputs).map(([name, node]) => ({ name: nameOutput(name), node })),
    ...Object.entries(lowered.updates).map(([name, node]) => ({ name: updateName(name), node })),
  ]
  const [nodes, initializers]: [OnnxNode[], OnnxTensor[]] = [[], []]
  const build = createBuilder(nodes, initializers, rounding)
  const names = new Map<Node, string>()
  for (const node of nodesOf(lowered)) {
    const lowering = lowerings[node.operation as keyof typeof lowerings] as Lowering<Operation>
    const inputs = node.inputs.map((input) => names.get(input)!)
    names.set(node, lowering(node as NodeOf<Operation>, inputs, build))
  }
  const renamed = new Map<string, string>()
  const made = new Set(nodes.flatMap((node) => node.outputs))
  for (const { name, node } of results) {
    const value = names.get(node)!
    if (made.has(value) && !renamed.has(value)) renamed.set(value, name)
    else nodes.push({ type: 'Identity', inputs: [value], outputs: [name] })
  }
  const rename = (name: string) => renamed.get(name) ?? name
  const inputs = [...Object.entries(lowered.feeds), ...Object.entries(lowered.states)]
  return {
    name: program.name,
    inputs: inputs.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: results.map(({ name, node: { dtype, shape } }) => ({ name, dtype, shape })),
    initializers,
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
  }
}

function createBuilder(
  nodes: OnnxNode[],
  initializers: OnnxTensor[],
  rounding: Builder['rounding'],
): Builder {
  const shared = new Map<string, string>()
  const builder: Builder = {
    rounding,
    emit(type, inputs, attributes = {}, domain = '') {
      const name = `${type}_${nodes.length}`
      nodes.push({ type, domain, inputs, outputs: [name], attributes })
      return name
    },
    constant(dtype, shape, values) {
      const exact = (value: number) => (Object.is(value, -0) ? '-0' : value)
      const key = values.length <= 64 ? `${dtype}[${shape.join()}]${Array.from(values, exact).join()}` : ''
      const known = shared.get(key)
      if (key && known) return known
      const name = `constant_${initializers.length}`
      initializers.push({ name, dtype, shape, values })
      if (key) shared.set(key, name)
      return name
    },
    integers: (...values) => builder.constant('int64', [values.length], values),
  }
  return builder
}
