import { InputError } from '../errors.ts'
import type { AttributesOf, Node, Operation } from './operations.ts'
import { broadcastShapes, type DataType, elementCount, formatShape, type Shape, sameShape } from './types.ts'

/** Shape and type of a result. */
export interface ResultType {
  readonly shape: Shape
  readonly dtype: DataType
}

type ShapeRule<O extends Operation> = (inputs: readonly Node[], attributes: AttributesOf<O>) => ResultType

/** A rule that looks at the operands only. */
type OperandRule = (inputs: readonly Node[]) => ResultType

function fail(operation: Operation, expected: string, inputs: readonly Node[], hint: string): never {
  const got = inputs.map((input) => `${input.dtype}${formatShape(input.shape)}`).join(', ') || 'no operand'
  throw new InputError({ who: operation, expected, got, hint })
}

function operands(
  operation: Operation,
  inputs: readonly Node[],
  ...types: readonly DataType[]
): readonly Node[] {
  const right = inputs.length === types.length && inputs.every((input, index) => input.dtype === types[index])
  if (!right) fail(operation, `operands of type ${types.join(', ')}`, inputs, 'Cast or add what is missing.')
  return inputs
}

const unary =
  (operation: Operation): OperandRule =>
  (inputs) => {
    operands(operation, inputs, 'float32')
    return { shape: inputs[0]!.shape, dtype: 'float32' }
  }

const binary =
  (operation: Operation): OperandRule =>
  (inputs) => {
    operands(operation, inputs, 'float32', 'float32')
    return { shape: broadcastShapes(operation, inputs[0]!.shape, inputs[1]!.shape), dtype: 'float32' }
  }

const comparison =
  (operation: Operation): OperandRule =>
  (inputs) => {
    const [left, right] = inputs
    if (inputs.length !== 2 || left!.dtype !== right!.dtype || left!.dtype === 'bool')
      fail(operation, 'two numeric operands of one type', inputs, 'Cast one operand.')
    return { shape: broadcastShapes(operation, left!.shape, right!.shape), dtype: 'bool' }
  }

const logic =
  (operation: Operation): OperandRule =>
  (inputs) => {
    operands(operation, inputs, 'bool', 'bool')
    return { shape: broadcastShapes(operation, inputs[0]!.shape, inputs[1]!.shape), dtype: 'bool' }
  }

const reduction =
  (
    operation: Operation,
  ): ((inputs: readonly Node[], attributes: { axes: readonly number[] }) => ResultType) =>
  (inputs, { axes }) => {
    operands(operation, inputs, 'float32')
    const { shape } = inputs[0]!
    if (axes.length === 0 || axes.some((axis) => axis < 0 || axis >= shape.length))
      fail(
        operation,
        `axes within 0..${shape.length - 1}, got [${axes.join(', ')}]`,
        inputs,
        'Name existing axes.',
      )
    return { shape: shape.map((length, axis) => (axes.includes(axis) ? 1 : length)), dtype: 'float32' }
  }

const elementwiseFused =
  (operation: Operation, count: number): OperandRule =>
  (inputs) => {
    operands(operation, inputs, ...new Array<DataType>(count).fill('float32'))
    const { shape } = inputs[0]!
    for (const input of inputs)
      if (!sameShape(input.shape, shape) && input.shape.length > 0)
        fail(operation, 'operands of one shape, or scalars', inputs, 'Check what is updated with what.')
    return { shape, dtype: 'float32' }
  }

const crossEntropy =
  (operation: Operation): OperandRule =>
  (inputs) => {
    operands(operation, inputs, 'float32', 'int32')
    const [logits, labels] = inputs
    if (!sameShape(logits!.shape.slice(0, -1), labels!.shape))
      fail(operation, 'logits [..., V] and labels [...]', inputs, 'Labels need one entry per row of logits.')
    return { shape: labels!.shape, dtype: 'float32' }
  }

const gather =
  (operation: Operation): OperandRule =>
  (inputs) => {
    operands(operation, inputs, 'float32', 'int32')
    const [table, indices] = inputs
    if (table!.shape.length !== 2)
      fail(operation, 'a table [R, D] and indices [...]', inputs, 'Reshape the table.')
    return { shape: [...indices!.shape, table!.shape[1]!], dtype: 'float32' }
  }

/** What every operation accepts and gives. Tracing applies it to each new node, the verifier once more. */
export const shapeRules: { readonly [O in Operation]: ShapeRule<O> } = {
  input: (_, { shape, dtype }) => ({ shape, dtype }),
  constant: (_, { shape, dtype, values }) => {
    if (values.length !== elementCount(shape))
      fail(
        'constant',
        `${elementCount(shape)} values for ${formatShape(shape)}, got ${values.length}`,
        [],
        'Fix it.',
      )
    return { shape, dtype }
  },
  negate: unary('negate'),
  absolute: unary('absolute'),
  exponential: unary('exponential'),
  logarithm: unary('logarithm'),
  squareRoot: unary('squareRoot'),
  reciprocal: unary('reciprocal'),
  sigmoid: unary('sigmoid'),
  arctangent: unary('arctangent'),
  sign: unary('sign'),
  roundToBfloat16: unary('roundToBfloat16'),
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide'),
  maximum: binary('maximum'),
  greater: comparison('greater'),
  greaterOrEqual: comparison('greaterOrEqual'),
  equal: comparison('equal'),
  and: logic('and'),
  or: logic('or'),
  not: (inputs) => ({ shape: operands('not', inputs, 'bool')[0]!.shape, dtype: 'bool' }),
  select: (inputs) => {
    const [condition, yes, no] = inputs
    if (
      inputs.length !== 3 ||
      condition!.dtype !== 'bool' ||
      yes!.dtype !== no!.dtype ||
      yes!.dtype === 'bool'
    )
      fail(
        'select',
        'a bool condition and two numeric operands of one type',
        inputs,
        'Compare or cast first.',
      )
    const values = broadcastShapes('select', yes!.shape, no!.shape)
    return { shape: broadcastShapes('select', condition!.shape, values), dtype: yes!.dtype }
  },
  cast: (inputs, { dtype }) => ({ shape: inputs[0]!.shape, dtype }),
  reduceSum: reduction('reduceSum'),
  reduceMaximum: reduction('reduceMaximum'),
  reshape: (inputs, { shape }) => {
    const [input] = inputs
    if (elementCount(shape) !== elementCount(input!.shape))
      fail('reshape', `a shape of as many elements, not ${formatShape(shape)}`, inputs, 'Check the product.')
    return { shape, dtype: input!.dtype }
  },
  transpose: (inputs, { order }) => {
    const { shape, dtype } = inputs[0]!
    const sorted = [...order].sort((a, b) => a - b)
    if (order.length !== shape.length || sorted.some((axis, index) => axis !== index))
      fail(
        'transpose',
        `an order that names every axis once, not [${order.join(', ')}]`,
        inputs,
        'Fix the order.',
      )
    return { shape: order.map((axis) => shape[axis]!), dtype }
  },
  broadcast: (inputs, { shape }) => {
    if (!sameShape(broadcastShapes('broadcast', inputs[0]!.shape, shape), shape))
      fail(
        'broadcast',
        `an operand that stretches to ${formatShape(shape)}`,
        inputs,
        'Only length 1 stretches.',
      )
    return { shape, dtype: inputs[0]!.dtype }
  },
  slice: (inputs, { axis, start, end }) => {
    const { shape, dtype } = inputs[0]!
    if (!(axis >= 0 && axis < shape.length && start >= 0 && start < end && end <= shape[axis]!))
      fail('slice', `a range within axis ${axis}, not ${start}..${end}`, inputs, 'Check axis, start and end.')
    return { shape: shape.map((length, index) => (index === axis ? end - start : length)), dtype }
  },
  concatenate: (inputs, { axis }) => {
    const [first] = inputs
    const fits = (input: Node) =>
      input.dtype === first!.dtype &&
      input.shape.length === first!.shape.length &&
      input.shape.every((length, index) => index === axis || length === first!.shape[index])
    if (!first || axis < 0 || axis >= first.shape.length || !inputs.every(fits))
      fail('concatenate', `operands alike but for axis ${axis}`, inputs, 'Check the other axes.')
    const total = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0)
    return {
      shape: first!.shape.map((length, index) => (index === axis ? total : length)),
      dtype: first!.dtype,
    }
  },
  gatherRows: gather('gatherRows'),
  scatterAddRows: (inputs, { rows }) => {
    operands('scatterAddRows', inputs, 'int32', 'float32')
    const [indices, updates] = inputs
    if (!sameShape(updates!.shape.slice(0, -1), indices!.shape))
      fail('scatterAddRows', 'indices [...] and updates [..., D]', inputs, 'Give one index per updated row.')
    return { shape: [rows, updates!.shape.at(-1)!], dtype: 'float32' }
  },
  matmul: (inputs, { transposeLeft, transposeRight }) => {
    const [left, right, addend] = inputs
    const expected = 'left [..., M, K] and right [..., K, N] (before transposing) with equal leading axes'
    if (inputs.length < 2 || inputs.length > 3 || inputs.some((input) => input.dtype !== 'float32'))
      fail('matmul', 'two float32 matrices and perhaps an addend', inputs, 'Cast or remove operands.')
    const [rank, leading] = [left!.shape.length, left!.shape.slice(0, -2)]
    if (rank < 2 || !sameShape(leading, right!.shape.slice(0, -2)))
      fail('matmul', expected, inputs, 'Reshape.')
    const [m, k] = ordered(left!.shape, transposeLeft)
    const [k2, n] = ordered(right!.shape, transposeRight)
    if (k !== k2)
      fail('matmul', `${expected}; K is ${k} and ${k2}`, inputs, 'Transpose or reshape one operand.')
    const shape = [...leading, m, n]
    if (addend && (rank !== 2 || !sameShape(addend.shape, shape)))
      fail('matmul', `a 2-D product with an addend ${formatShape(shape)}`, inputs, 'Use add instead.')
    return { shape, dtype: 'float32' }
  },
  stopGradient: (inputs) => ({ shape: inputs[0]!.shape, dtype: inputs[0]!.dtype }),
  after: (inputs) => ({ shape: inputs[0]!.shape, dtype: inputs[0]!.dtype }),

  linear: (inputs) => {
    operands('linear', inputs, 'float32', 'float32')
    const [x, weight] = inputs
    if (weight!.shape.length !== 2 || x!.shape.length < 1 || x!.shape.at(-1) !== weight!.shape[1])
      fail(
        'linear',
        'x [..., K] and weight [N, K]',
        inputs,
        'The last axis of x must be the fan-in of the weight.',
      )
    return { shape: [...x!.shape.slice(0, -1), weight!.shape[0]!], dtype: 'float32' }
  },
  rmsNorm: (inputs, { axis }) => {
    operands('rmsNorm', inputs, 'float32')
    if (axis < 0 || axis >= inputs[0]!.shape.length)
      fail('rmsNorm', `an existing axis, not ${axis}`, inputs, 'Name an axis.')
    return { shape: inputs[0]!.shape, dtype: 'float32' }
  },
  swiglu: (inputs) => {
    operands('swiglu', inputs, 'float32', 'float32')
    if (!sameShape(inputs[0]!.shape, inputs[1]!.shape))
      fail('swiglu', 'gate and up of one shape', inputs, 'Fix it.')
    return { shape: inputs[0]!.shape, dtype: 'float32' }
  },
  softmax: unary('softmax'),
  rotary: (inputs) => {
    operands('rotary', inputs, 'float32', 'float32', 'float32')
    const [x, cosine, sine] = inputs
    const table = x!.shape.slice(-2)
    if (table[1]! % 2 !== 0 || !sameShape(cosine!.shape, table) || !sameShape(sine!.shape, table))
      fail(
        'rotary',
        'x [..., L, d] with even d and two tables [L, d]',
        inputs,
        'Make the tables for this length.',
      )
    return { shape: x!.shape, dtype: 'float32' }
  },
  attention: (inputs) => {
    operands('attention', inputs, 'float32', 'float32', 'float32')
    const { shape } = inputs[0]!
    if (shape.length !== 4 || !inputs.every((input) => sameShape(input.shape, shape)))
      fail('attention', 'query, key and value [B, H, L, d]', inputs, 'Split the heads first.')
    return { shape, dtype: 'float32' }
  },
  embedding: gather('embedding'),
  stablemaxCrossEntropy: crossEntropy('stablemaxCrossEntropy'),
  softmaxCrossEntropy: crossEntropy('softmaxCrossEntropy'),
  binaryCrossEntropy: binary('binaryCrossEntropy'),
  interpolate: elementwiseFused('interpolate', 3),
  secondMoment: elementwiseFused('secondMoment', 3),
  adamAtan2: elementwiseFused('adamAtan2', 7),
  signDescent: (inputs) => {
    operands('signDescent', inputs, 'float32', 'float32', 'int32', 'float32', 'float32')
    const [rows, gradients, identifiers] = inputs
    if (!sameShape(rows!.shape, gradients!.shape) || !sameShape(identifiers!.shape, rows!.shape.slice(0, 1)))
      fail(
        'signDescent',
        'rows [B, D], gradients [B, D] and identifiers [B]',
        inputs,
        'Gather the rows first.',
      )
    return { shape: rows!.shape, dtype: 'float32' }
  },
  stage: (inputs, { body }) => {
    const { shape, dtype } = body(...inputs)
    return { shape, dtype }
  },
}

function ordered(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number]
  return transposed ? [columns, rows] : [rows, columns]
}
