import { InputError } from '../../errors.ts'
import { type AttributesOf, type Fused, isPrimitive, type Node, type NodeOf } from '../../graph/operations.ts'
import { nodesOf, type Program, type Tensors } from '../../graph/program.ts'
import { type DataType, elementCount, formatShape, type Shape, sameShape } from '../../graph/types.ts'
import { expand } from '../../ops/expansions.ts'
import type { Computed, Kernel } from './kernels.ts'
import { kernels } from './kernels.ts'
import type { Value } from './values.ts'

/** What goes in: a host tensor, or the same with doubles. */
export interface ReferenceInput {
  readonly dtype: 'float32' | 'int32'
  readonly shape: Shape
  readonly data: ArrayLike<number>
}

export type ReferenceInputs = Readonly<Record<string, ReferenceInput>>
export type Values = Readonly<Record<string, Value>>

/** Runs a program in float64 without rounding: the oracle, also for finite differences. */
export function evaluate(
  program: Program,
  feeds: ReferenceInputs,
  states: ReferenceInputs = {},
): { readonly outputs: Values; readonly updates: Values } {
  const values = new Map<Node, Value>()
  bind(program, 'feed', program.feeds, feeds, values)
  bind(program, 'state', program.states, states, values)
  // Operands come first in this list, so that only the inside of an expansion is reached by recursion.
  for (const node of nodesOf(program)) compute(node, values)
  const valuesOf = (tensors: Tensors): Values =>
    Object.fromEntries(Object.entries(tensors).map(([name, node]) => [name, values.get(node)!]))
  return { outputs: valuesOf(program.outputs), updates: valuesOf(program.updates) }
}

function compute(node: Node, values: Map<Node, Value>): Value {
  const known = values.get(node)
  if (known) return known
  const value = isFused(node) ? compute(expanded(node), values) : computed(node, values)
  values.set(node, value)
  return value
}

function computed(node: Node, values: Map<Node, Value>): Value {
  if (node.operation === 'input') {
    throw new InputError({
      who: `input ${node.attributes.name}`,
      expected: `a ${node.attributes.role} that the program declares`,
      got: 'a tensor from another program',
      hint: 'Use only the tensors that trace passed to the traced function.',
    })
  }
  const kernel = kernels[node.operation as Computed] as Kernel<Computed>
  const operands = node.inputs.map((input) => compute(input, values))
  return { shape: node.shape, data: kernel(operands, node.shape, node.attributes as AttributesOf<Computed>) }
}

const definitions = new WeakMap<Node, Node>()

/** The definition of a fused node; made once, so that repeated runs compute the same nodes. */
function expanded(node: NodeOf<Fused>): Node {
  const known = definitions.get(node as Node)
  if (known) return known
  const definition = expand(node)
  if (definition.dtype !== node.dtype || !sameShape(definition.shape, node.shape)) {
    throw new InputError({
      who: `expansion of ${node.operation}`,
      expected: describe(node),
      got: describe(definition),
      hint: 'Make the rule in shapes.ts and the expansion agree.',
    })
  }
  definitions.set(node as Node, definition)
  return definition
}

function isFused(node: Node): node is Node & NodeOf<Fused> {
  return !isPrimitive(node.operation)
}

function bind(
  program: Program,
  role: 'feed' | 'state',
  declared: Tensors,
  given: ReferenceInputs,
  values: Map<Node, Value>,
): void {
  for (const [name, node] of Object.entries(declared)) {
    const input = Object.hasOwn(given, name) ? given[name] : undefined
    const fits = input && input.dtype === node.dtype && sameShape(input.shape, node.shape)
    if (!fits || input.data.length !== elementCount(node.shape)) {
      throw new InputError({
        who: `program ${program.name}, ${role} ${name}`,
        expected: `${describe(node)} with ${elementCount(node.shape)} elements`,
        got: input ? `${describe(input)} with ${input.data.length} elements` : 'nothing',
        hint: `Pass a tensor for every ${role}, shaped as in the traced program.`,
      })
    }
    values.set(node, { shape: node.shape, data: Float64Array.from(input.data) })
  }
  const unknown =
    role === 'feed' ? Object.keys(given).find((name) => !Object.hasOwn(declared, name)) : undefined
  if (unknown !== undefined) {
    throw new InputError({
      who: `program ${program.name}, feed ${unknown}`,
      expected: `one of the feeds ${Object.keys(declared).join(', ') || '(none)'}`,
      got: `"${unknown}"`,
      hint: 'Leave it out, or trace the program with this feed.',
    })
  }
}

function describe(tensor: { readonly dtype: DataType; readonly shape: Shape }): string {
  return `${tensor.dtype}${formatShape(tensor.shape)}`
}
