/**
 * Where the elements of a value are. Views (another shape, another order, a part, a stretched axis) are not computed:
 * they are another way to read the value below them.
 */
import type { Node, Operation } from '../../graph/operations.ts'
import { elementCount, type Shape, stridesOf } from '../../graph/types.ts'

/** Bytes of an element in memory: 2 of a number that is kept as bfloat16, else 4. */
export type ElementBytes = 2 | 4

/** How the elements of a shape are found in `base`: at offset + Σ index · stride, in elements. */
export interface Access {
  readonly base: Node
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
}

/** Reads a value as it lies in memory. */
export const directAccess = (base: Node): Access => ({
  base,
  shape: base.shape,
  strides: stridesOf(base.shape),
  offset: 0,
})

/** The accesses of a program's values, each worked out once. */
export class Accesses {
  readonly #known = new Map<Node, Access>()
  readonly #waiting = new Map<Node, readonly Node[]>()

  of(node: Node): Access {
    const known = this.#known.get(node)
    if (known) return known
    const view = views[node.operation]
    const access = view?.(node, this.of(node.inputs[0]!)) ?? directAccess(node)
    this.#known.set(node, access)
    return access
  }

  /**
   * The computed values that a value waits for, if it is a view, or those that its operands are views of. Views are
   * looked through, but what an `after` on the way waits for counts too.
   */
  needs(node: Node): readonly Node[] {
    return [...new Set(node.inputs.flatMap((input) => this.#sources(input)))]
  }

  #sources(node: Node): readonly Node[] {
    const known = this.#waiting.get(node)
    if (known) return known
    const sources = this.isBase(node) ? [node] : this.needs(node)
    this.#waiting.set(node, sources)
    return sources
  }

  /** Whether a value has to be computed: it is an input, a constant, or no view of another one. */
  isBase(node: Node): boolean {
    return this.of(node).base === node
  }
}

/** A view of an access, or undefined where the elements have to be copied. */
type View = (node: Node, from: Access) => Access | undefined

const unchanged: View = (node, from) => ({ ...from, shape: node.shape })

/** A reduction of axes of length 1 reduces nothing. */
const emptyReduction: View = (node, from) =>
  elementCount(node.shape) === elementCount(from.shape) ? unchanged(node, from) : undefined

const views: { readonly [O in Operation]?: View } = {
  stopGradient: unchanged,
  after: unchanged,
  reduceSum: emptyReduction,
  reduceMaximum: emptyReduction,
  reshape: (node, from) => {
    const strides = reshapedStrides(from, node.shape)
    return strides && { ...from, shape: node.shape, strides }
  },
  broadcast: (node, from) => stretched(from, node.shape),
  transpose: (node, from) => {
    const { order } = node.attributes as { readonly order: readonly number[] }
    return { ...from, shape: node.shape, strides: order.map((axis) => from.strides[axis]!) }
  },
  slice: (node, from) => {
    const { axis, start } = node.attributes as { readonly axis: number; readonly start: number }
    return { ...from, shape: node.shape, offset: from.offset + start * from.strides[axis]! }
  },
}

/** Reads as if axes of length 1, and missing ones in front, were stretched to a shape. */
export function stretched(from: Access, shape: Shape): Access {
  const added = shape.length - from.shape.length
  const strides = shape.map((_, axis) =>
    axis < added || from.shape[axis - added] === 1 ? 0 : from.strides[axis - added]!,
  )
  return { ...from, shape, strides }
}

/** A piece of consecutive axes, outermost first. */
interface Axis {
  readonly length: number
  readonly stride: number
}

/** Strides of the same elements in another shape; undefined where no strides reach them in that order. */
export function reshapedStrides({ shape, strides }: Access, target: Shape): number[] | undefined {
  const merged = mergedAxes(shape, strides)
  const result = new Array<number>(target.length).fill(0)
  let [left, axis] = [merged.at(-1)?.length ?? 1, merged.length - 1]
  let stride = merged.at(-1)?.stride ?? 0
  for (let place = target.length - 1; place >= 0; place--) {
    const length = target[place]!
    if (length === 1) continue
    while (left === 1 && axis > 0) {
      axis--
      ;({ length: left, stride } = merged[axis]!)
    }
    if (left % length !== 0) return undefined
    result[place] = stride
    left /= length
    stride *= length
  }
  return result
}

/** Neighbours that are one run of memory become one axis; axes of length 1 go. */
function mergedAxes(shape: Shape, strides: readonly number[]): Axis[] {
  const axes: Axis[] = []
  for (const [place, length] of shape.entries()) {
    if (length === 1) continue
    const stride = strides[place]!
    const before = axes.at(-1)
    if (before && before.stride === length * stride) {
      axes[axes.length - 1] = { length: before.length * length, stride }
    } else axes.push({ length, stride })
  }
  return axes
}
