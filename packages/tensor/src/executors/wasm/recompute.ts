/**
 * What to compute again instead of keeping it. The backward pass reads what the forward pass has computed long before; an
 * element-wise value whose operands are kept anyway, or are smaller than what they stand for, costs less as a few more
 * instructions of the loop that reads it than as a place in memory from the one pass to the other. Of SwiGLU's sigmoid,
 * gate and product with `up` nothing is kept but the results of its two matrix products. The same operations are done on the
 * same numbers, but steps are put together otherwise, so that results may differ by rounding: small programs, such as a
 * thought about one puzzle, are left as they are, so that a look inside changes nothing.
 */
import { createNode } from '../../graph/node.ts'
import type { AttributesOf, Node } from '../../graph/operations.ts'
import { mapResults, nodesOf, type Program, resultsOf } from '../../graph/program.ts'
import { elementCount } from '../../graph/types.ts'
import { Accesses } from './access.ts'
import { isElementwise } from './groups.ts'

/** When a value is computed again. */
export interface WorthAgain {
  /** Nodes between it and a user of it, at least; nearer ones are mostly in the same loop. */
  readonly distance: number
  /** So much of the memory of what is computed again may be kept for it instead. */
  readonly mostKept: number
  /** Bytes of all that is computed again, at least. */
  readonly leastBytes: number
  /** How often a value may be computed again: a rounded weight that every call of a net reads is kept. */
  readonly mostTimes: number
}

const worthAgain: WorthAgain = { distance: 64, mostKept: 0.5, leastBytes: 2 ** 24, mostTimes: 3 }

/**
 * @param program of primitives only
 * @param isAlone whether something else than a loop computes a value
 * @param worth   tests compute everything again
 */
export function recomputeFarAway(
  program: Program,
  isAlone: (node: Node) => boolean = () => false,
  worth = worthAgain,
): Program {
  return new Recomputing(program, isAlone, worth).program()
}

/** Values to compute again, with all that lies between them and what is kept. */
interface Component {
  readonly values: readonly Node[]
  readonly between: readonly Node[]
  readonly isWorthIt: boolean
}

class Recomputing {
  readonly #program: Program
  readonly #worth: WorthAgain
  readonly #isInLoop: (node: Node) => boolean
  readonly #nodes: readonly Node[]
  readonly #index: ReadonlyMap<Node, number>
  readonly #accesses = new Accesses()
  /** Where each computed value is read for the last time. */
  readonly #lastUse = new Map<Node, number>()
  /** How often each would be computed again for uses that are far from the one before. */
  readonly #times = new Map<Node, number>()
  readonly #recomputed = new Set<Node>()
  readonly #between = new Set<Node>()
  readonly #rebuilt = new Map<Node, Node>()
  readonly #again = new Map<Node, { readonly node: Node; readonly index: number }>()

  constructor(program: Program, isAlone: (node: Node) => boolean, worth: WorthAgain) {
    this.#program = program
    this.#isInLoop = (node) => isElementwise(node) && !isAlone(node)
    this.#worth = worth
    this.#nodes = nodesOf(program)
    this.#index = new Map(this.#nodes.map((node, index) => [node, index]))
  }

  program(): Program {
    for (const [index, node] of this.#nodes.entries())
      if (this.#accesses.isBase(node)) for (const input of node.inputs) this.#use(this.#baseOf(input), index)
    for (const result of resultsOf(this.#program))
      this.#lastUse.set(this.#baseOf(result), Number.POSITIVE_INFINITY)
    const worthwhile = this.#components().filter(({ isWorthIt }) => isWorthIt)
    if (bytesOf(worthwhile.flatMap(({ values }) => values)) < this.#worth.leastBytes) return this.#program
    for (const { values, between } of worthwhile) {
      for (const value of values) this.#recomputed.add(value)
      for (const value of between) this.#between.add(value)
    }
    if (this.#recomputed.size === 0) return this.#program
    for (const [index, node] of this.#nodes.entries()) this.#rebuilt.set(node, this.#rebuild(node, index))
    return mapResults(this.#program, (node) => this.#rebuilt.get(node)!)
  }

  #use(value: Node, index: number): void {
    const before = this.#lastUse.get(value) ?? this.#index.get(value)!
    if (index - before > this.#worth.distance) this.#times.set(value, (this.#times.get(value) ?? 0) + 1)
    this.#lastUse.set(value, index)
  }

  #baseOf(node: Node): Node {
    return this.#accesses.of(node).base
  }

  #isKept(node: Node): boolean {
    return this.#lastUse.get(node)! - this.#index.get(node)! > this.#worth.distance
  }

  /** Element-wise values that are read far away, those that are operands of each other together. */
  #components(): Component[] {
    const componentOf = new Map<Node, Node[]>()
    for (const node of this.#nodes) {
      const isSeldom = (this.#times.get(node) ?? 0) <= this.#worth.mostTimes
      const isResult = this.#lastUse.get(node) === Number.POSITIVE_INFINITY
      const isCandidate = this.#isInLoop(node) && this.#isKept(node) && isSeldom && !isResult
      if (!isCandidate) continue
      let own: Node[] = [node]
      for (const input of node.inputs) {
        const other = componentOf.get(this.#baseOf(input))
        if (!other || other === own) continue
        own = [...other, ...own]
        for (const member of own) componentOf.set(member, own)
      }
      componentOf.set(node, own)
    }
    return [...new Set(componentOf.values())].map((values) => this.#component(values))
  }

  #component(values: readonly Node[]): Component {
    const between = new Set<Node>()
    const kept = new Set<Node>()
    const isValue = new Set(values)
    const visit = (node: Node): void => {
      for (const input of node.inputs) {
        const base = this.#baseOf(input)
        const isThere = base.operation === 'constant' || base.operation === 'input' || this.#isKept(base)
        if (isValue.has(base) || isThere || between.has(base)) continue
        if (!this.#isInLoop(base)) kept.add(base)
        else {
          between.add(base)
          visit(base)
        }
      }
    }
    for (const value of values) visit(value)
    const isWorthIt = bytesOf([...kept]) <= this.#worth.mostKept * bytesOf(values)
    return { values, between: [...between], isWorthIt }
  }

  /** In the same order as before: nodes are ordered by when they were made. */
  #rebuild(node: Node, index: number): Node {
    if (node.operation === 'input' || node.operation === 'constant') return node
    const isBase = this.#accesses.isBase(node)
    return remade(
      node,
      node.inputs.map((input) => {
        const base = this.#baseOf(input)
        const isAgain =
          isBase && this.#recomputed.has(base) && index - this.#index.get(base)! > this.#worth.distance
        return isAgain ? this.#computedAgain(input, index) : this.#rebuilt.get(input)!
      }),
    )
  }

  #computedAgain(node: Node, index: number): Node {
    const base = this.#baseOf(node)
    if (!this.#recomputed.has(base) && !this.#between.has(base)) return this.#rebuilt.get(node)!
    const before = this.#again.get(node)
    if (before && index - before.index <= this.#worth.distance) return before.node
    const again = remade(
      node,
      node.inputs.map((input) => this.#computedAgain(input, index)),
    )
    this.#again.set(node, { node: again, index })
    return again
  }
}

const bytesOf = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0)

const remade = (node: Node, inputs: readonly Node[]): Node =>
  createNode(node.operation, inputs, node.attributes as AttributesOf<typeof node.operation>)
