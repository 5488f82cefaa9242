import type { Operation, Tensor } from '../../src/graph/operations.ts'
import { fusedCases } from './fused-cases.ts'
import type { OperandSample } from './operands.ts'
import { primitiveCases } from './primitive-cases.ts'

/** One use of one operation, with operands to try it on. */
export interface Case {
  readonly description: string
  readonly operands: readonly OperandSample[]
  readonly build: (...operands: readonly Tensor[]) => Tensor
  /** Positions of the operands whose gradient is asked for: the float32 ones, unless said otherwise. */
  readonly differentiable: readonly number[]
  readonly gradient: GradientExpectation
  /** How far float32 executors may be from the reference, relative to the size of the values. */
  readonly tolerance: number
  /** Smaller values may be as far off as values of this size: float32 sums of larger terms cannot do better. */
  readonly floor: number
}

/** How a gradient is checked. */
export type GradientExpectation =
  /** against central finite differences */
  | { readonly is: 'difference' }
  /** zero by definition, whatever the differences say */
  | { readonly is: 'zero'; readonly because: string }
  /** not against differences, but executors must agree on it */
  | { readonly is: 'convention'; readonly because: string }
  /** not at all */
  | { readonly is: 'undefined'; readonly because: string }

/** Cases of every operation: one without an entry does not compile. */
export const cases: { readonly [O in Operation]: readonly Case[] } = { ...primitiveCases, ...fusedCases }

/** Every operation with one of its cases. */
export const allCases: readonly (readonly [Operation, Case])[] = Object.entries(cases).flatMap(
  ([operation, list]) => list.map((example) => [operation as Operation, example] as const),
)
