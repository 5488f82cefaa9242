import { nodesOf, type Program } from '../graph/program.ts'
import { expandProgram, simplifyProgram } from './rewrite.ts'

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
