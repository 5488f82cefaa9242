/** Loops that are SwiGLU over a run of memory, which a provider may do. */
import { type Loop, merged, type Operand } from './loop.ts'

/** Which loads its operands are. */
export interface SwigluRun {
  readonly count: number
  readonly gate: number
  readonly up: number
}

/** @returns undefined for a loop that is anything else, or not of bfloat16 all along */
export function swigluRunOf(loop: Loop): SwigluRun | undefined {
  const { space, loads, stores, values } = merged(loop)
  const [axis, ...otherAxes] = space
  const places = [...loads, ...stores]
  const isRun =
    axis?.isReduced === false &&
    otherAxes.length === 0 &&
    places.every(({ strides, offset, bytes }) => strides[0] === 1 && offset === 0 && bytes === 2)
  const operations = values.map(({ node }) => node.operation).join()
  if (!isRun || loads.length !== 2 || operations !== 'sigmoid,multiply,multiply,roundToBfloat16')
    return undefined
  const [sigmoid, gated, product, rounded] = values
  const gate = sigmoid!.operands[0]!
  const up = product!.operands.find(({ is }) => is === 'load')
  const isSwiglu =
    gate.is === 'load' &&
    up?.is === 'load' &&
    areTogether(gated!.operands, { is: 'value', index: 0 }, gate) &&
    areTogether(product!.operands, { is: 'value', index: 1 }, up) &&
    areTogether(rounded!.operands, { is: 'value', index: 2 }) &&
    values.every(({ store }, index) => (store !== undefined) === (index === 3))
  return isSwiglu && gate.index !== up.index
    ? { count: axis.length, gate: gate.index, up: up.index }
    : undefined
}

/** Whether they are these, in any order. */
const areTogether = (operands: readonly Operand[], ...wanted: readonly Operand[]): boolean =>
  operands.length === wanted.length &&
  wanted.every((one) => operands.some((operand) => JSON.stringify(operand) === JSON.stringify(one)))
