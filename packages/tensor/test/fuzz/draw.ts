/** Random shapes, numbers and choices for programs. */

import { createNode } from '../../src/graph/node.ts'
import type { Node } from '../../src/graph/operations.ts'
import {
  type DataType,
  elementCount,
  floatTensor,
  type HostTensor,
  integerTensor,
  type Shape,
} from '../../src/graph/types.ts'
import { cast, constant } from '../../src/ops/primitives.ts'
import type { RandomStream } from '../../src/random/random-stream.ts'

/** Lengths around those at which vectors, tiles and blocks end. */
const lengths = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 20, 24, 31, 33, 40]
/** Larger tensors only take longer. */
const maxElements = 3000

/** What a program is drawn with: its inputs so far, and values that operations may take. */
export class Draw {
  readonly random: RandomStream
  readonly inputs = new Map<Node, HostTensor>()
  readonly pool: Node[] = []
  readonly #lengths: readonly number[]

  constructor(random: RandomStream) {
    this.random = random
    // Few lengths in one program, so that shapes fit each other.
    this.#lengths = Array.from({ length: 3 }, () => this.pick(lengths))
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random.integer(list.length)]!
  }

  chance(share: number): boolean {
    return this.random.float() < share
  }

  length(): number {
    return this.chance(0.85) ? this.pick(this.#lengths) : this.pick(lengths)
  }

  shape(rank = this.random.integer(5)): Shape {
    const shape: number[] = []
    for (let axis = 0; axis < rank; axis++) {
      const length = this.length()
      shape.push(elementCount(shape) * length <= maxElements ? length : 1)
    }
    return shape
  }

  /** A new input, or a constant, of that type; truth values are fed as 0 and 1. */
  fresh(shape: Shape, dtype: DataType = 'float32', bound = 5, isIndex = false): Node {
    if (dtype === 'bool') return cast(this.fresh(shape, 'int32', 2), 'bool')
    const count = elementCount(shape)
    const data = Array.from({ length: count }, () =>
      dtype === 'int32' ? this.random.integer(bound) : Math.fround(this.random.normal()),
    )
    if (this.chance(0.15)) {
      const same = this.chance(0.5)
      return this.keep(constant(same ? data.map(() => data[0]!) : data, shape, dtype))
    }
    const role = this.chance(0.4) && !isIndex ? 'state' : 'feed'
    const name = `${role}${this.inputs.size}`
    const node = createNode('input', [], { name, role, shape, dtype })
    this.inputs.set(node, dtype === 'int32' ? integerTensor(shape, data) : floatTensor(shape, data))
    return this.keep(node)
  }

  keep(node: Node): Node {
    if (!this.pool.includes(node)) this.pool.push(node)
    return node
  }

  /** A value of the pool that fits, the latest more often; a new one where there is none, and sometimes else. */
  operand(fits: (node: Node) => boolean, shape: () => Shape, dtype: DataType = 'float32'): Node {
    const found = this.pool.filter((node) => node.dtype === dtype && fits(node))
    if (found.length === 0 || this.chance(0.15)) return this.fresh(shape(), dtype)
    const late = found.slice(-4)
    return this.pick(this.chance(0.6) ? late : found)
  }

  float(fits: (node: Node) => boolean = () => true): Node {
    return this.operand(fits, () => this.shape())
  }

  /** A value of rank 1 or more. */
  ranked(least = 1): Node {
    return this.operand(
      ({ shape }) => shape.length >= least,
      () => this.shape(least + this.random.integer(3)),
    )
  }

  /** A value of exactly that shape. */
  like(shape: Shape, dtype: DataType = 'float32'): Node {
    return this.operand(
      (node) => node.shape.join() === shape.join(),
      () => shape,
      dtype,
    )
  }

  /** A value that is stretched to that shape. */
  stretching(shape: Shape, dtype: DataType = 'float32'): Node {
    const fits = (other: Shape) =>
      other.length <= shape.length &&
      other.every((length, axis) => {
        const wanted = shape[axis + shape.length - other.length]
        return length === wanted || length === 1
      })
    return this.operand(
      (node) => fits(node.shape),
      () =>
        shape.slice(this.random.integer(shape.length + 1)).map((length) => (this.chance(0.3) ? 1 : length)),
      dtype,
    )
  }

  /** Numbers of rows that there are; no state, whose next value may be anything. */
  indices(shape: Shape, rows: number): Node {
    return this.fresh(shape, 'int32', rows, true)
  }

  axis(shape: Shape): number {
    return this.random.integer(shape.length)
  }

  axes(shape: Shape): number[] {
    const chosen = [...shape.keys()].filter(() => this.chance(0.5))
    return chosen.length > 0 ? chosen : [this.axis(shape)]
  }
}
