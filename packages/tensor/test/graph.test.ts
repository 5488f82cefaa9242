import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '../src/errors.ts'
import { createNode } from '../src/graph/node.ts'
import type { Node, Tensor } from '../src/graph/operations.ts'
import { printProgram } from '../src/graph/print.ts'
import { nodesOf, type Program, trace } from '../src/graph/program.ts'
import type { DataType } from '../src/graph/types.ts'
import { verifyProgram } from '../src/graph/verify.ts'
import * as fused from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'
import { allCases } from './support/cases.ts'
import { forwardProgram, gradientProgram } from './support/programs.ts'

const tensor = (shape: readonly number[], dtype: DataType = 'float32'): Tensor =>
  createNode('input', [], { name: 'x', role: 'feed', shape, dtype })

function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

describe('errors of operations', () => {
  const expectedMessages: readonly (readonly [string, () => unknown, string])[] = [
    [
      'matmul, inner lengths',
      () => ops.matmul(tensor([3, 4]), tensor([5, 6])),
      'matmul: expected left [..., M, K] and right [..., K, N] (before transposing) with equal leading axes; K is 4 ' +
        'and 5, got float32[3, 4], float32[5, 6]. Transpose or reshape one operand.',
    ],
    [
      'matmul, leading axes',
      () => ops.matmul(tensor([2, 3, 4]), tensor([3, 4, 5])),
      'matmul: expected left [..., M, K] and right [..., K, N] (before transposing) with equal leading axes, got ' +
        'float32[2, 3, 4], float32[3, 4, 5]. Reshape.',
    ],
    [
      'concatenate',
      () => ops.concatenate(1, tensor([2, 3]), tensor([3, 3])),
      'concatenate: expected operands alike but for axis 1, got float32[2, 3], float32[3, 3]. Check the other axes.',
    ],
    [
      'reshape',
      () => ops.reshape(tensor([2, 3]), [4, 2]),
      'reshape: expected a shape of as many elements, not [4, 2], got float32[2, 3]. Check the product.',
    ],
    [
      'type',
      () => ops.add(tensor([2]), tensor([2], 'int32')),
      'add: expected operands of type float32, float32, got float32[2], int32[2]. Cast or add what is missing.',
    ],
    [
      'broadcasting',
      () => ops.add(tensor([2, 3]), tensor([2])),
      'add: expected two shapes that broadcast together (equal lengths, or 1, counted from the last axis), got ' +
        '[2, 3] and [2]. Reshape or broadcast one operand explicitly.',
    ],
    [
      'slice',
      () => ops.slice(tensor([2, 3]), 1, 2, 4),
      'slice: expected a range within axis 1, not 2..4, got float32[2, 3]. Check axis, start and end.',
    ],
    [
      'linear',
      () => fused.linear(tensor([2, 3]), tensor([3, 4])),
      'linear: expected x [..., K] and weight [N, K], got float32[2, 3], float32[3, 4]. The last axis of x must be ' +
        'the fan-in of the weight.',
    ],
  ]
  for (const [description, action, message] of expectedMessages)
    test(description, () => assert.equal(messageOf(action), message))

  test('an update of another shape, or of no state', () => {
    const types = { feeds: {}, states: { total: { shape: [2], dtype: 'float32' } } } as const
    const update = (name: string) =>
      messageOf(() => trace('sum', types, () => ({ outputs: {}, updates: { [name]: tensor([3]) } })))
    assert.equal(
      update('total'),
      'program sum, update of total: expected float32[2], got float32[3]. States are: total.',
    )
    assert.equal(
      update('totals'),
      'program sum, update of totals: expected the name of a state, got float32[3]. States are: total.',
    )
  })
})

/** A small training step with something of everything. */
function exampleProgram(): Program {
  const types = {
    feeds: { tokens: { shape: [2, 3], dtype: 'int32' }, labels: { shape: [2, 3], dtype: 'int32' } },
    states: { table: { shape: [5, 4], dtype: 'float32' }, steps: { shape: [], dtype: 'float32' } },
  } as const
  return trace('example', types, ({ feeds, states }) => {
    const x = fused.rmsNorm(fused.embedding(states.table, feeds.tokens), -1, 1e-5)
    const logits = ops.matmul(ops.reshape(x, [6, 4]), states.table, { transposeRight: true })
    const losses = fused.softmaxCrossEntropy(ops.reshape(logits, [2, 3, 5]), feeds.labels)
    const scaled = ops.multiply(losses, ops.constant([0.1, 0.2, 0.3, 1 / 3, 0.5, 0.6], [2, 3]))
    const squared = fused.stage('square', true, (y) => ops.multiply(y!, y!), ops.slice(scaled, 1, 0, 2))
    return { outputs: { loss: ops.sumAll(squared) }, updates: { steps: ops.add(states.steps, 1) } }
  })
}

test('a printed program', () => {
  assert.equal(
    printProgram(exampleProgram()),
    `program example
%0 = feed tokens: int32[2, 3]
%1 = feed labels: int32[2, 3]
%2 = state table: float32[5, 4]
%3 = state steps: float32[]
%4 = embedding %2 %0: float32[2, 3, 4]
%5 = rmsNorm %4 axis=2 epsilon=0.00001: float32[2, 3, 4]
%6 = reshape %5: float32[6, 4]
%7 = matmul %6 %2 transposeRight: float32[6, 5]
%8 = reshape %7: float32[2, 3, 5]
%9 = softmaxCrossEntropy %8 %1: float32[2, 3]
%10 = constant [0.1, 0.2, 0.3, 0.333333, … 6 values]: float32[2, 3]
%11 = multiply %9 %10: float32[2, 3]
%12 = slice %11 axis=1 start=0 end=2: float32[2, 2]
%13 = stage %12 name=square recompute: float32[2, 2]
%14 = reduceSum %13 axes=[0, 1]: float32[1, 1]
%15 = reshape %14: float32[]
%16 = constant 1: float32[]
%17 = add %3 %16: float32[]
output loss = %15
update steps = %17
`,
  )
})

describe('verifyProgram', () => {
  test('accepts traced programs and their gradients', () => {
    verifyProgram(exampleProgram())
    for (const [operation, example] of allCases) {
      const program = forwardProgram(example)
      verifyProgram(program)
      verifyProgram(gradientProgram(example))
      assert.ok(
        nodesOf(program).some((node) => node.operation === operation),
        `${operation} is what is tried`,
      )
    }
  })

  /** A program with one result that is broken by hand; the numbers of its nodes are cut from the message. */
  const complaint = (break_: (x: Tensor) => Node, changes: Partial<Program> = {}): string => {
    const program = trace(
      'hand',
      { feeds: { x: { shape: [2, 3], dtype: 'float32' } }, states: {} },
      ({ feeds }) => ({
        outputs: { y: break_(feeds.x) },
      }),
    )
    return messageOf(() => verifyProgram({ ...program, ...changes })).replace(/%\d+/g, '%n')
  }

  test('a node with a wrong shape', () => {
    assert.equal(
      complaint((x) => ({ ...ops.negate(x), shape: [3, 2] })),
      'program hand, node %n negate: expected float32[2, 3], as its rule in shapes.ts gives, got float32[3, 2]. ' +
        'Make nodes with createNode or withInputs, which apply the rule.',
    )
  })

  test('an operand that is younger than its user', () => {
    assert.equal(
      complaint((x) => ({ ...ops.negate(x), inputs: [ops.exponential(x)] })),
      'program hand, node %n negate: expected operands with smaller numbers, got operand %n. ' +
        'Make nodes with createNode or withInputs, which number them in order.',
    )
  })

  test('an operand that the rule refuses', () => {
    assert.match(
      complaint((x) => ({ ...ops.negate(x), inputs: [ops.greater(x, 0)], id: Number.MAX_SAFE_INTEGER })),
      /^program hand, node %n negate: expected operands of type float32, got bool\[2, 3\]/,
    )
  })

  test('an input of another program', () => {
    assert.equal(
      complaint(() => tensor([2])),
      'program hand, node %n input "x": expected a feed that the program declares, got a tensor outside x. ' +
        'Use only the tensors that trace passed to the traced function.',
    )
  })

  test('a feed and a state of one name', () => {
    const states = { x: createNode('input', [], { name: 'x', role: 'state', shape: [], dtype: 'float32' }) }
    assert.equal(
      complaint(ops.negate, { states }),
      'program hand, state x: expected a unique name, got a state and a feed with the same name. ' +
        'Rename the feed or the state.',
    )
  })

  test('a truth value as feed or result', () => {
    assert.equal(
      complaint((x) => ops.greater(x, 0)),
      'program hand, output y: expected a float32 or int32 result, got %n greater bool[2, 3]. ' +
        'Cast it to int32 or float32.',
    )
    assert.match(
      complaint(ops.negate, { feeds: { x: tensor([2], 'bool') } }),
      /^program hand, feed x: expected a float32 or int32 input node with that name and role, got %n input bool\[2\]/,
    )
  })

  test('an update that fits no state', () => {
    assert.equal(
      complaint(ops.negate, { updates: { total: ops.scalar(1) } }),
      'program hand, update total: expected the name of a state: (none), got %n constant float32[]. ' +
        'A new value replaces the old one in place, so it must have the same shape.',
    )
  })
})
