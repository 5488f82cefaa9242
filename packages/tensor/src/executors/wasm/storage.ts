/**
 * Which products multiply bfloat16, where somebody does that faster than float32, and which values are kept in 16 bits so
 * that they can be read by them: those that can hold nothing else. A rounding right after such a product is done by the
 * product, whose sum is never written.
 */
import type { Node } from '../../graph/operations.ts'
import { nodesOf, type Program, resultsOf } from '../../graph/program.ts'
import { elementCount, stridesOf } from '../../graph/types.ts'
import { isBfloat16 } from '../../ops/bfloat16.ts'
import { type Access, Accesses, type ElementBytes } from './access.ts'
import { batchOf, type Matmul, sparseProduct } from './matmul.ts'
import type { BatchedProduct } from './product.ts'

/** Whether a product of bfloat16 is multiplied as such. */
export type MultipliesBfloat16 = (batch: BatchedProduct) => boolean

const never: MultipliesBfloat16 = () => false

export class Storage {
  readonly #accesses: Accesses
  readonly #products = new Set<Node>()
  /** Products of roundings, and the other way round. */
  readonly #rounded = new Map<Node, Matmul>()
  readonly #roundedProducts = new Set<Node>()
  readonly #halves = new Set<Node>()

  /** @param program of primitives only */
  constructor(program: Program, multiplies = never, accesses = new Accesses()) {
    this.#accesses = accesses
    if (multiplies === never) return
    const nodes = nodesOf(program).filter((node) => accesses.isBase(node))
    for (const node of nodes)
      if (isMatmul(node) && this.#isOfBfloat16(node, multiplies)) this.#products.add(node)
    if (this.#products.size === 0) return
    const users = this.#users(nodes)
    const results = new Set(resultsOf(program).map((node) => accesses.of(node).base))
    for (const node of nodes) {
      const product = this.#productToRound(node)
      if (!product || users.get(product)!.length > 1 || results.has(product)) continue
      this.#rounded.set(node, product)
      this.#roundedProducts.add(product)
    }
    for (const node of nodes)
      if (this.#rounded.has(node) || this.#isHalf(node, users.get(node) ?? [], results.has(node)))
        this.#halves.add(node)
  }

  /** Whether a `matmul` multiplies bfloat16. */
  isOfBfloat16(node: Node): boolean {
    return this.#products.has(node)
  }

  /** The product that does this rounding. */
  roundedProduct(node: Node): Matmul | undefined {
    return this.#rounded.get(node)
  }

  /** Whether nothing but its rounding is needed of a product. */
  isRoundedOnly(node: Node): boolean {
    return this.#roundedProducts.has(node)
  }

  readonly bytesOf = (value: Node): ElementBytes => (this.#halves.has(value) ? 2 : 4)

  #isOfBfloat16(node: Matmul, multiplies: MultipliesBfloat16): boolean {
    const [left, right] = node.inputs as readonly [Node, Node]
    if (!isBfloat16(left) || !isBfloat16(right)) return false
    const [a, b] = [this.#accesses.of(left), this.#accesses.of(right)]
    const inFloats = batchOf(node, a, b, { factorBytes: 4, resultBytes: 4 })
    if (sparseProduct(a, inFloats, false)) return false
    return multiplies(batchOf(node, a, b, { factorBytes: 2, resultBytes: 4 }))
  }

  /** What reads each value, itself or a view of it. */
  #users(nodes: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
    const users = new Map<Node, Node[]>()
    for (const node of nodes)
      for (const input of node.inputs) {
        const { base } = this.#accesses.of(input)
        const known = users.get(base)
        if (known) known.push(node)
        else users.set(base, [node])
      }
    return users
  }

  #productToRound(node: Node): Matmul | undefined {
    if (node.operation !== 'roundToBfloat16') return undefined
    const access = this.#accesses.of(node.inputs[0]!)
    const { base } = access
    if (!isMatmul(base) || !this.#products.has(base) || base.inputs.length > 2) return undefined
    return isWhole(access) ? base : undefined
  }

  /** Copies cost more than 16 bits save: of what others read in 32, and of results that no product reads. */
  #isHalf(node: Node, users: readonly Node[], isResult: boolean): boolean {
    const isComputed = !['input', 'constant', 'matmul', 'gatherRows', 'scatterAddRows'].includes(
      node.operation,
    )
    if (!isComputed || node.dtype !== 'float32' || !isBfloat16(node)) return false
    const isFactor = (user: Node) =>
      this.#products.has(user) && !(user.inputs[2] && this.#accesses.of(user.inputs[2]).base === node)
    const others = users.filter((user) => alone.has(user.operation) && !isFactor(user))
    return others.length === 0 && (!isResult || users.some(isFactor))
  }
}

/** What reads float32 numbers that lie in a row. */
const alone: ReadonlySet<Node['operation']> = new Set<Node['operation']>([
  'matmul',
  'gatherRows',
  'scatterAddRows',
])

const isMatmul = (node: Node): node is Matmul => node.operation === 'matmul'

/** Whether an access is all of its value, in its order. */
const isWhole = ({ base, shape, strides, offset }: Access): boolean =>
  offset === 0 && elementCount(shape) === elementCount(base.shape) && isRun({ shape, strides })

/** Whether elements lie one after the other in the order of their shape. */
export function isRun({ shape, strides }: Pick<Access, 'shape' | 'strides'>): boolean {
  const own = stridesOf(shape)
  return shape.every((length, axis) => length === 1 || strides[axis] === own[axis])
}
