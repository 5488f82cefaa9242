/** Inputs whose values are known when the file is written. */
import { InputError } from '../errors.ts'
import { formatShape, type HostTensor, type Shape, sameShape } from '../graph/types.ts'
import { type OnnxGraph, type OnnxNode, type OnnxTensor, onnxTypes } from './model.ts'

/** A value for a float32 input in half precision: the 16 bits of every number. */
export interface HalfTensor {
  readonly dtype: 'float16'
  readonly shape: Shape
  readonly data: Uint16Array
}

/**
 * The graph with tensors in place of inputs of these names: they become part of the file. Those of float16 are
 * turned into float32 when it runs, which ONNX Runtime does once, when it opens the file.
 * @throws InputError if a name is not an input, or its shape or type differs
 */
export function bindInputs(
  graph: OnnxGraph,
  tensors: Readonly<Record<string, HostTensor | HalfTensor>>,
): OnnxGraph {
  const bound: OnnxTensor[] = []
  const casts: OnnxNode[] = []
  for (const [name, tensor] of Object.entries(tensors)) {
    checkBound(graph, name, tensor)
    const { dtype, shape, data } = tensor
    const stored = dtype === 'float16' ? `${name}.float16` : name
    bound.push({ name: stored, dtype, shape, values: data })
    if (dtype === 'float16')
      casts.push({ type: 'Cast', inputs: [stored], outputs: [name], attributes: { to: onnxTypes.float32 } })
  }
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !Object.hasOwn(tensors, name)),
    initializers: [...graph.initializers, ...bound],
    nodes: [...casts, ...graph.nodes],
  }
}

function checkBound(graph: OnnxGraph, name: string, { dtype, shape }: HostTensor | HalfTensor): void {
  const input = graph.inputs.find((candidate) => candidate.name === name)
  const inputShape = (input?.shape ?? []) as Shape
  if (input?.dtype === (dtype === 'float16' ? 'float32' : dtype) && sameShape(inputShape, shape)) return
  const names = graph.inputs.map((one) => one.name).slice(0, 12)
  throw new InputError({
    who: `${graph.name}, value of ${name}`,
    expected: input ? `${input.dtype}${formatShape(inputShape)}` : 'the name of an input',
    got: `${dtype}${formatShape(shape)}`,
    hint: `Inputs are: ${names.join(', ')}.`,
  })
}
