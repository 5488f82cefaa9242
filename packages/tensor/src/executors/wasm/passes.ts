/**
 * A loop goes over its reduced axes as often as its values need: what reads a sum comes in a pass after the one that
 * adds it up.
 */
import type { Operation } from '../../graph/operations.ts'
import { isReduction } from './groups.ts'
import type { LoopValue } from './loop.ts'

/** For a full value the pass that computes it first, for a kept one the number of passes that come before it. */
export function passesOf(values: readonly LoopValue[]): number[] {
  const passes: number[] = []
  for (const { node, operands } of values) {
    const before = operands.map((operand) => (operand.is === 'value' ? passes[operand.index]! : 0))
    passes.push(Math.max(0, ...before) + (isReduction(node) ? 1 : 0))
  }
  return passes
}

/** Operations that cost more than to write their result and read it again. */
const slow: ReadonlySet<Operation> = new Set<Operation>([
  'exponential',
  'logarithm',
  'sigmoid',
  'arctangent',
  'divide',
  'reciprocal',
  'squareRoot',
])

/** Full values that a later pass reads and that take longer to compute again than to read. */
export function mustBeKept(values: readonly LoopValue[]): ReadonlySet<number> {
  const passes = passesOf(values)
  const isSlow: boolean[] = []
  const kept = new Set<number>()
  for (const [index, { node, role, operands }] of values.entries()) {
    const full = operands.flatMap((operand) =>
      operand.is === 'value' && values[operand.index]!.role === 'full' ? [operand.index] : [],
    )
    const pass = passes[index]! - (isReduction(node) ? 1 : 0)
    for (const operand of full) if (passes[operand]! < pass && isSlow[operand]) kept.add(operand)
    isSlow.push(
      role === 'full' &&
        (slow.has(node.operation) || full.some((operand) => isSlow[operand] && !kept.has(operand))),
    )
  }
  return kept
}
