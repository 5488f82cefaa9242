/** The loop of a group, and loops that copy. */
import type { Node } from '../../graph/operations.ts'
import { stridesOf } from '../../graph/types.ts'
import type { Accesses, ElementBytes } from './access.ts'
import { type Group, isElementwise, isReduction, operandAccess } from './groups.ts'
import type { Loop, LoopValue, Operand, Place } from './loop.ts'
import { mustBeKept } from './passes.ts'
import { ownStrides, stridesIn } from './space.ts'

/** A loop with the values whose memory it is given, loads first. */
export interface PlacedLoop {
  readonly loop: Loop
  readonly reads: readonly Node[]
  readonly writes: readonly Node[]
}

/** Bytes of an element of a value in memory. */
export type BytesOf = (value: Node) => ElementBytes

/** The loop of a group. @param isNeeded whether a value is read outside of its group */
export function loopOf(
  group: Group,
  accesses: Accesses,
  isNeeded: (node: Node) => boolean,
  bytesOf: BytesOf,
): PlacedLoop {
  const { space, members } = group
  const order = [...members.keys()]
  const loads: Place[] = []
  const reads: Node[] = []
  const stores: Place[] = []
  const writes: Node[] = []
  const known = new Map<string, number>()

  const load = (node: Node, input: Node): Operand => {
    const access = operandAccess(accesses, node, input)
    const same = uniformValue(access.base)
    if (same !== undefined) return { is: 'number', value: same, dtype: access.base.dtype }
    const shape = isReduction(node) ? input.shape : node.shape
    const strides = stridesIn(space, isReduction(node) ? 'full' : members.get(node)!, { ...access, shape })!
    const key = `${access.base.id}|${strides.join()}|${access.offset}`
    const index = known.get(key) ?? loads.length
    if (index === loads.length) {
      known.set(key, index)
      loads.push({ strides, offset: access.offset, bytes: bytesOf(access.base) })
      reads.push(access.base)
    }
    return { is: 'load', index }
  }

  const values = order.map((node): LoopValue => {
    const role = members.get(node)!
    const operands = node.inputs.map((input): Operand => {
      const index = order.indexOf(accesses.of(input).base)
      return index >= 0 ? { is: 'value', index } : load(node, input)
    })
    return { node, role, operands }
  })
  const again = mustBeKept(values)
  const stored = values.map((value, index): LoopValue => {
    if (!isNeeded(value.node) && !again.has(index)) return value
    stores.push({ strides: ownStrides(space, value.role), offset: 0, bytes: bytesOf(value.node) })
    writes.push(value.node)
    return { ...value, store: stores.length - 1 }
  })
  return { loop: { space, loads, stores, values: stored }, reads, writes }
}

/**
 * A loop that copies a value, element by element in the order of its shape.
 *
 * @param by    the operation that asks for it
 * @param to    bytes of an element of what is written
 * @param place where to in it
 */
export function copyLoop(
  input: Node,
  accesses: Accesses,
  by: Node,
  bytesOf: BytesOf,
  to: ElementBytes,
  place: Pick<Place, 'strides' | 'offset'> = { strides: stridesOf(input.shape), offset: 0 },
): Omit<PlacedLoop, 'writes'> {
  const { base, strides, offset } = accesses.of(input)
  const space = input.shape.map((length) => ({ length, isReduced: false }))
  const same = uniformValue(base)
  const isLoaded = same === undefined
  const operand: Operand = isLoaded
    ? { is: 'load', index: 0 }
    : { is: 'number', value: same, dtype: base.dtype }
  return {
    loop: {
      space,
      loads: isLoaded ? [{ strides, offset, bytes: bytesOf(base) }] : [],
      stores: [{ ...place, bytes: to }],
      values: [{ node: by, role: 'full', operands: [operand], store: 0 }],
    },
    reads: isLoaded ? [base] : [],
  }
}

/** The number that all elements of a constant are. */
export function uniformValue(node: Node): number | undefined {
  if (node.operation !== 'constant') return undefined
  const { values } = node.attributes
  const first = values[0]
  if (first === undefined) return undefined
  for (let index = 1; index < values.length; index++) if (!Object.is(values[index], first)) return undefined
  return first
}

/** What two loops have in common whose functions are the same. */
export function loopKey({ space, loads, stores, values }: Loop): string {
  const place = ({ strides, offset, bytes }: Place) => `${strides.join()}+${offset}x${bytes}`
  return [
    space.map(({ length, isReduced }) => `${length}${isReduced ? 'r' : ''}`).join(),
    loads.map(place).join(';'),
    stores.map(place).join(';'),
    values
      .map(({ node, role, operands, store = '' }) => {
        const operation = isElementwise(node) || isReduction(node) ? node.operation : 'copy'
        const dtype = node.operation === 'cast' ? `${node.inputs[0]!.dtype}>${node.dtype}` : node.dtype
        const words = operands.map((operand) =>
          operand.is === 'number'
            ? `${operand.dtype[0]}${Object.is(operand.value, -0) ? '-0' : operand.value}`
            : `${operand.is[0]}${operand.index}`,
        )
        const compared = ['greater', 'greaterOrEqual', 'equal'].includes(operation)
          ? node.inputs[0]!.dtype
          : ''
        return `${operation}:${dtype}${compared}:${role[0]}(${words.join()})${store}`
      })
      .join(';'),
  ].join('|')
}
