import { InputError } from '../errors.ts'
import { ancestors, createNode } from './node.ts'
import type { Node, Tensor } from './operations.ts'
import type { DataType, Shape } from './types.ts'

/** Shape and type of an input. */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DataType
}

/** Shapes and types of tensors by name. */
export type TensorTypes = Readonly<Record<string, TensorType>>

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>

/**
 * A traced computation with static shapes. Feeds come with every run; states are kept on the device between
 * runs, and those named in `updates` are replaced by their new value at the end of a run.
 */
export interface Program {
  readonly name: string
  readonly feeds: Tensors
  readonly states: Tensors
  readonly outputs: Tensors
  readonly updates: Tensors
}

/**
 * Traces a function to a program: it is called once with symbolic tensors.
 *
 * @param feeds  what the caller passes at every run
 * @param states what the runtime keeps between runs
 * @param body   computes outputs (copied to the host) and updates (new values of states, by name)
 * @throws InputError if an update names no state, or differs from it in shape or type
 */
export function trace<F extends TensorTypes, S extends TensorTypes>(
  name: string,
  types: { readonly feeds: F; readonly states: S },
  body: (inputs: {
    readonly feeds: { readonly [K in keyof F]: Tensor }
    readonly states: { readonly [K in keyof S]: Tensor }
  }) => { readonly outputs: Tensors; readonly updates?: Tensors },
): Program {
  const feeds = inputsOf(types.feeds, 'feed')
  const states = inputsOf(types.states, 'state')
  const { outputs, updates = {} } = body({ feeds, states })
  for (const [key, value] of Object.entries(updates)) {
    const state = states[key as keyof S]
    if (!state || state.dtype !== value.dtype || state.shape.join() !== value.shape.join()) {
      throw new InputError({
        who: `program ${name}, update of ${key}`,
        expected: state ? `${state.dtype}[${state.shape.join(', ')}]` : 'the name of a state',
        got: `${value.dtype}[${value.shape.join(', ')}]`,
        hint: `States are: ${Object.keys(states).slice(0, 12).join(', ')}.`,
      })
    }
  }
  return { name, feeds, states, outputs, updates }
}

function inputsOf<T extends TensorTypes>(
  types: T,
  role: 'feed' | 'state',
): { readonly [K in keyof T]: Tensor } {
  const entries = Object.entries(types).map(([name, dtype]) => [
    name,
    createNode('input', [], { name, role, ...dtype }),
  ])
  return Object.fromEntries(entries) as { readonly [K in keyof T]: Tensor }
}

/** Everything a program computes: outputs, then updates. */
export function resultsOf(program: Program): Node[] {
  return [...Object.values(program.outputs), ...Object.values(program.updates)]
}

/** The nodes of a program, operands before users. Inputs that nothing uses are not among them. */
export function nodesOf(program: Program): Node[] {
  return ancestors(resultsOf(program))
}

/** A program whose results are mapped by a rewriting pass; inputs stay the same nodes. */
export function mapResults(program: Program, map: (node: Node) => Node): Program {
  const mapped = (tensors: Tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([key, node]) => [key, map(node)]))
  return { ...program, outputs: mapped(program.outputs), updates: mapped(program.updates) }
}
