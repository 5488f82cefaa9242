/** A program as a list of steps: which function runs on which memory, in which order. */
import { createNode } from '../../graph/node.ts'
import type { Node, NodeOf } from '../../graph/operations.ts'
import { nodesOf, type Program } from '../../graph/program.ts'
import { elementCount, stridesOf } from '../../graph/types.ts'
import { type Access, Accesses, directAccess, type ElementBytes } from './access.ts'
import { type Group, groupNodes } from './groups.ts'
import { copyLoop, loopOf } from './kernel.ts'
import type { Loop } from './loop.ts'
import { batchOf, type Matmul, sparseProduct } from './matmul.ts'
import type { BatchedProduct } from './product.ts'
import type { RowShape } from './rows.ts'
import type { SparseProduct } from './sparse-product.ts'
import { isRun, type MultipliesBfloat16, Storage } from './storage.ts'

/** Memory that a step is given: a value's, or further along in it. */
export interface Argument {
  readonly value: Node
  readonly bytes: number
  /** Bytes of the whole value. */
  readonly size: number
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

/**
 * @param program    of primitives only
 * @param multiplies whether a product of bfloat16 is multiplied as such; by default none is
 */
export function planSteps(program: Program, multiplies?: MultipliesBfloat16): Plan {
  return new Planner(program, multiplies).plan()
}

class Planner {
  readonly #program: Program
  readonly #accesses = new Accesses()
  readonly #nodes: readonly Node[]
  readonly #groupOf: ReadonlyMap<Node, Group>
  readonly #needed = new Set<Node>()
  readonly #steps: Step[] = []
  readonly #storage: Storage
  /** Copies of factors with elements of another size, by the factor. */
  readonly #factors = new Map<Node, Access>()
  /** Those of 16 bits. */
  readonly #narrowed = new Set<Node>()

  constructor(program: Program, multiplies: MultipliesBfloat16 | undefined) {
    this.#program = program
    this.#nodes = nodesOf(program)
    const storage = new Storage(program, multiplies, this.#accesses)
    this.#storage = storage
    this.#groupOf = groupNodes(
      this.#nodes,
      this.#accesses,
      (node) => storage.roundedProduct(node) !== undefined,
    )
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
    const { loop, reads, writes } = loopOf(
      group,
      this.#accesses,
      (node) => this.#needed.has(node),
      (node) => this.#bytesOf(node),
    )
    this.#pushLoop(loop, reads, writes)
  }

  #pushLoop(loop: Loop, reads: readonly Node[], writes: readonly Node[]): void {
    const whole = (value: Node) => this.#whole(value)
    this.#steps.push({ work: { is: 'loop', loop }, reads: reads.map(whole), writes: writes.map(whole) })
  }

  #single(node: Node): void {
    const product = this.#storage.roundedProduct(node)
    if (product) {
      this.#product(product, node)
      return
    }
    switch (node.operation) {
      case 'matmul':
        if (!this.#storage.isRoundedOnly(node)) this.#product(node)
        return
      case 'gatherRows':
      case 'scatterAddRows': {
        const isGathered = node.operation === 'gatherRows'
        const [rows, width] = (isGathered ? node.inputs[0]! : node).shape as [number, number]
        const count = elementCount((isGathered ? node.inputs[1]! : node.inputs[0]!).shape)
        const reads = node.inputs.map((input) => this.#run(input))
        const work = { is: node.operation, shape: { rows, width, count } }
        this.#steps.push({ work, reads, writes: [this.#whole(node)] })
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

  #copy(input: Node, by: Node, target: Node, place?: Parameters<typeof copyLoop>[5]): void {
    const bytesOf = (node: Node) => this.#bytesOf(node)
    const { loop, reads } = copyLoop(input, this.#accesses, by, bytesOf, bytesOf(target), place)
    this.#pushLoop(loop, reads, [target])
  }

  /** A value that is a run of memory, of 32 bits an element; copied where it is none. */
  #run(node: Node): Argument {
    const { base, offset } = this.#accesses.of(node)
    return this.#isRun(node) ? { ...this.#whole(base), bytes: 4 * offset } : this.#copied(node)
  }

  #isRun(node: Node): boolean {
    const access = this.#accesses.of(node)
    return this.#bytesOf(access.base) === 4 && isRun(access)
  }

  /** A copy of a value, in memory of its own. */
  #copied(node: Node, bytes: ElementBytes = 4): Argument {
    const target = createNode('reshape', [node], { shape: node.shape })
    if (bytes === 2) this.#narrowed.add(target)
    this.#copy(node, target, target)
    return this.#whole(target)
  }

  /** @param result of the product, or of its rounding */
  #product(node: Matmul, result: Node = node): void {
    const [left, right, addend] = node.inputs as [Node, Node, Node | undefined]
    const [factorBytes, resultBytes] = [
      this.#storage.isOfBfloat16(node) ? 2 : 4,
      this.#bytesOf(result),
    ] as const
    const [a, b] = [this.#factor(left, factorBytes), this.#factor(right, factorBytes)]
    const batch = batchOf(node, a, b, { factorBytes, resultBytes })
    const sparse = sparseProduct(a, batch, addend !== undefined)
    const added = addend ? [this.#run(addend)] : []
    if (sparse) {
      const reads = [{ ...this.#whole(b.base), bytes: batch.rightOffset }, ...added]
      const work = { is: 'sparseProduct', product: sparse } as const
      this.#steps.push({ work, reads, writes: [this.#whole(result)] })
      return
    }
    const reads = [this.#whole(a.base), this.#whole(b.base), ...added]
    this.#steps.push({ work: { is: 'product', batch }, reads, writes: [this.#whole(result)] })
  }

  /** A factor with so many bytes an element; copied where it lies in memory with others. */
  #factor(node: Node, bytes: ElementBytes): Access {
    const access = this.#accesses.of(node)
    if (this.#bytesOf(access.base) === bytes) return access
    const known = this.#factors.get(node)
    if (known) return known
    const copied = directAccess(this.#copied(node, bytes).value)
    this.#factors.set(node, copied)
    return copied
  }

  #whole(value: Node): Argument {
    return { value, bytes: 0, size: this.#bytesOf(value) * elementCount(value.shape) }
  }

  #bytesOf(value: Node): ElementBytes {
    return this.#narrowed.has(value) ? 2 : this.#storage.bytesOf(value)
  }
}

/** Constants that steps read from memory: those that are not one number everywhere, and what no loop reads. */
export function constantsOf(steps: readonly Step[]): ReadonlySet<Node & NodeOf<'constant'>> {
  const found = new Set<Node & NodeOf<'constant'>>()
  for (const { reads } of steps)
    for (const { value } of reads) if (value.operation === 'constant') found.add(value)
  return found
}
