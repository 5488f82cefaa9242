/**
 * Whether an executor computes in bfloat16 what float64 does that is rounded in the same places. Two whole runs cannot
 * tell: where a number lies between two of bfloat16, float32 falls to one side and float64 to the other, and a recursion
 * makes much of it. So float64 starts anew from what the executor has rounded, at every single rounding.
 */
import assert from 'node:assert/strict'
import type { Executor } from '../../src/executors/executor.ts'
import { evaluate, type Values } from '../../src/executors/reference/evaluate.ts'
import { createNode, withInputs } from '../../src/graph/node.ts'
import type { Node } from '../../src/graph/operations.ts'
import { nodesOf, type Program, type Tensors } from '../../src/graph/program.ts'
import type { HostTensor } from '../../src/graph/types.ts'
import { nearestBfloat16 } from '../../src/ops/bfloat16.ts'
import { expandProgram, simplifyProgram } from '../../src/ops/rewrite.ts'
import { assertClose } from './compare.ts'

/** What was found so far. */
export interface Found {
  /** Numbers that were rounded. */
  rounded: number
  /** Of these, the ones between two neighbours that float64 rounds to the other. */
  ties: number
}

/** How far float32 may be from float64 between two roundings, relative to a number or to the size of its tensor. */
const tolerance = 2e-4

/** Left whole, so that an executor may use operators of its own for them. */
const kept: ReadonlySet<string> = new Set(['rmsNorm', 'swiglu', 'softmax'])

/** The executor; every run of a program is held against the reference, and fails where a number is further off. */
export function withCheckedRoundings(inner: Executor, found: Found): Executor {
  return {
    ...pick(inner),
    async compile(given) {
      const program = simplifyProgram(expandProgram(given, ({ operation }) => kept.has(operation)))
      const roundings = new Map(
        nodesOf(program)
          .filter(({ operation }) => operation === 'roundToBfloat16')
          .map((node, index) => [`rounding ${index}`, node]),
      )
      const executable = await inner.compile({
        ...program,
        outputs: { ...program.outputs, ...Object.fromEntries(roundings) },
      })
      const cut = cutAt(program, roundings)
      return {
        async run(feeds, states, spare) {
          const before: Record<string, HostTensor> = {}
          for (const name of Object.keys(program.states))
            before[name] = await inner.download(states.get(name)!)
          const { outputs, updates } = await executable.run(feeds, states, spare)
          const own = Object.keys(program.outputs).map((name) => [name, outputs[name]!] as const)
          const rounded = [...roundings.keys()].map((name) => [name, outputs[name]!] as const)
          const exact = evaluate(cut, { ...feeds, ...Object.fromEntries(rounded) }, before)
          for (const [name, tensor] of rounded) checkRounding(name, tensor, exact.outputs, found)
          for (const [name, { data }] of own) checkResult(name, data, exact.outputs)
          for (const [name, tensor] of updates)
            checkResult(name, (await inner.download(tensor)).data, exact.updates)
          return { outputs: Object.fromEntries(own), updates }
        },
        close: () => executable.close(),
      }
    },
  }
}

/** The methods of a class too, which a spread leaves out. */
const pick = (inner: Executor): Omit<Executor, 'compile'> => ({
  kind: inner.kind,
  name: inner.name,
  device: inner.device,
  threads: inner.threads,
  upload: (tensor) => inner.upload(tensor),
  download: (tensor) => inner.download(tensor),
  release: (tensor) => inner.release(tensor),
})

const operandOf = (rounding: string): string => `operand of ${rounding}`

/** The program with every rounded value fed, and what is to be rounded as further outputs. */
function cutAt(program: Program, roundings: ReadonlyMap<string, Node>): Program {
  const fed = new Map<Node, Node>()
  const feeds: Record<string, Node> = {}
  for (const [name, node] of roundings) {
    const input = createNode('input', [], { name, role: 'feed', shape: node.shape, dtype: 'float32' })
    feeds[name] = input
    fed.set(node, input)
  }
  const mapped = new Map<Node, Node>()
  const map = (node: Node) => mapped.get(node)!
  for (const node of nodesOf(program))
    mapped.set(node, fed.get(node) ?? withInputs(node, node.inputs.map(map)))
  const all = (tensors: Tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([name, node]) => [name, map(node)]))
  const operands = [...roundings].map(([name, node]) => [operandOf(name), map(node.inputs[0]!)])
  return {
    ...program,
    feeds: { ...program.feeds, ...feeds },
    outputs: { ...all(program.outputs), ...Object.fromEntries(operands) },
    updates: all(program.updates),
  }
}

function sizeOf(numbers: ArrayLike<number>): number {
  const squares = Array.from(numbers).reduce((sum, value) => sum + value * value, 0)
  return Math.sqrt(squares / Math.max(1, numbers.length))
}

function checkRounding(name: string, { data, shape }: HostTensor, exact: Values, found: Found): void {
  const operand = exact[operandOf(name)]!.data
  const size = sizeOf(operand)
  for (const [index, got] of data.entries()) {
    const x = operand[index]!
    found.rounded++
    if (got === nearestBfloat16(x)) continue
    found.ties++
    const reach = tolerance * Math.max(Math.abs(x), size)
    assert.ok(
      nearestBfloat16(x - reach) <= got && got <= nearestBfloat16(x + reach),
      `${name} [${shape}], element ${index}: ${x} was rounded to ${got} instead of ${nearestBfloat16(x)}`,
    )
  }
}

function checkResult(name: string, data: HostTensor['data'], exact: Values): void {
  assertClose(data, Array.from(exact[name]!.data), 1e-4, name, 1e-6)
}
