import type { Node } from '../../src/graph/operations.ts'
import { nodesOf, type Program } from '../../src/graph/program.ts'
import { isBfloat16 } from '../../src/ops/bfloat16.ts'
import { expandProgram, simplifyProgram } from '../../src/ops/rewrite.ts'

/** What a program multiplies and rounds, as executors see it. */
export interface Roundings {
  readonly products: number
  /** Products with a factor that may be no bfloat16: shapes of the factors, such as `[4, 2] × [2, 8]`. */
  readonly float32Products: readonly string[]
  readonly roundings: number
  /** States and feeds that are rounded as they are, by name; one that is rounded twice is there twice. */
  readonly roundedInputs: readonly string[]
}

export function roundingsOf(program: Program): Roundings {
  const nodes = nodesOf(simplifyProgram(expandProgram(program, () => false)))
  const products = nodes.filter(({ operation }) => operation === 'matmul')
  const roundings = nodes.filter(({ operation }) => operation === 'roundToBfloat16')
  const factors = ({ inputs }: Node) => inputs.slice(0, 2)
  return {
    products: products.length,
    float32Products: products
      .filter((product) => !factors(product).every(isBfloat16))
      .map((product) =>
        factors(product)
          .map(({ shape }) => `[${shape.join(', ')}]`)
          .join(' × '),
      )
      .sort(),
    roundings: roundings.length,
    roundedInputs: roundings
      .flatMap(({ inputs: [operand] }) => (operand?.operation === 'input' ? [operand.attributes.name] : []))
      .sort(),
  }
}
