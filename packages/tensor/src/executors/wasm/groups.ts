/**
 * Which values are computed together, in one pass over memory. Element-wise operations and reductions of a program are
 * put into groups; every group becomes one loop. A value joins the loop of a value that it reads wherever it reads it
 * at its own index, and nothing that it also needs waits for that loop.
 */
import { isPrimitive, type Node, type NodeOf, type Primitive } from '../../graph/operations.ts'
import { type Access, type Accesses, stretched } from './access.ts'
import {
  axesOf,
  countOf,
  hasReduction,
  ownStrides,
  type Role,
  refined,
  type Space,
  spaceOf,
  stridesIn,
} from './space.ts'

/** Values that one loop computes. */
export interface Group {
  space: Space
  /** In an order in which each comes after what it reads. */
  readonly members: Map<Node, Role>
}

/** A loop is not made longer than this: a function has registers for some sixteen values. */
const maxMembers = 80
/** Values this far apart in the program are not brought together: what is between them would be kept for it. */
const maxDistance = 64
const maxSearch = 4000

/** What a primitive is to this executor. */
const kinds = {
  input: 'source',
  constant: 'source',
  negate: 'elementwise',
  absolute: 'elementwise',
  exponential: 'elementwise',
  logarithm: 'elementwise',
  squareRoot: 'elementwise',
  reciprocal: 'elementwise',
  sigmoid: 'elementwise',
  arctangent: 'elementwise',
  sign: 'elementwise',
  roundToBfloat16: 'elementwise',
  add: 'elementwise',
  subtract: 'elementwise',
  multiply: 'elementwise',
  divide: 'elementwise',
  maximum: 'elementwise',
  greater: 'elementwise',
  greaterOrEqual: 'elementwise',
  equal: 'elementwise',
  and: 'elementwise',
  or: 'elementwise',
  not: 'elementwise',
  select: 'elementwise',
  cast: 'elementwise',
  reduceSum: 'reduction',
  reduceMaximum: 'reduction',
  reshape: 'view',
  transpose: 'view',
  broadcast: 'view',
  slice: 'view',
  stopGradient: 'view',
  after: 'view',
  concatenate: 'alone',
  gatherRows: 'alone',
  scatterAddRows: 'alone',
  matmul: 'alone',
} as const satisfies Readonly<Record<Primitive, 'source' | 'elementwise' | 'reduction' | 'view' | 'alone'>>

type OfKind<Kind> = { [P in Primitive]: (typeof kinds)[P] extends Kind ? P : never }[Primitive]

/** Operations whose element depends on the operands' elements at the same index. */
export type Elementwise = OfKind<'elementwise'>

const isOfKind = (node: Node, kind: (typeof kinds)[Primitive]): boolean =>
  isPrimitive(node.operation) && kinds[node.operation] === kind

export const isReduction = (node: Node): node is Node & NodeOf<OfKind<'reduction'>> =>
  isOfKind(node, 'reduction')

export const isElementwise = (node: Node): node is Node & NodeOf<Elementwise> => isOfKind(node, 'elementwise')

/** The access of an operand of a member: of a reduction over its own shape, else stretched to the member's. */
export function operandAccess(accesses: Accesses, node: Node, operand: Node): Access {
  const access = accesses.of(operand)
  return isElementwise(node) ? stretched(access, node.shape) : access
}

/**
 * Puts the values of a program into groups.
 *
 * @param nodes    every value, operands before their users
 * @param accesses of the same program
 * @param isAlone  whether something else than a loop computes a value
 */
export function groupNodes(
  nodes: readonly Node[],
  accesses: Accesses,
  isAlone: (node: Node) => boolean,
): ReadonlyMap<Node, Group> {
  return new Grouping(nodes, accesses).groups(isAlone)
}

class Grouping {
  readonly #nodes: readonly Node[]
  readonly #accesses: Accesses
  readonly #index: ReadonlyMap<Node, number>
  readonly #groupOf = new Map<Node, Group>()
  /** Computed values that need each value. */
  readonly #users = new Map<Node, Node[]>()
  /**
   * Of each value the last one that has to be there before it, in the order of the program, or itself: a loop waits for
   * all that its values need.
   */
  readonly #latest = new Map<Node, number>()

  constructor(nodes: readonly Node[], accesses: Accesses) {
    this.#nodes = nodes
    this.#accesses = accesses
    this.#index = new Map(nodes.map((node, index) => [node, index]))
  }

  groups(isAlone: (node: Node) => boolean): ReadonlyMap<Node, Group> {
    for (const [index, node] of this.#nodes.entries()) {
      if (!this.#accesses.isBase(node)) continue
      this.#latest.set(node, index)
      for (const needed of this.#accesses.needs(node)) {
        const users = this.#users.get(needed)
        if (users) users.push(node)
        else this.#users.set(needed, [node])
      }
      if (!(isElementwise(node) || isReduction(node)) || isAlone(node)) continue
      let group: Group = {
        space: isReduction(node) ? spaceOf(node.inputs[0]!.shape, node.attributes.axes) : spaceOf(node.shape),
        members: new Map([[node, isReduction(node) ? 'kept' : 'full']]),
      }
      this.#groupOf.set(node, group)
      for (const other of this.#operandGroups(node)) group = this.#merge(other, group) ?? group
    }
    return this.#groupOf
  }

  /** Groups of what a value reads, the latest first. */
  #operandGroups(node: Node): Group[] {
    const groups = new Set<Group>()
    for (const input of node.inputs) {
      const group = this.#groupOf.get(this.#accesses.of(input).base)
      if (group) groups.add(group)
    }
    return [...groups].sort((a, b) => this.#lastOf(b) - this.#lastOf(a))
  }

  /** The later group in one with the earlier one; undefined where they cannot be one loop. */
  #merge(earlier: Group, later: Group): Group | undefined {
    if (earlier.members.size + later.members.size > maxMembers) return undefined
    if (this.#lastOf(later) - this.#lastOf(earlier) > maxDistance) return undefined
    for (const space of commonSpaces(earlier, later)) {
      const members = new Map([...space.earlier, ...space.later].sort(([a], [b]) => a.id - b.id))
      const merged = { space: space.space, members }
      if (!this.#readsInPlace(merged) || this.#waits(earlier, later)) continue
      earlier.space = merged.space
      earlier.members.clear()
      for (const [node, role] of members) {
        earlier.members.set(node, role)
        this.#groupOf.set(node, earlier)
      }
      this.#postpone(earlier)
      return earlier
    }
    return undefined
  }

  /** Whatever needs a value of a group comes after all that the group waits for. */
  #postpone(group: Group): void {
    let latest = 0
    for (const member of group.members.keys()) latest = Math.max(latest, this.#latest.get(member)!)
    const pending = [...group.members.keys()]
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (this.#latest.get(node)! >= latest && !group.members.has(node)) continue
      this.#latest.set(node, latest)
      for (const user of this.#users.get(node) ?? []) {
        const together = this.#groupOf.get(user)
        if (together !== group) pending.push(...(together?.members.keys() ?? [user]))
      }
    }
  }

  /** Whether every member reads the others at its own index. */
  #readsInPlace({ space, members }: Group): boolean {
    for (const [node, role] of members) {
      const shape = isReduction(node) ? node.inputs[0]!.shape : node.shape
      const reads = isReduction(node) ? 'full' : role
      for (const input of node.inputs) {
        const access = operandAccess(this.#accesses, node, input)
        const operandRole = members.get(access.base)
        if (operandRole === undefined) continue
        if (access.offset !== 0 || (operandRole === 'full' && reads === 'kept')) return false
        const strides = stridesIn(space, reads, { ...access, shape })
        const own = ownStrides(space, operandRole)
        if (!strides?.every((stride, axis) => stride === own[axis])) return false
      }
    }
    return true
  }

  /** Whether a member of one group needs, by way of a third value, a member of the other. */
  #waits(a: Group, b: Group): boolean {
    const first = Math.min(this.#firstOf(a), this.#firstOf(b))
    const isInside = (node: Node) => a.members.has(node) || b.members.has(node)
    const pending = [...a.members.keys(), ...b.members.keys()].flatMap((node) =>
      this.#accesses.needs(node).filter((needed) => !isInside(needed)),
    )
    const seen = new Set<Node>()
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (seen.has(node)) continue
      seen.add(node)
      if (isInside(node)) return true
      // Nothing that it waits for comes after the first member.
      if (this.#latest.get(node)! < first) continue
      const group = this.#groupOf.get(node)
      for (const member of group?.members.keys() ?? [node]) pending.push(...this.#accesses.needs(member))
      // A search that long is not worth a loop.
      if (seen.size > maxSearch) return true
    }
    return false
  }

  #firstOf(group: Group): number {
    return this.#index.get(group.members.keys().next().value!)!
  }

  #lastOf(group: Group): number {
    let last: Node | undefined
    for (const node of group.members.keys()) last = node
    return this.#index.get(last!)!
  }
}

interface CommonSpace {
  readonly space: Space
  readonly earlier: readonly (readonly [Node, Role])[]
  readonly later: readonly (readonly [Node, Role])[]
}

/** Spaces that hold both groups: the later one's in the place of the earlier one's full or of its kept values. */
function commonSpaces(earlier: Group, later: Group): CommonSpace[] {
  const found: CommonSpace[] = []
  const lengths = (space: Space, role: Role) => axesOf(space, role).map(({ length }) => length)
  if (countOf(earlier.space, 'full') === countOf(later.space, 'full')) {
    const space = refined(earlier.space, 'full', lengths(later.space, 'full'))
    const other = space && refined(later.space, 'full', lengths(space, 'full'))
    if (space && other) {
      const [mine, theirs] = [hasReduction(space), hasReduction(other)]
      const fits = space.every((axis, place) => axis.isReduced === other[place]!.isReduced)
      if (fits || !mine || !theirs) {
        found.push({ space: mine ? space : other, earlier: [...earlier.members], later: [...later.members] })
      }
    }
  }
  if (hasReduction(earlier.space) && !hasReduction(later.space)) {
    if (countOf(earlier.space, 'kept') === countOf(later.space, 'full')) {
      const space = refined(earlier.space, 'kept', lengths(later.space, 'full'))
      const kept = [...later.members.keys()].map((node) => [node, 'kept'] as const)
      if (space) found.push({ space, earlier: [...earlier.members], later: kept })
    }
  }
  return found
}
