/** Inputs whose values are known when the file is written. */
import { InputError } from '../errors.ts'
import { formatShape, type HostTensor, sameShape } from '../graph/types.ts'
import type { OnnxGraph, OnnxTensor } from './model.ts'

/** The graph with tensors in place of inputs of these names: they become part of the file. */
export function bindInputs(graph: OnnxGraph, tensors: Readonly<Record<string, HostTensor>>): OnnxGraph {
  const bound: OnnxTensor[] = Object.entries(tensors).map(([name, { type, shape, data }]) => {
    const input = graph.inputs.find((candidate) => candidate.name === name)
    if (input?.type === type && input.shape !== undefined && sameShape(input.shape as number[], shape))
      return { name, type, shape, values: data }
    throw new InputError({
      who: `${graph.name}, value of ${name}`,
      expected: input
        ? `${input.type}${formatShape((input.shape ?? []) as number[])}`
        : 'the name of an input',
      got: `${type}${formatShape(shape)}`,
      hint: `Inputs are: ${graph.inputs
        .map((one) => one.name)
        .slice(0, 12)
        .join(', ')}.`,
    })
  })
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !Object.hasOwn(tensors, name)),
    initializers: [...graph.initializers, ...bound],
  }
}
