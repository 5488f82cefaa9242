/** A program as a list of steps: which function runs on which memory, in which order. */
import { createNode } from '../../graph/node.ts'
import type { Node, NodeOf } from '../../graph/operations.ts'
import { nodesOf, type Program } from '../../graph/program.ts'
import { elementCount, stridesOf } from '../../graph/types.ts'
import { type Access, Accesses } from './access.ts'
import { type Group, groupNodes } from './groups.ts'
import { copyLoop, loopOf } from './kernel.ts'
import type { Loop } from './loop.ts'
import type { BatchedProduct } from './product.ts'
import type { RowShape } from './rows.ts'
import { type SparseProduct, sparseRows } from './sparse-product.ts'

/** Memory that a step is given: a value's, or further along in it. */
export interface Argument {
  readonly value: Node
  readonly bytes: number
}

/** What a step does. */
export type Work =
  | { readonly is: 'loop'; readonly loop: Loop }
  | { readonly is: 'product'; readonly batch: BatchedProduct }
  | { readonly is: 'sparseProduct'; readonly product: SparseProduct }
  | { readonly is: 'gatherRows' | 'scatterAddRows'; readonly shape: RowShape }

export interface Step {
  readonly work: Work
  readonly reads: readonly Argument[]
  readonly writes: readonly Argument[]
}

/** A program in steps, and where its results are found afterwards. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly outputs: ReadonlyMap<string, Argument>
  /** Values that are written straight into the memory of a state's new value. */
  readonly updates: ReadonlyMap<string, Node>
}

/** @param program of primitives only */
export function planSteps(program: Program): Plan {
  return new Planner(program).plan()
}

class Planner {
  readonly #program: Program
  readonly #accesses = new Accesses()
  readonly #nodes: readonly Node[]
  readonly #groupOf: ReadonlyMap<Node, Group>
  readonly #needed = new Set<Node>()
  readonly #steps: Step[] = []

  constructor(program: Program) {
    this.#program = program
    this.#nodes = nodesOf(program)
    this.#groupOf = groupNodes(this.#nodes, this.#accesses)
  }

  plan(): Plan {
    const { outputs, updates } = this.#program
    for (const node of this.#nodes) {
      if (!this.#accesses.isBase(node)) continue
      const own = this.#groupOf.get(node)
      for (const input of node.inputs) {
        const { base } = this.#accesses.of(input)
        if (!own || this.#groupOf.get(base) !== own) this.#needed.add(base)
      }
    }
    for (const result of [...Object.values(outputs), ...Object.values(updates)])
      this.#needed.add(this.#accesses.of(result).base)
    this.#orderedSteps()

    const newStates = new Map<string, Node>()
    const taken = new Set<Node>()
    for (const [name, node] of Object.entries(updates)) {
      const { base } = this.#accesses.of(node)
      const isOwn = base.operation !== 'input' && base.operation !== 'constant' && !taken.has(base)
      const value = isOwn && this.#isRun(node) && this.#accesses.of(node).offset === 0 ? base : undefined
      const sameSize = value && elementCount(value.shape) === elementCount(node.shape)
      const chosen = value && sameSize ? value : this.#copied(node).value
      taken.add(chosen)
      newStates.set(name, chosen)
    }
    const results = new Map(Object.entries(outputs).map(([name, node]) => [name, this.#run(node)]))
    return { steps: this.#steps, outputs: results, updates: newStates }
  }

  #orderedSteps(): void {
    const done = new Set<Node | Group>()
    const begun = new Set<Node | Group>()
    const visit = (node: Node): void => {
      const unit = this.#groupOf.get(node) ?? node
      if (done.has(unit) || node.operation === 'input' || node.operation === 'constant') return
      if (begun.has(unit)) throw new Error(`the loop of a ${node.operation} waits for itself`)
      begun.add(unit)
      const members = 'members' in unit ? [...unit.members.keys()] : [unit]
      for (const member of members)
        for (const needed of this.#accesses.needs(member))
          if (this.#groupOf.get(needed) !== unit) visit(needed)
      done.add(unit)
      if ('members' in unit) this.#loop(unit)
      else this.#single(unit)
    }
    for (const node of this.#nodes) {
      if (!this.#accesses.isBase(node)) continue
      const group = this.#groupOf.get(node)
      // A loop has its turn when its last value would have had it.
      if (!group || [...group.members.keys()].at(-1) === node) visit(node)
    }
  }

  #loop(group: Group): void {
    const { loop, reads, writes } = loopOf(group, this.#accesses, (node) => this.#needed.has(node))
    this.#steps.push({ work: { is: 'loop', loop }, reads: reads.map(whole), writes: writes.map(whole) })
  }

  #single(node: Node): void {
    switch (node.operation) {
      case 'matmul':
        this.#product(node)
        return
      case 'gatherRows':
      case 'scatterAddRows': {
        const isGathered = node.operation === 'gatherRows'
        const [rows, width] = (isGathered ? node.inputs[0]! : node).shape as [number, number]
        const count = elementCount((isGathered ? node.inputs[1]! : node.inputs[0]!).shape)
        const reads = node.inputs.map((input) => this.#run(input))
        const work = { is: node.operation, shape: { rows, width, count } }
        this.#steps.push({ work, reads, writes: [whole(node)] })
        return
      }
      case 'concatenate': {
        const { axis } = node.attributes
        const strides = stridesOf(node.shape)
        let start = 0
        for (const part of node.inputs) {
          this.#copy(part, node, node, { strides, offset: start * strides[axis]! })
          start += part.shape[axis]!
        }
        return
      }
      default:
        // A view that has no strides: a copy in the order of the shape before.
        this.#copy(node.inputs[0]!, node, node)
    }
  }

  #copy(input: Node, by: Node, target: Node, place?: Parameters<typeof copyLoop>[3]): void {
    const { loop, reads } = copyLoop(input, this.#accesses, by, place)
    this.#steps.push({ work: { is: 'loop', loop }, reads: reads.map(whole), writes: [whole(target)] })
  }

  /** A value that is a run of memory; copied where it is none. */
  #run(node: Node): Argument {
    const { base, offset } = this.#accesses.of(node)
    return this.#isRun(node) ? { value: base, bytes: 4 * offset } : this.#copied(node)
  }

  #isRun(node: Node): boolean {
    const { shape, strides } = this.#accesses.of(node)
    const own = stridesOf(shape)
    return shape.every((length, axis) => length === 1 || strides[axis] === own[axis])
  }

  /** A copy of a value, in memory of its own. */
  #copied(node: Node): Argument {
    const target = createNode('reshape', [node], { shape: node.shape })
    this.#copy(node, target, target)
    return whole(target)
  }

  #product(node: Node & NodeOf<'matmul'>): void {
    const [left, right, addend] = node.inputs as [Node, Node, Node | undefined]
    const { transposeLeft, transposeRight } = node.attributes
    const [a, b] = [this.#accesses.of(left), this.#accesses.of(right)]
    const leading = node.shape.length - 2
    const bytes = (strides: readonly number[]) => strides.map((stride) => 4 * stride)
    const [leftRow, leftColumn] = swapped(bytes(a.strides.slice(leading)), transposeLeft)
    const [rightRow, rightColumn] = swapped(bytes(b.strides.slice(leading)), transposeRight)
    const [rows, columns] = node.shape.slice(leading) as [number, number]
    const depth = left.shape.at(transposeLeft ? -2 : -1)!
    const batch: BatchedProduct = {
      lengths: node.shape.slice(0, leading),
      leftStrides: bytes(a.strides.slice(0, leading)),
      rightStrides: bytes(b.strides.slice(0, leading)),
      resultStrides: bytes(stridesOf(node.shape).slice(0, leading)),
      leftOffset: 4 * a.offset,
      rightOffset: 4 * b.offset,
      matrix: { leftRow, leftColumn, rightRow, rightColumn, resultRow: 4 * columns, rows, columns, depth },
    }
    const sparse = sparseProduct(a, batch, addend !== undefined)
    if (sparse) {
      const reads = [{ value: b.base, bytes: batch.rightOffset }, ...(addend ? [this.#run(addend)] : [])]
      this.#steps.push({ work: { is: 'sparseProduct', product: sparse }, reads, writes: [whole(node)] })
      return
    }
    const reads = [whole(a.base), whole(b.base)]
    if (addend) reads.push(this.#run(addend))
    this.#steps.push({ work: { is: 'product', batch }, reads, writes: [whole(node)] })
  }
}

/** A product whose left factor is a constant of mostly zeros; null for others. */
function sparseProduct(
  { base, offset }: Access,
  { lengths, matrix }: BatchedProduct,
  hasAddend: boolean,
): SparseProduct | null {
  const { leftRow, leftColumn, rightRow, rightColumn, resultRow, rows: height, columns, depth } = matrix
  if (base.operation !== 'constant' || lengths.length > 0 || rightColumn !== 4 || columns % 4 !== 0)
    return null
  const { values } = base.attributes
  const rows = sparseRows(
    height,
    depth,
    (row, column) => values[offset + (row * leftRow + column * leftColumn) / 4] ?? 0,
  )
  return rows && { rows, columns, rightRow, resultRow, hasAddend }
}

const whole = (value: Node): Argument => ({ value, bytes: 0 })

const swapped = ([first, second]: readonly number[], isSwapped: boolean): [number, number] =>
  isSwapped ? [second!, first!] : [first!, second!]

/** Constants that steps read from memory: those that are not one number everywhere, and what no loop reads. */
export function constantsOf(steps: readonly Step[]): ReadonlySet<Node & NodeOf<'constant'>> {
  const found = new Set<Node & NodeOf<'constant'>>()
  for (const { reads } of steps)
    for (const { value } of reads) if (value.operation === 'constant') found.add(value)
  return found
}
