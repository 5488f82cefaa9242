import { gradients } from '../../src/autodiff/gradient.ts'
import type { Tensor } from '../../src/graph/operations.ts'
import { type Program, type TensorType, type TensorTypes, trace } from '../../src/graph/program.ts'
import {
  elementCount,
  floatTensor,
  type HostTensor,
  integerTensor,
  type Shape,
} from '../../src/graph/types.ts'
import { cast, constant, multiply, sumAll } from '../../src/ops/primitives.ts'
import { RandomStream } from '../../src/random/random-stream.ts'
import type { Case } from './cases.ts'

const seed = 20250701

/** The operands of a case, the same in every run and on every platform. */
export function feedsOf(example: Case): Record<string, HostTensor> {
  const entries = example.operands.map(({ shape, dtype, sample }, index): [string, HostTensor] => {
    const random = new RandomStream(seed, example.description, index)
    const data = Array.from({ length: elementCount(shape) }, (_, position) => sample(random, position))
    return [operandName(index), dtype === 'float32' ? floatTensor(shape, data) : integerTensor(shape, data)]
  })
  return Object.fromEntries(entries)
}

/** Standard normal values for float32 feeds, drawn by name. */
export function randomFeeds(types: TensorTypes): Record<string, HostTensor> {
  const entries = Object.entries(types).map(([name, { shape }]): [string, HostTensor] => {
    const random = new RandomStream(seed, name)
    return [
      name,
      floatTensor(
        shape,
        Array.from({ length: elementCount(shape) }, () => random.normal()),
      ),
    ]
  })
  return Object.fromEntries(entries)
}

export const operandName = (index: number): string => `operand${index}`

/** Output `result`: what the operation gives. */
export function forwardProgram(example: Case): Program {
  return traceCase(example, 'forward', (result) => ({
    result: result.dtype === 'bool' ? cast(result, 'int32') : result,
  }))
}

/** Output `loss`: the sum of the result's elements with fixed random weights. */
export function lossProgram(example: Case): Program {
  return traceCase(example, 'loss', (result) => ({
    loss: sumAll(multiply(cast(result, 'float32'), randomWeights(result.shape))),
  }))
}

/** One output per differentiable operand, under its name: the gradient of the loss above. */
export function gradientProgram(example: Case): Program {
  return traceCase(example, 'gradient', (result, operands) => {
    const targets = example.differentiable.map((index) => operands[index]!)
    const found = gradients(cast(result, 'float32'), targets, randomWeights(result.shape))
    return Object.fromEntries(
      example.differentiable.map((index, order) => [operandName(index), found[order]!]),
    )
  })
}

function traceCase(
  example: Case,
  name: string,
  outputs: (result: Tensor, operands: readonly Tensor[]) => Record<string, Tensor>,
): Program {
  const types = example.operands.map(({ shape, dtype }, index): [string, TensorType] => {
    return [operandName(index), { shape, dtype: dtype === 'float32' ? 'float32' : 'int32' }]
  })
  return trace(name, { feeds: Object.fromEntries(types), states: {} }, ({ feeds }) => {
    const operands = example.operands.map(({ dtype }, index) => cast(feeds[operandName(index)]!, dtype))
    return { outputs: outputs(example.build(...operands), operands) }
  })
}

/** [...shape] a constant without structure: a cotangent of ones would hide transposed gradients. */
export function randomWeights(shape: Shape): Tensor {
  const random = new RandomStream(seed, 'weights')
  return constant(
    Float32Array.from({ length: elementCount(shape) }, () => random.normal()),
    shape,
  )
}
