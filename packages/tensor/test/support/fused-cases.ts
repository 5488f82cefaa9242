import type { Fused, Tensor } from '../../src/graph/operations.ts'
import { formatShape, type Shape } from '../../src/graph/types.ts'
import * as fused from '../../src/ops/fused.ts'
import * as ops from '../../src/ops/primitives.ts'
import type { Case } from './cases.ts'
import {
  example,
  fraction,
  integers,
  nonzero,
  normal,
  number,
  type OperandSample,
  positive,
  values,
  zeros,
} from './operands.ts'

const ignored = -100

/** Losses of class labels: every rank, ignored labels, logits that overflow a careless exponential. */
function crossEntropies(build: (logits: Tensor, labels: Tensor) => Tensor): Case[] {
  const loss = (description: string, logits: OperandSample, labels: OperandSample) =>
    example(description, [logits, labels], (x, y) => build(x!, y!))
  const large = [60, -60, 0.5, 1000, -1000, 1000.5, -80, -70, -90]
  return [
    loss('one row', nonzero([7]), integers([], 7)),
    loss('[4, 5]', nonzero([4, 5]), integers([4], 5)),
    loss('[2, 3, 11]', nonzero([2, 3, 11]), integers([2, 3], 11)),
    loss('[1, 2, 1, 5]', nonzero([1, 2, 1, 5]), integers([1, 2, 1], 5)),
    loss('ignored labels', nonzero([4, 3]), values([4], [2, ignored, 0, ignored], 'int32')),
    loss('nothing but ignored labels', nonzero([2, 3]), values([2], [ignored, -1], 'int32')),
    loss('large logits', values([3, 3], large), values([3], [1, 2, 0], 'int32')),
    loss('one class', nonzero([3, 1]), values([3], [0, ignored, 0], 'int32')),
  ]
}

/** weights, moment1, moment2, learningRate, weightDecay, correction1, correction2 */
function adam(
  description: string,
  operands: readonly OperandSample[],
  options: Parameters<typeof example>[3] = {},
) {
  return example(
    description,
    operands,
    (...inputs) => {
      const [weights, moment1, moment2, learningRate, weightDecay, correction1, correction2] = inputs as Seven
      return fused.adamAtan2({
        weights,
        moment1,
        moment2,
        learningRate,
        weightDecay,
        correction1,
        correction2,
      })
    },
    options,
  )
}

type Seven = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]

function descent(
  description: string,
  shape: readonly [number, number],
  identifiers: readonly number[],
): Case {
  const operands = [
    normal(shape),
    nonzero(shape),
    values([shape[0]], identifiers, 'int32'),
    number(0.01),
    number(0.1),
  ]
  return example(description, operands, (...inputs) => {
    const [rows, gradients, names, learningRate, weightDecay] = inputs as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ]
    return fused.signDescent({ rows, gradients, identifiers: names, learningRate, weightDecay })
  })
}

const norm = (shape: Shape, axis: number, epsilon = 1e-5): Case =>
  example(`${formatShape(shape)} along ${axis}, epsilon ${epsilon}`, [normal(shape)], (x) =>
    fused.rmsNorm(x!, axis, epsilon),
  )

/** [L, d] as models make them: both halves of the last axis hold the same angles, which the gradient relies on. */
function angles(shape: readonly [number, number], of: (angle: number) => number): OperandSample {
  const half = shape[1] / 2
  return {
    shape,
    dtype: 'float32',
    sample: (_, position) => of(Math.floor(position / shape[1]) * 0.7 ** (position % half)),
  }
}

const rotation = (...shape: [...number[], number, number]): Case => {
  const table = shape.slice(-2) as [number, number]
  return example(
    formatShape(shape),
    [normal(shape), angles(table, Math.cos), angles(table, Math.sin)],
    (x, cosine, sine) => fused.rotary(x!, cosine!, sine!),
    { differentiable: [0] }, // the tables are constants of a model
  )
}

const attend = (shape: Shape, scale = 1): Case =>
  example(
    `${formatShape(shape)}, scale ${scale}`,
    [normal(shape, scale), normal(shape, scale), normal(shape)],
    (q, k, v) => fused.attention(q!, k!, v!),
    { floor: 1e-3 },
  )

/** What every fused operation is tried on. */
export const fusedCases: { readonly [F in Fused]: readonly Case[] } = {
  linear: [
    example('[5]', [normal([5]), normal([3, 5])], (x, w) => fused.linear(x!, w!)),
    example('[4, 5]', [normal([4, 5]), normal([7, 5])], (x, w) => fused.linear(x!, w!)),
    example('[2, 3, 5]', [normal([2, 3, 5]), normal([7, 5])], (x, w) => fused.linear(x!, w!)),
    example('[2, 1, 3, 1]', [normal([2, 1, 3, 1]), normal([2, 1])], (x, w) => fused.linear(x!, w!)),
    example('one output', [normal([3, 4]), normal([1, 4])], (x, w) => fused.linear(x!, w!)),
    example('one weight used twice', [normal([3, 4]), normal([4, 4])], (x, w) =>
      fused.linear(fused.linear(x!, w!), w!),
    ),
  ],
  rmsNorm: [
    norm([7], -1),
    norm([3, 5], -1),
    norm([3, 5], 0),
    norm([2, 3, 4], 1, 1e-2),
    norm([2, 3, 1, 5], 3),
    example('zeros', [zeros([2, 3])], (x) => fused.rmsNorm(x!, -1, 1)),
  ],
  swiglu: [
    example('[]', [normal([]), normal([])], (g, u) => fused.swiglu(g!, u!)),
    example('[3, 5]', [normal([3, 5]), normal([3, 5])], (g, u) => fused.swiglu(g!, u!)),
    example('[2, 3, 1, 2]', [normal([2, 3, 1, 2]), normal([2, 3, 1, 2])], (g, u) => fused.swiglu(g!, u!)),
    example('far from zero', [values([4], [-100, -20, 20, 100]), normal([4])], (g, u) =>
      fused.swiglu(g!, u!),
    ),
  ],
  softmax: [
    example('[5]', [normal([5])], (x) => fused.softmax(x!)),
    example('[3, 7]', [normal([3, 7])], (x) => fused.softmax(x!)),
    example('[2, 2, 3, 5]', [normal([2, 2, 3, 5])], (x) => fused.softmax(x!)),
    example('[3, 1]', [normal([3, 1])], (x) => fused.softmax(x!)),
    example('far from zero', [values([2, 3], [1000, 999, -1000, -1000, -999, -1000.5])], (x) =>
      fused.softmax(x!),
    ),
  ],
  rotary: [rotation(5, 4), rotation(3, 5, 2), rotation(2, 3, 5, 6)],
  attention: [attend([1, 1, 1, 2]), attend([2, 2, 5, 4]), attend([1, 3, 7, 6]), attend([1, 1, 3, 4], 6)],
  embedding: [
    example('[6, 3] at [4]', [normal([6, 3]), integers([4], 6)], (t, i) => fused.embedding(t!, i!)),
    example('repeated rows at [2, 5]', [normal([3, 2]), integers([2, 5], 3)], (t, i) =>
      fused.embedding(t!, i!),
    ),
    example('[6, 3] at []', [normal([6, 3]), integers([], 6)], (t, i) => fused.embedding(t!, i!)),
  ],
  stablemaxCrossEntropy: crossEntropies(fused.stablemaxCrossEntropy),
  softmaxCrossEntropy: crossEntropies(fused.softmaxCrossEntropy),
  binaryCrossEntropy: [
    example('[]', [nonzero([]), fraction([])], (x, t) => fused.binaryCrossEntropy(x!, t!)),
    example('[3, 5]', [nonzero([3, 5]), fraction([3, 5])], (x, t) => fused.binaryCrossEntropy(x!, t!)),
    example('one target for all', [nonzero([2, 3, 4]), fraction([])], (x, t) =>
      fused.binaryCrossEntropy(x!, t!),
    ),
    example('far from zero', [values([4], [-100, 100, -1000, 1000]), values([4], [0, 0, 1, 1])], (x, t) =>
      fused.binaryCrossEntropy(x!, t!),
    ),
  ],
  interpolate: [
    example('[3, 5], scalar weight', [normal([3, 5]), normal([3, 5]), number(0.1)], (a, b, w) =>
      fused.interpolate(a!, b!, w!),
    ),
    example('[2, 3], a weight each', [normal([2, 3]), normal([2, 3]), fraction([2, 3])], (a, b, w) =>
      fused.interpolate(a!, b!, w!),
    ),
    example('towards a scalar', [normal([2, 3, 1, 2]), normal([]), number(0.9)], (a, b, w) =>
      fused.interpolate(a!, b!, w!),
    ),
  ],
  secondMoment: [
    example('[3, 5]', [positive([3, 5]), normal([3, 5]), number(0.05)], (a, g, w) =>
      fused.secondMoment(a!, g!, w!),
    ),
    example('[7]', [positive([7]), normal([7]), number(0.999)], (a, g, w) => fused.secondMoment(a!, g!, w!), {
      tolerance: 1e-4, // 1 − 0.999 keeps four digits in float32
    }),
  ],
  adamAtan2: [
    adam('[3, 5]', [normal([3, 5]), normal([3, 5]), positive([3, 5]), ...[0.01, 0.1, 0.3, 0.2].map(number)]),
    adam('[2, 3, 2], large steps', [
      normal([2, 3, 2]),
      normal([2, 3, 2], 10),
      positive([2, 3, 2]),
      ...[1, 0.5, 1, 1].map(number),
    ]),
    adam(
      'moments zero, or only the second',
      [
        normal([4]),
        values([4], [0, 1e-3, -1e-3, 0]),
        values([4], [0, 0, 0, 1]),
        ...[0.01, 0.1, 0.1, 0.05].map(number),
      ],
      { gradient: { is: 'undefined', because: 'the square root is vertical at zero' } },
    ),
  ],
  signDescent: [
    descent('different identifiers', [3, 4], [4, 0, 7]),
    descent('repeated identifiers', [5, 3], [2, 7, 2, 2, 7]),
    descent('one row', [1, 5], [3]),
  ],
  stage: [
    example('one operand', [normal([3, 5])], (x) =>
      fused.stage('square', true, (y) => ops.multiply(y!, ops.exponential(y!)), x!),
    ),
    example(
      'a layer',
      [normal([4, 3]), normal([6, 3]), normal([6, 3]), normal([3, 6])],
      (x, gate, up, down) => {
        const layer = (y: Tensor, g: Tensor, u: Tensor, d: Tensor): Tensor => {
          const inner = fused.swiglu(fused.linear(y, g), fused.linear(y, u))
          return fused.rmsNorm(ops.add(y, fused.linear(inner, d)))
        }
        const body = (...inputs: readonly Tensor[]) => layer(...(inputs as [Tensor, Tensor, Tensor, Tensor]))
        return fused.stage('layer', true, body, x!, gate!, up!, down!)
      },
    ),
    example('kept', [normal([3, 5])], (x) =>
      fused.stage('square', false, (y) => ops.multiply(y!, ops.exponential(y!)), x!),
    ),
    example('inside another', [normal([2, 3])], (x) =>
      fused.stage(
        'outer',
        true,
        (y) =>
          ops.add(
            fused.stage('inner', true, (z) => ops.arctangent(z!), ops.multiply(y!, y!)),
            y!,
          ),
        x!,
      ),
    ),
    example('an int32 operand', [normal([4, 3]), integers([5], 4)], (t, i) =>
      fused.stage(
        'lookup',
        true,
        (table, indices) => ops.exponential(fused.embedding(table!, indices!)),
        t!,
        i!,
      ),
    ),
  ],
}
