import type { Node } from '../graph/operations.ts'

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/**
 * The number of bfloat16 nearest to the float32 nearest to x, of two equally near ones the one whose last bit is 0. A
 * bfloat16 is the upper half of a float32: sign, 8 bits of exponent, 7 of fraction; what carries out of the fraction
 * raises the exponent, at the end to infinity.
 */
export function nearestBfloat16(x: number): number {
  if (Number.isNaN(x)) return x
  float[0] = x
  const isOdd = (bits[0]! >>> 16) & 1
  bits[0] = (bits[0]! + 0x7fff + isOdd) & 0xffff0000
  return float[0]!
}

/** Results are among the elements of the operands, or their negatives or magnitudes. */
const choosing: ReadonlySet<Node['operation']> = new Set<Node['operation']>([
  'negate',
  'absolute',
  'maximum',
  'select',
  'reduceMaximum',
  'reshape',
  'transpose',
  'broadcast',
  'slice',
  'concatenate',
  'gatherRows',
  'stopGradient',
  'after',
])

const known = new WeakMap<Node, boolean>()

/**
 * Whether all elements of a float32 value are numbers of bfloat16, whatever is fed. A product of two such values may be
 * computed from operands of 16 bits without changing it.
 */
export function isBfloat16(node: Node): boolean {
  const before = known.get(node)
  if (before !== undefined) return before
  const result = followsFrom(node)
  known.set(node, result)
  return result
}

function followsFrom(node: Node): boolean {
  switch (node.operation) {
    case 'roundToBfloat16':
    case 'sign':
      return true
    case 'constant':
      return Array.from(node.attributes.values).every((value) => Object.is(nearestBfloat16(value), value))
    case 'cast':
      return node.inputs[0]!.dtype === 'bool'
    case 'after':
      return isBfloat16(node.inputs[0]!)
    default: {
      const operands = node.inputs.filter(({ dtype }) => dtype === 'float32')
      return choosing.has(node.operation) && operands.every(isBfloat16)
    }
  }
}
