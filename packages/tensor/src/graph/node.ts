import type { AttributesOf, Node, NodeOf, Operation } from './operations.ts'
import { type ResultType, shapeRules } from './shapes.ts'

let created = 0

/** Makes a node after checking its operands; the only place where nodes come from. */
export function createNode<O extends Operation>(
  operation: O,
  inputs: readonly Node[],
  attributes: AttributesOf<O>,
): Node {
  const { shape, dtype } = resultType(operation, inputs, attributes)
  // Ids are taken after the rule ran: a rule may trace inner nodes (stage), which must be older.
  const node: NodeOf<O> = { id: created++, operation, inputs, attributes, shape, dtype }
  return node as unknown as Node // O is one member of the union; TypeScript cannot distribute over it here
}

/** Shape and type that an operation gives for these operands, or an InputError that names it. */
export function resultType<O extends Operation>(
  operation: O,
  inputs: readonly Node[],
  attributes: AttributesOf<O>,
): ResultType {
  const rule = shapeRules[operation] as (inputs: readonly Node[], attributes: AttributesOf<O>) => ResultType
  return rule(inputs, attributes)
}

/** The same operation on other operands. */
export function withInputs(node: Node, inputs: readonly Node[]): Node {
  if (inputs.every((input, index) => input === node.inputs[index])) return node
  return createNode(node.operation, inputs, node.attributes as AttributesOf<typeof node.operation>)
}

/**
 * All nodes that these depend on, themselves included, operands before users.
 *
 * @param isKnown nodes that are left out, with what only they depend on
 */
export function ancestors(roots: readonly Node[], isKnown: (node: Node) => boolean = () => false): Node[] {
  const seen = new Set<Node>()
  const pending = [...roots]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node) || isKnown(node)) continue
    seen.add(node)
    pending.push(...node.inputs)
  }
  return [...seen].sort((left, right) => left.id - right.id)
}
