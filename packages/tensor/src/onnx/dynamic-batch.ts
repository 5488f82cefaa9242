/**
 * One ONNX graph for every batch size, from programs whose shapes are all known.
 *
 * The program is traced at three batch sizes. Whatever the three have in common stays as it is. A length that differs
 * must be a · batch + b with the same a and b in all three; in the graph it is then computed from the batch of an
 * input. Anything else that differs is an error. So the graph is the program of each of the three sizes exactly, and
 * of every other size as long as the traced function uses the batch as a length only: by products, sums, reshapes and
 * slices, without asking how large it is.
 */
import { InputError } from '../errors.ts'
import type { Program } from '../graph/program.ts'
import { sameShape } from '../graph/types.ts'
import { type LoweringOptions, lowerToGraph } from './lower.ts'
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './model.ts'

/** Primes that no model has as another length, far apart. */
const samples = [1009, 10_007, 1_000_003] as const

/** A length: scale · batch + offset. */
interface Length {
  readonly scale: number
  readonly offset: number
}

/**
 * @param traceAt the program for slots of a batch; at least one input must have the batch as an axis
 * @param name    what the batch axis is called in the shapes of inputs and outputs
 * @throws InputError if anything other than lengths depends on the batch
 */
export function lowerForAnyBatch(
  traceAt: (batch: number) => Program,
  options: LoweringOptions = {},
  name = 'batch',
): OnnxGraph {
  const graphs = samples.map((batch) => lowerToGraph(traceAt(batch), options))
  const first = graphs[0]!
  checkNodes(graphs)
  const inputs = valuesOfAnyBatch(graphs, 'inputs', name)
  const outputs = valuesOfAnyBatch(graphs, 'outputs', name)
  const lengths = new Map<string, readonly Length[]>()
  const initializers = first.initializers.flatMap((tensor, index) => {
    const dynamic = dynamicLengths(graphs.map((graph) => graph.initializers[index]!))
    if (dynamic === null) return [tensor]
    if (dynamic === undefined)
      throw refusal(first.name, `constant ${tensor.name} for ${userOf(tensor, first)}`)
    lengths.set(tensor.name, dynamic)
    return []
  })
  if (lengths.size === 0) return { ...first, inputs, outputs }
  const made = computeLengths(lengths, inputs, name, first)
  return {
    ...first,
    inputs,
    outputs,
    nodes: made.nodes,
    initializers: [...initializers, ...made.initializers],
  }
}

function checkNodes(graphs: readonly OnnxGraph[]): void {
  const [first, ...others] = graphs as [OnnxGraph, ...OnnxGraph[]]
  for (const other of others) {
    const index = first.nodes.findIndex(
      (node, place) => JSON.stringify(node) !== JSON.stringify(other.nodes[place] ?? null),
    )
    if (index >= 0) throw refusal(first.name, `operator ${first.nodes[index]!.outputs[0]}`)
    if (other.nodes.length !== first.nodes.length || other.initializers.length !== first.initializers.length)
      throw refusal(first.name, 'the number of operators and constants')
  }
}

/** Inputs or outputs with the batch as a named axis. */
function valuesOfAnyBatch(
  graphs: readonly OnnxGraph[],
  role: 'inputs' | 'outputs',
  name: string,
): OnnxValue[] {
  return graphs[0]![role].map((value, index) => {
    const shapes = graphs.map((graph) => graph[role][index]!.shape as readonly number[])
    const shape = shapes[0]!.map((_, axis) => {
      const length = lengthOf(shapes.map((one) => one[axis]!))
      if (length === null) throw refusal(graphs[0]!.name, `axis ${axis} of ${value.name}`)
      return length.scale === 0 ? length.offset : describeLength(length, name)
    })
    return { ...value, shape }
  })
}

const describeLength = ({ scale, offset }: Length, name: string): string =>
  `${scale === 1 ? '' : `${scale}*`}${name}${offset === 0 ? '' : offset > 0 ? `+${offset}` : offset}`

/** scale · batch + offset through the values at the sample sizes, or null if there is none. */
function lengthOf(values: readonly number[]): Length | null {
  const [v0, v1, v2] = values as [number, number, number]
  const [b0, b1, b2] = samples
  const scale = (v1 - v0) / (b1 - b0)
  const offset = v0 - scale * b0
  return Number.isInteger(scale) && v2 === scale * b2 + offset ? { scale, offset } : null
}

/** Null: the same at all sizes. Undefined: it depends on the batch in a way that is no length. */
function dynamicLengths(tensors: readonly OnnxTensor[]): readonly Length[] | null | undefined {
  const [first, ...others] = tensors as [OnnxTensor, ...OnnxTensor[]]
  if (!others.every(({ dtype, shape }) => dtype === first.dtype && sameShape(shape, first.shape)))
    return undefined
  const isSame = ({ values }: OnnxTensor) => {
    for (let index = 0; index < values.length; index++)
      if (!Object.is(values[index], first.values[index])) return false
    return true
  }
  if (others.every(isSame)) return null
  if (first.dtype !== 'int64') return undefined
  const lengths = Array.from(first.values, (_, place) =>
    lengthOf(tensors.map(({ values }) => values[place]!)),
  )
  return lengths.every((length) => length !== null) ? lengths : undefined
}

/**
 * Nodes that read the batch from an input and compute lengths from it, before all others. A reshape with one
 * length that is a multiple of the batch is told to find it by itself (-1), which keeps the other lengths known to
 * whoever plans memory.
 */
function computeLengths(
  lengths: ReadonlyMap<string, readonly Length[]>,
  inputs: readonly OnnxValue[],
  name: string,
  graph: OnnxGraph,
): { nodes: OnnxNode[]; initializers: OnnxTensor[] } {
  const initializers: OnnxTensor[] = []
  const integers = (key: string, values: readonly number[]): string => {
    initializers.push({ name: key, dtype: 'int64', shape: [values.length], values })
    return key
  }
  const source = inputs.find(({ shape }) => shape!.includes(name))
  if (!source) throw refusal(graph.name, 'a length, but no input has it as an axis')
  const axis = source.shape!.indexOf(name)
  const batch = `${name}_length`
  const attributes = { start: axis, end: axis + 1 }
  const made: OnnxNode[] = [{ type: 'Shape', inputs: [source.name], outputs: [batch], attributes }]

  const computed = new Set<string>()
  const compute = (key: string): string => {
    if (computed.has(key)) return key
    computed.add(key)
    const wanted = lengths.get(key)!
    const scaled = `${key}_scaled`
    const [scales, offsets] = [wanted.map(({ scale }) => scale), wanted.map(({ offset }) => offset)]
    made.push({ type: 'Mul', inputs: [batch, integers(`${key}_scales`, scales)], outputs: [scaled] })
    made.push({ type: 'Add', inputs: [scaled, integers(`${key}_offsets`, offsets)], outputs: [key] })
    return key
  }
  const inferred = new Set<string>()
  const infer = (key: string): string => {
    const found = `${key}_inferred`
    if (!inferred.has(key))
      integers(
        found,
        lengths.get(key)!.map(({ scale, offset }) => (scale === 0 ? offset : -1)),
      )
    inferred.add(key)
    return found
  }
  const isInferable = (key: string): boolean => {
    const dynamic = lengths.get(key)!.filter(({ scale }) => scale !== 0)
    return dynamic.length === 1 && dynamic[0]!.offset === 0
  }
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input, place) => {
      if (!lengths.has(input)) return input
      return node.type === 'Reshape' && place === 1 && isInferable(input) ? infer(input) : compute(input)
    }),
  }))
  return { nodes: [...made, ...nodes], initializers }
}

const userOf = ({ name }: OnnxTensor, { nodes }: OnnxGraph): string =>
  nodes.find(({ inputs }) => inputs.includes(name))?.outputs[0] ?? 'an output'

function refusal(program: string, what: string): InputError {
  return new InputError({
    who: `program ${program} for any batch`,
    expected: 'only lengths of the form a · batch + b',
    got: what,
    hint: 'Build whatever depends on the batch from tensors that have it as an axis.',
  })
}
