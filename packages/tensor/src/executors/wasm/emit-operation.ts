/** Every element-wise operation on vectors of four: what it leaves in a new local. */
import type { Node } from '../../graph/operations.ts'
import type { DataType } from '../../graph/types.ts'
import type { FunctionWriter, Local, SimdInstruction } from './assembler.ts'
import * as functions from './functions.ts'
import { type Elementwise, isElementwise } from './groups.ts'

/** @param isFused whether the engine multiplies and adds in one instruction */
type Emit = (code: FunctionWriter, operands: readonly Local[], node: Node, isFused: boolean) => void

const instructions =
  (...names: readonly SimdInstruction[]): Emit =>
  (code, operands) => {
    for (const operand of operands) code.get(operand)
    code.simd(...names)
  }

const ofOne =
  (emit: (code: FunctionWriter, x: Local, isFused: boolean) => void): Emit =>
  (code, [x], _node, isFused) =>
    emit(code, x!, isFused)

const compared =
  (float: SimdInstruction, whole: SimdInstruction): Emit =>
  (code, operands, node) =>
    instructions(node.inputs[0]!.dtype === 'float32' ? float : whole)(code, operands, node, false)

/** Conversions, from type to type. A truth value is a mask: all bits of its lane or none. */
const casts: Readonly<Record<DataType, Readonly<Record<DataType, (code: FunctionWriter) => void>>>> = {
  float32: {
    float32: () => {},
    int32: (code) => code.simd('i32x4.trunc_sat_f32x4_s'),
    bool: (code) => code.floats(0).simd('f32x4.ne'),
  },
  int32: {
    float32: (code) => code.simd('f32x4.convert_i32x4_s'),
    int32: () => {},
    bool: (code) => code.integers(0, 0, 0, 0).simd('i32x4.eq', 'v128.not'),
  },
  bool: {
    float32: (code) => code.floats(1).simd('v128.and'),
    int32: (code) => code.integers(1, 1, 1, 1).simd('v128.and'),
    bool: () => {},
  },
}

const table: Readonly<Record<Elementwise, Emit>> = {
  negate: instructions('f32x4.neg'),
  absolute: instructions('f32x4.abs'),
  exponential: ofOne(functions.exponential),
  logarithm: ofOne(functions.logarithm),
  squareRoot: instructions('f32x4.sqrt'),
  reciprocal: (code, [x]) => code.floats(1).get(x!).simd('f32x4.div'),
  sigmoid: ofOne(functions.sigmoid),
  arctangent: ofOne(functions.arctangent),
  sign: ofOne(functions.sign),
  roundToBfloat16: ofOne(functions.roundToBfloat16),
  add: instructions('f32x4.add'),
  subtract: instructions('f32x4.sub'),
  multiply: instructions('f32x4.mul'),
  divide: instructions('f32x4.div'),
  maximum: instructions('f32x4.max'),
  greater: compared('f32x4.gt', 'i32x4.gt_s'),
  greaterOrEqual: compared('f32x4.ge', 'i32x4.ge_s'),
  equal: compared('f32x4.eq', 'i32x4.eq'),
  and: instructions('v128.and'),
  or: instructions('v128.or'),
  not: instructions('v128.not'),
  select: (code, [condition, yes, no]) => code.get(yes!).get(no!).get(condition!).simd('v128.bitselect'),
  cast: (code, [x], node) => {
    code.get(x!)
    casts[node.inputs[0]!.dtype][node.dtype](code)
  },
}

/** A value of a loop from its operands; of an operation that is none of these, a copy. */
export function emitOperation(
  code: FunctionWriter,
  node: Node,
  operands: readonly Local[],
  isFused: boolean,
): Local {
  if (!isElementwise(node)) return operands[0]!
  const result = code.local('v128')
  table[node.operation](code, operands, node, isFused)
  code.set(result)
  return result
}
