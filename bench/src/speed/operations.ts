import { expandProgram, nodesOf, type Program, simplifyProgram } from '@tiny-recursive-models/tensor'

/** Floating point operations of all matrix products of a program (a multiplication and an addition count 2). */
export function matmulOperations(program: Program): number {
  let total = 0
  for (const node of nodesOf(simplifyProgram(expandProgram(program, () => false)))) {
    if (node.operation !== 'matmul') continue
    const inner = node.inputs[0]!.shape.at(node.attributes.transposeLeft ? -2 : -1)!
    total += 2 * inner * node.shape.reduce((product, length) => product * length, 1)
  }
  return total
}

export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1]!
}
