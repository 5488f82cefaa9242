import type { Primitive, Tensor } from '../../src/graph/operations.ts'
import { formatShape, type Shape } from '../../src/graph/types.ts'
import * as ops from '../../src/ops/primitives.ts'
import type { Case } from './cases.ts'
import {
  bits,
  example,
  integers,
  nonzero,
  normal,
  number,
  type OperandSample,
  positive,
  values,
  zeros,
} from './operands.ts'

const unaryShapes: readonly Shape[] = [[], [7], [3, 5], [2, 3, 1, 5]]

const binaryShapes: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[1], []],
  [
    [3, 5],
    [3, 5],
  ],
  [[3, 5], [5]],
  [[], [2, 3, 4]],
  [
    [3, 1],
    [1, 5],
  ],
  [
    [2, 1, 3, 1],
    [4, 1, 5],
  ],
]

const pair = (left: Shape, right: Shape): string => `${formatShape(left)} and ${formatShape(right)}`

function unary(build: (x: Tensor) => Tensor, sample: (shape: Shape) => OperandSample = normal): Case[] {
  return unaryShapes.map((shape) => example(formatShape(shape), [sample(shape)], (x) => build(x!)))
}

function binary(
  build: (left: Tensor, right: Tensor) => Tensor,
  sample: (shape: Shape) => OperandSample = nonzero,
): Case[] {
  return binaryShapes.map(([left, right]) =>
    example(pair(left, right), [sample(left), sample(right)], (a, b) => build(a!, b!)),
  )
}

/** Comparisons of floats drawn apart and of whole numbers that are often equal. */
function comparison(build: (left: Tensor, right: Tensor) => Tensor): Case[] {
  const small = (shape: Shape): OperandSample => integers(shape, 3)
  const tie = example(
    'equal floats',
    [values([3], [1, 2, 0]), values([3], [1, 1, -0])],
    (a, b) => build(a!, b!),
    {
      gradient: { is: 'zero', because: 'a truth value has no slope' },
    },
  )
  return [
    ...binary(build),
    ...binary(build, small).map((one) => ({ ...one, description: `${one.description} int32` })),
    tie,
  ]
}

function reduction(build: (x: Tensor, ...axes: number[]) => Tensor): Case[] {
  const variants: readonly (readonly [Shape, readonly number[]])[] = [
    [[7], [0]],
    [[3, 5], [0]],
    [[3, 5], [1]],
    [
      [3, 5],
      [0, 1],
    ],
    [[2, 3, 4], [1]],
    [
      [2, 3, 4],
      [0, 2],
    ],
    [[2, 1, 3, 5], [1]],
    [
      [2, 1, 3, 5],
      [1, 3],
    ],
    [
      [2, 3, 2, 3],
      [0, 1, 2, 3],
    ],
  ]
  return variants.map(([shape, axes]) =>
    example(`${formatShape(shape)} along ${axes.join(', ')}`, [normal(shape)], (x) => build(x!, ...axes)),
  )
}

function matrixProducts(): Case[] {
  const sizes = { leading: [[], [2], [2, 3]] as const, m: 3, k: 5, n: 7 }
  const product = (
    m: number,
    k: number,
    n: number,
    leading: Shape,
    left: boolean,
    right: boolean,
    add: boolean,
  ) => {
    const operands = [
      normal([...leading, ...(left ? [k, m] : [m, k])]),
      normal([...leading, ...(right ? [n, k] : [k, n])]),
      ...(add ? [normal([m, n])] : []),
    ]
    const words = `${formatShape(leading)} ${m}×${k}×${n}${left ? ', left transposed' : ''}${
      right ? ', right transposed' : ''
    }${add ? ', addend' : ''}`
    return example(words, operands, (a, b, c) => {
      return ops.matmul(a!, b!, { transposeLeft: left, transposeRight: right, ...(c && { addend: c }) })
    })
  }
  const combinations = [false, true].flatMap((left) => [false, true].map((right) => [left, right] as const))
  return combinations.flatMap(([left, right]) => [
    ...sizes.leading.map((leading) => product(sizes.m, sizes.k, sizes.n, leading, left, right, false)),
    product(sizes.m, sizes.k, sizes.n, [], left, right, true),
    product(1, 4, 3, [], left, right, false),
    product(4, 1, 3, [], left, right, true),
    product(3, 4, 1, [3], left, right, false),
  ])
}

const ofACast = { is: 'convention', because: 'a cast lets the gradient through, rounded' } as const

/** What every primitive is tried on. */
export const primitiveCases: { readonly [P in Primitive]: readonly Case[] } = {
  input: [...unary((x) => x), example('int32', [integers([2, 3], 100)], (x) => x!)],
  constant: [
    example('float32 scalar', [], () => ops.scalar(0.1)),
    example('float32 [2, 3]', [], () => ops.constant([1, -2, 3.5, 0, 0.1, 1 / 3], [2, 3])),
    example('tiny', [], () => ops.constant([1e-20, -3e-30], [2])),
    example('int32 range', [], () => ops.range(5)),
    example('bool', [], () => ops.constant([0, 1, 1, 0], [2, 2], 'bool')),
    example('rank 4 as an operand', [normal([3])], (x) => ops.add(x!, ops.constant([1, 2], [1, 2, 1, 1]))),
  ],
  negate: unary(ops.negate),
  absolute: unary(ops.absolute, nonzero),
  exponential: unary(ops.exponential),
  logarithm: unary(ops.logarithm, positive),
  squareRoot: unary(ops.squareRoot, positive),
  reciprocal: unary(ops.reciprocal, nonzero),
  sigmoid: [
    ...unary(ops.sigmoid),
    example('far from zero', [values([4], [-100, -20, 20, 100])], (x) => ops.sigmoid(x!), { floor: 1e-2 }),
  ],
  arctangent: [
    ...unary(ops.arctangent),
    example('far from zero', [values([4], [-1e6, -50, 50, 1e6])], (x) => ops.arctangent(x!)),
  ],
  sign: [
    ...unary(ops.sign, nonzero),
    example('of zero', [zeros([2])], (x) => ops.sign(x!), {
      gradient: { is: 'zero', because: 'steps have no slope that training could use' },
    }),
  ],
  roundToBfloat16: [
    ...unary(ops.roundToBfloat16),
    // 1 + n/128 are neighbours; the numbers in the middle go to the even one.
    example(
      'ties',
      [
        values(
          [8],
          [1 + 1 / 256, 1 + 3 / 256, -1 - 1 / 256, -1 - 3 / 256, 1 + 1 / 256 + 2 ** -23, 257, 259, 0],
        ),
      ],
      (x) => ops.roundToBfloat16(x!),
    ),
    example('far from one', [values([6], [1e-30, -3e-36, 1e20, -2.5e30, 3.3e38, 1e5])], (x) =>
      ops.roundToBfloat16(x!),
    ),
    example(
      'beyond the largest',
      [values([4], [3.4e38, -3.4e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])],
      (x) => ops.roundToBfloat16(x!),
    ),
  ].map((one): Case => ({ ...one, tolerance: 0, gradient: ofACast })),
  add: binary(ops.add),
  subtract: binary(ops.subtract),
  multiply: binary(ops.multiply),
  divide: [
    ...binary(ops.divide),
    example('by zero', [values([3], [1, -1, 2]), zeros([3])], (a, b) => ops.divide(a!, b!), {
      gradient: { is: 'undefined', because: 'the quotient is infinite' },
    }),
  ],
  maximum: [
    ...binary(ops.maximum),
    example('of equal numbers', [values([2], [1, -1]), values([2], [1, -1])], (a, b) => ops.maximum(a!, b!), {
      gradient: { is: 'convention', because: 'a tie is a kink' },
    }),
  ],
  greater: comparison(ops.greater),
  greaterOrEqual: comparison(ops.greaterOrEqual),
  equal: comparison(ops.equal),
  and: binary(ops.and, bits),
  or: binary(ops.or, bits),
  not: unary(ops.not, bits),
  select: [
    example('[3, 5] all', [bits([3, 5]), normal([3, 5]), normal([3, 5])], (c, a, b) =>
      ops.select(c!, a!, b!),
    ),
    example('scalar condition', [bits([]), normal([2, 3]), normal([3])], (c, a, b) => ops.select(c!, a!, b!)),
    example('stretched', [bits([4, 1]), normal([3, 1, 5]), number(0)], (c, a, b) => ops.select(c!, a!, b!)),
    example(
      'rank 4',
      [bits([2, 1, 1, 5]), normal([]), normal([3, 1, 5])],
      (c, a, b) => ops.select(c!, a!, b!),
      { floor: 0.1 }, // the gradient of the number is a sum of 15 that nearly cancel
    ),
    example('int32', [bits([2, 3]), integers([2, 3], 9), integers([1], 9)], (c, a, b) =>
      ops.select(c!, a!, b!),
    ),
  ],
  cast: [
    example('float32 to int32', [values([5], [-2.7, -0.2, 0.2, 2.7, 1e6 + 0.5])], (x) =>
      ops.cast(x!, 'int32'),
    ),
    example('float32 to bool', [values([3], [-1, 0.5, 2])], (x) => ops.cast(x!, 'bool')),
    example('int32 to float32', [integers([2, 3], 1000)], (x) => ops.cast(x!, 'float32')),
    example('int32 to bool', [integers([2, 3], 2)], (x) => ops.cast(x!, 'bool')),
    example('bool to float32', [bits([2, 3])], (x) => ops.cast(x!, 'float32')),
    example('bool to int32', [bits([])], (x) => ops.cast(x!, 'int32')),
  ],
  reduceSum: reduction(ops.reduceSum),
  reduceMaximum: [
    ...reduction(ops.reduceMaximum),
    example('equal maxima', [values([2, 3], [1, 1, 0, 2, 2, 2])], (x) => ops.reduceMaximum(x!, 1), {
      gradient: { is: 'convention', because: 'a tie is a kink' },
    }),
  ],
  reshape: [
    example('[3, 4] to [2, 6]', [normal([3, 4])], (x) => ops.reshape(x!, [2, 6])),
    example('[] to [1, 1]', [normal([])], (x) => ops.reshape(x!, [1, 1])),
    example('[1, 1, 1] to []', [normal([1, 1, 1])], (x) => ops.reshape(x!, [])),
    example('[2, 3, 5] to [30]', [normal([2, 3, 5])], (x) => ops.reshape(x!, [30])),
    example('int32 [6] to [1, 2, 3, 1]', [integers([6], 9)], (x) => ops.reshape(x!, [1, 2, 3, 1])),
  ],
  transpose: [
    example('[3, 5]', [normal([3, 5])], (x) => ops.transpose(x!, 1, 0)),
    example('[2, 3, 4] forward', [normal([2, 3, 4])], (x) => ops.transpose(x!, 1, 2, 0)),
    example('[2, 3, 4] backward', [normal([2, 3, 4])], (x) => ops.transpose(x!, 2, 0, 1)),
    example('heads', [normal([2, 5, 3, 4])], (x) => ops.transpose(x!, 0, 2, 1, 3)),
    example('int32', [integers([2, 3], 9)], (x) => ops.transpose(x!, 1, 0)),
  ],
  broadcast: [
    example('[] to [3, 5]', [normal([])], (x) => ops.broadcast(x!, [3, 5])),
    example('[3, 1] to [3, 5]', [normal([3, 1])], (x) => ops.broadcast(x!, [3, 5])),
    example('[3, 1] to [2, 3, 5]', [normal([3, 1])], (x) => ops.broadcast(x!, [2, 3, 5])),
    example('[1, 4] to [1, 1, 3, 4]', [normal([1, 4])], (x) => ops.broadcast(x!, [1, 1, 3, 4])),
    example('[1] to [1, 1]', [normal([1])], (x) => ops.broadcast(x!, [1, 1])),
    example('int32', [integers([1], 9)], (x) => ops.broadcast(x!, [4])),
  ],
  slice: [
    example('[7] inside', [normal([7])], (x) => ops.slice(x!, 0, 2, 5)),
    example('[3, 5] first column', [normal([3, 5])], (x) => ops.slice(x!, 1, 0, 1)),
    example('[3, 5] last rows', [normal([3, 5])], (x) => ops.slice(x!, 0, 1, 3)),
    example('[2, 3, 4] middle axis', [normal([2, 3, 4])], (x) => ops.slice(x!, 1, 1, 2)),
    example('[2, 3, 1, 4] last axis', [normal([2, 3, 1, 4])], (x) => ops.slice(x!, 3, 1, 3)),
    example('int32', [integers([2, 3], 9)], (x) => ops.slice(x!, 1, 1, 3)),
  ],
  concatenate: [
    example('two vectors', [normal([3]), normal([1])], (a, b) => ops.concatenate(0, a!, b!)),
    example('rows', [normal([2, 3]), normal([1, 3])], (a, b) => ops.concatenate(0, a!, b!)),
    example('three along the middle', [normal([2, 1, 2]), normal([2, 3, 2]), normal([2, 2, 2])], (...parts) =>
      ops.concatenate(1, ...parts),
    ),
    example('rank 4, last axis', [normal([2, 1, 3, 2]), normal([2, 1, 3, 1])], (a, b) =>
      ops.concatenate(3, a!, b!),
    ),
    example('a tensor with itself', [normal([2, 3])], (x) => ops.concatenate(1, x!, x!)),
    example('int32', [integers([2, 1], 9), integers([2, 2], 9)], (a, b) => ops.concatenate(1, a!, b!)),
  ],
  gatherRows: [
    example('[6, 3] at [4]', [normal([6, 3]), integers([4], 6)], (t, i) => ops.gatherRows(t!, i!)),
    example('[6, 3] at []', [normal([6, 3]), integers([], 6)], (t, i) => ops.gatherRows(t!, i!)),
    example('repeated rows at [2, 5]', [normal([3, 2]), integers([2, 5], 3)], (t, i) =>
      ops.gatherRows(t!, i!),
    ),
    example('a table of one row', [normal([1, 4]), integers([3], 1)], (t, i) => ops.gatherRows(t!, i!)),
    example('a large table', [normal([1030, 1]), values([4], [0, 1029, 5, 5], 'int32')], (t, i) =>
      ops.gatherRows(t!, i!),
    ),
  ],
  scatterAddRows: [
    example('repeated rows', [integers([7], 3), normal([7, 2])], (i, u) => ops.scatterAddRows(i!, u!, 4)),
    example('indices [2, 3]', [integers([2, 3], 5), normal([2, 3, 2])], (i, u) =>
      ops.scatterAddRows(i!, u!, 5),
    ),
    example('one index', [integers([], 3), normal([4])], (i, u) => ops.scatterAddRows(i!, u!, 3)),
  ],
  matmul: matrixProducts(),
  stopGradient: [
    example('[3, 5]', [normal([3, 5])], (x) => ops.stopGradient(x!), {
      gradient: { is: 'zero', because: 'that is what it is for' },
    }),
    example(
      'beside an open path',
      [normal([3])],
      (x) => ops.add(ops.stopGradient(x!), ops.multiply(x!, x!)),
      {
        gradient: { is: 'convention', because: 'one of the two paths is closed' },
      },
    ),
  ],
  after: [
    example('[3, 5]', [normal([3, 5]), normal([2])], (x, token) => ops.after(x!, ops.exponential(token!))),
    example('used twice', [normal([3])], (x) => ops.multiply(x!, ops.after(x!, ops.exponential(x!)))),
    example('int32', [integers([3], 9), normal([2])], (x, token) => ops.after(x!, token!)),
  ],
}
