/** Makes a faulty program as small as it gets while the fault stays. */
import { createNode, withInputs } from '../../src/graph/node.ts'
import type { Node } from '../../src/graph/operations.ts'
import { mapResults, nodesOf, type Program } from '../../src/graph/program.ts'
import { floatTensor, type HostTensor, integerTensor } from '../../src/graph/types.ts'
import { cast } from '../../src/ops/primitives.ts'
import { expandProgram } from '../../src/ops/rewrite.ts'
import { BoundedValues } from './bounds.ts'
import type { FuzzProgram } from './programs.ts'

/** @param isFaulty whether a smaller program still has the fault */
export async function shrink(
  given: FuzzProgram,
  isFaulty: (smaller: FuzzProgram) => Promise<boolean>,
): Promise<FuzzProgram> {
  let current = given
  for (let hasShrunk = true; hasShrunk; ) {
    hasShrunk = false
    for (const smaller of candidates(current)) {
      if (sizeOf(smaller) >= sizeOf(current) || !(await isFaulty(smaller))) continue
      current = smaller
      hasShrunk = true
      break
    }
  }
  return current
}

/** Fewer nodes first, then fewer inputs and results. */
function sizeOf({ program }: FuzzProgram): number {
  const { feeds, states, outputs, updates } = program
  const computed = nodesOf(program).filter(({ operation }) => operation !== 'input' && operation !== 'cast')
  const ends = [feeds, states, outputs, updates].reduce((sum, list) => sum + Object.keys(list).length, 0)
  return 1000 * computed.length + 10 * ends + nodesOf(program).length
}

function* candidates(given: FuzzProgram): Generator<FuzzProgram> {
  const { program } = given
  for (const kind of ['outputs', 'updates'] as const)
    for (const name of Object.keys(program[kind])) {
      const { [name]: _left, ...others } = program[kind]
      yield pruned({ ...given, program: { ...program, [kind]: others } })
    }
  // What an operation between the fault and the result is given may be the result, whatever its shape.
  for (const [name, node] of Object.entries(program.outputs))
    for (const input of node.inputs)
      if (input.dtype !== 'bool')
        yield pruned({ ...given, program: { ...program, outputs: { ...program.outputs, [name]: input } } })
  const values = new BoundedValues()
  for (const [node, tensor] of given.inputs) values.setInput(node, tensor)
  // Late values first: what an input stands for takes everything below with it.
  for (const node of nodesOf(program).reverse()) {
    if (node.operation === 'input') continue
    const { data } = values.of(node)
    yield replaced(given, node, ...inputOf(node, data))
    for (const input of node.inputs)
      if (input.dtype === node.dtype && input.shape.join() === node.shape.join())
        yield replaced(given, node, input)
  }
  yield pruned({ ...given, program: expandProgram(program, () => false) })
}

/** A feed that has the values that a node had. */
function inputOf(node: Node, data: Float64Array): [Node, Node, HostTensor] {
  const { shape } = node
  const dtype = node.dtype === 'float32' ? 'float32' : 'int32'
  const input = createNode('input', [], { name: `value${node.id}`, role: 'feed', shape, dtype })
  return [
    cast(input, node.dtype),
    input,
    dtype === 'float32' ? floatTensor(shape, data) : integerTensor(shape, data),
  ]
}

function replaced(given: FuzzProgram, old: Node, by: Node, input?: Node, tensor?: HostTensor): FuzzProgram {
  const known = new Map<Node, Node>([[old, by]])
  const rewrite = (node: Node): Node => {
    const before = known.get(node)
    if (before) return before
    const result = withInputs(node, node.inputs.map(rewrite))
    known.set(node, result)
    return result
  }
  const program = mapResults(given.program, rewrite)
  if (input?.operation !== 'input') return pruned({ ...given, program })
  const feeds = { ...program.feeds, [input.attributes.name]: input }
  return pruned({ program: { ...program, feeds }, inputs: new Map([...given.inputs, [input, tensor!]]) })
}

/** Without inputs that nothing reads. */
function pruned({ program, inputs }: FuzzProgram): FuzzProgram {
  const read = new Set(nodesOf(program))
  const kept = (nodes: Program['feeds'], also: Program['updates'] = {}) =>
    Object.fromEntries(Object.entries(nodes).filter(([name, node]) => read.has(node) || name in also))
  const feeds = kept(program.feeds)
  const states = kept(program.states, program.updates)
  return { program: { ...program, feeds, states }, inputs }
}
