import type { Node } from './operations.ts'
import { nodesOf, type Program, type Tensors } from './program.ts'
import { formatShape } from './types.ts'

/** Longer constants are cut after this many values. */
const shownValues = 4

/**
 * A program as text, one line per node with its operands, attributes, type and shape. Nodes are numbered from
 * %0 in order, so that the text depends on nothing but the program.
 *
 * @example
 * program double
 * %0 = feed x: float32[2, 3]
 * %1 = constant 2: float32[]
 * %2 = multiply %0 %1: float32[2, 3]
 * output y = %2
 */
export function printProgram(program: Program): string {
  const nodes = nodesOf(program)
  const names = new Map(nodes.map((node, position) => [node, `%${position}`]))
  const results = (kind: string, tensors: Tensors) =>
    Object.entries(tensors).map(([name, node]) => `${kind} ${name} = ${names.get(node)}`)
  return [
    `program ${program.name}`,
    ...nodes.map((node) => printNode(node, names)),
    ...results('output', program.outputs),
    ...results('update', program.updates),
    '',
  ].join('\n')
}

function printNode(node: Node, names: ReadonlyMap<Node, string>): string {
  const operands = node.inputs.map((input) => names.get(input)!)
  const words = [...headOf(node), ...operands, ...attributesOf(node)]
  return `${names.get(node)} = ${words.join(' ')}: ${node.dtype}${formatShape(node.shape)}`
}

/** What kind of node it is; inputs and constants have no operands but a name or values. */
function headOf(node: Node): string[] {
  if (node.operation === 'input') return [node.attributes.role, node.attributes.name]
  if (node.operation === 'constant') return [node.operation, printValues(node.attributes.values)]
  return [node.operation]
}

/** `key=value` of what the result's type and shape do not say already; functions have no text. */
function attributesOf(node: Node): string[] {
  if (node.operation === 'input' || node.operation === 'constant') return []
  return Object.entries(node.attributes).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'shape' || key === 'type' || value === false || typeof value === 'function') return []
    if (value === true) return [key]
    return [`${key}=${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`]
  })
}

function printValues(values: ArrayLike<number>): string {
  const shown = Array.from({ length: Math.min(values.length, shownValues) }, (_, index) =>
    short(values[index]!),
  )
  if (values.length === 1) return shown[0]!
  const rest = values.length > shownValues ? `, … ${values.length} values` : ''
  return `[${shown.join(', ')}${rest}]`
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)))
}
