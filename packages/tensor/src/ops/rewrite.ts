import { ancestors, createNode, withInputs } from '../graph/node.ts'
import { type Fused, isPrimitive, type Node, type NodeOf, type Tensor } from '../graph/operations.ts'
import { mapResults, nodesOf, type Program, resultsOf } from '../graph/program.ts'
import { sameShape } from '../graph/types.ts'
import { isBfloat16 } from './bfloat16.ts'
import { expand } from './expansions.ts'
import { add, reshape } from './primitives.ts'

/**
 * Replaces every fused operation that `keep` declines by its expansion, down to primitives and kept ones.
 * stopGradient has done its work by then and goes as well.
 */
export function expandProgram(program: Program, keep: (node: NodeOf<Fused>) => boolean): Program {
  const lowered = new Map<Node, Node>()
  const lower = (node: Node): Node => {
    const known = lowered.get(node)
    if (known) return known
    const same = withInputs(node, node.inputs.map(lower))
    let result = same
    if (same.operation === 'stopGradient') result = same.inputs[0]!
    else if (!isPrimitive(same.operation) && !keep(same as NodeOf<Fused>)) {
      const expanded = expand(same as NodeOf<Fused>)
      // In their order, so that the recursion stays flat; what lies before the operation has been lowered.
      for (const inner of ancestors([expanded], (known) => lowered.has(known))) lower(inner)
      result = lower(expanded)
    }
    lowered.set(node, result)
    lowered.set(result, result)
    return result
  }
  for (const node of nodesOf(program)) lower(node)
  return mapResults(program, lower)
}

/**
 * Makes a program smaller without changing what it computes: equal nodes become one, views of views one view, a
 * stretch that the operation does anyway goes, and a sum with a 2-D product moves into the product.
 */
export function simplifyProgram(program: Program): Program {
  return foldAdditions(mergeEqualNodes(program))
}

function mergeEqualNodes(program: Program): Program {
  const replaced = new Map<Node, Node>()
  const known: KnownNodes = { byKey: new Map(), first: new Set() }
  for (const node of nodesOf(program)) {
    const rebuilt = simplified(
      withInputs(
        node,
        node.inputs.map((input) => replaced.get(input)!),
      ),
    )
    replaced.set(node, unique(rebuilt, known))
  }
  return mapResults(program, (node) => replaced.get(node)!)
}

interface KnownNodes {
  readonly byKey: Map<string, Node>
  /** The nodes of `byKey`: what stands for all its equals. */
  readonly first: Set<Node>
}

/** The first node made with the same operation, operands and attributes; a rewrite may have made operands anew. */
function unique(node: Node, known: KnownNodes): Node {
  if (node.operation === 'input' || known.first.has(node)) return node
  const inputs = node.inputs.map((input) => unique(input, known))
  const key = `${node.operation}|${inputs.map((input) => input.id).join()}|${attributeKey(node)}`
  const before = known.byKey.get(key)
  if (before) return before
  const rebuilt = withInputs(node, inputs)
  known.byKey.set(key, rebuilt)
  known.first.add(rebuilt)
  return rebuilt
}

function attributeKey(node: Node): string {
  if (node.operation !== 'constant') return JSON.stringify(node.attributes)
  const { values, shape, dtype } = node.attributes
  // Long tables are equal only if they are the same array.
  const content =
    values.length <= 64
      ? Array.from(values, (value) => (Object.is(value, -0) ? '-0' : value)).join()
      : `table of node ${node.id}`
  return `${dtype}[${shape.join()}] ${content}`
}

const broadcasting = new Set<Node['operation']>([
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'select',
])

function simplified(node: Node): Node {
  const [first, second] = node.inputs
  if (node.operation === 'roundToBfloat16' && isBfloat16(first!)) return first!
  if (node.operation === 'reshape' && first!.operation === 'reshape')
    return reshape(first.inputs[0]!, node.shape)
  if (node.operation === 'reshape' && sameShape(node.shape, first!.shape)) return first!
  if (node.operation === 'add' && first!.operation === 'reshape' && second!.operation === 'reshape') {
    const [left, right] = [first.inputs[0]!, second.inputs[0]!]
    if (sameShape(first.shape, second.shape) && sameShape(left.shape, right.shape))
      return reshape(add(left, right), node.shape)
  }
  if (broadcasting.has(node.operation)) {
    const bare = node.inputs.map((input) => (input.operation === 'broadcast' ? input.inputs[0]! : input))
    const shorter = withInputs(node, bare)
    if (shorter !== node && sameShape(shorter.shape, node.shape)) return shorter
  }
  return node
}

/** add(x, matmul(a, b)) → matmul(a, b, x) where nothing else uses the product. */
function foldAdditions(program: Program): Program {
  const uses = new Map<Node, number>()
  const count = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1)
  for (const node of nodesOf(program)) node.inputs.forEach(count)
  resultsOf(program).forEach(count)

  const replaced = new Map<Node, Node>()
  for (const node of nodesOf(program)) {
    const inputs = node.inputs.map((input) => replaced.get(input)!)
    replaced.set(
      node,
      (node.operation === 'add' && foldedAddition(node, inputs, uses)) || withInputs(node, inputs),
    )
  }
  return mapResults(program, (node) => replaced.get(node)!)
}

function foldedAddition(node: Node, inputs: readonly Tensor[], uses: Map<Node, number>): Tensor | undefined {
  const foldable = (index: number) => {
    const original = node.inputs[index]!
    const product = inputs[index]!
    return (
      uses.get(original) === 1 &&
      product.operation === 'matmul' &&
      product.inputs.length === 2 &&
      product.shape.length === 2 &&
      sameShape(inputs[1 - index]!.shape, product.shape)
    )
  }
  // The younger product takes the sum, so that the older one need not wait.
  const order = node.inputs[1]!.id > node.inputs[0]!.id ? [1, 0] : [0, 1]
  const chosen = order.find(foldable)
  if (chosen === undefined) return undefined
  const product = inputs[chosen] as Node & NodeOf<'matmul'>
  return createNode('matmul', [...product.inputs, inputs[1 - chosen]!], product.attributes)
}
