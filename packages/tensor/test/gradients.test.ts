import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gradients } from '../src/autodiff/gradient.ts'
import { evaluate, type ReferenceInputs } from '../src/executors/reference/evaluate.ts'
import type { Tensor } from '../src/graph/operations.ts'
import { nodesOf, type TensorTypes, trace } from '../src/graph/program.ts'
import * as fused from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'
import { type Case, cases } from './support/cases.ts'
import { assertClose } from './support/compare.ts'
import { float, type Layer, layer, layerTypes, readOut, recomputedLayer } from './support/layer.ts'
import { feedsOf, gradientProgram, lossProgram, operandName, randomFeeds } from './support/programs.ts'

/** Truncation and rounding of a central difference in doubles are both near 1e-10 at this step. */
const step = 1e-5
const tolerance = 1e-6

/** Central differences of a scalar output with respect to one feed. */
function differences(
  loss: (feeds: ReferenceInputs) => number,
  feeds: ReferenceInputs,
  name: string,
): Float64Array {
  const { dtype, shape, data } = feeds[name]!
  return Float64Array.from(data, (value, position) => {
    const at = (moved: number) => {
      const copy = Float64Array.from(data)
      copy[position] = moved
      return loss({ ...feeds, [name]: { dtype, shape, data: copy } })
    }
    return (at(value + step) - at(value - step)) / (2 * step)
  })
}

function checkCase(example: Case): void {
  const feeds = feedsOf(example)
  const program = lossProgram(example)
  const { outputs } = evaluate(gradientProgram(example), feeds)
  for (const index of example.differentiable) {
    const name = operandName(index)
    const { shape, data } = outputs[name]!
    assert.deepEqual(shape, example.operands[index]!.shape)
    if (example.gradient.is === 'zero')
      assert.ok(
        data.every((value) => value === 0),
        `${name} has no gradient`,
      )
    if (example.gradient.is !== 'difference') continue
    const loss = (moved: ReferenceInputs) => evaluate(program, moved).outputs.loss!.data[0]!
    assertDerivative(data, differences(loss, feeds, name), name)
  }
}

/** Relative to the largest element, and never finer than what the differences resolve. */
function assertDerivative(actual: Float64Array, expected: Float64Array, what: string): void {
  const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-2)
  expected.forEach((wanted, position) => {
    const error = Math.abs(actual[position]! - wanted) / size
    assert.ok(
      error <= tolerance,
      `d ${what}[${position}]: differences ${wanted}, gradient ${actual[position]}`,
    )
  })
}

for (const [operation, list] of Object.entries(cases)) {
  describe(`gradient of ${operation}`, () => {
    for (const example of list) {
      const { gradient } = example
      const words =
        gradient.is === 'difference' ? 'as finite differences' : `${gradient.is}, ${gradient.because}`
      test(`${example.description}: ${words}`, () => checkCase(example))
    }
  })
}

/** Gradients of a scalar function of named tensors at random values. */
function gradientsOf<T extends TensorTypes>(
  types: T,
  loss: (inputs: { readonly [K in keyof T]: Tensor }) => Tensor,
  values: ReferenceInputs = randomFeeds(types),
): Record<string, Float64Array> {
  const program = trace('gradients', { feeds: types, states: {} }, ({ feeds }) => {
    const names = Object.keys(types)
    const found = gradients(
      loss(feeds),
      names.map((name) => feeds[name as keyof T]),
    )
    return { outputs: Object.fromEntries(names.map((name, index) => [name, found[index]!])) }
  })
  const { outputs } = evaluate(program, values)
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]))
}

describe('gradients', () => {
  test('a stopped path gives nothing, an open one beside it everything', () => {
    const at = { x: { dtype: 'float32', shape: [2], data: [3, -2] } } as const
    const both = gradientsOf({ x: float(2) }, ({ x }) => ops.sumAll(ops.multiply(ops.stopGradient(x), x)), at)
    assert.deepEqual([...both.x!], [3, -2])
    const none = gradientsOf({ x: float(2) }, ({ x }) => ops.sumAll(ops.stopGradient(ops.multiply(x, x))), at)
    assert.deepEqual([...none.x!], [0, 0])
  })

  test('every use of a tensor adds its part', () => {
    const at = { x: { dtype: 'float32', shape: [], data: [3] } } as const
    const { x } = gradientsOf({ x: float() }, ({ x }) => ops.add(ops.multiply(x, x), ops.add(x, x)), at)
    assert.deepEqual([...x!], [8])
    const squares = gradientsOf(
      { x: float() },
      ({ x }) => {
        const square = ops.multiply(x, x)
        return ops.add(ops.multiply(square, square), square)
      },
      at,
    )
    assert.deepEqual([...squares.x!], [4 * 27 + 6])
  })

  test('ties: the left operand of a maximum takes all, equal maxima share', () => {
    const at = {
      x: { dtype: 'float32', shape: [2], data: [1, 1] },
      y: { dtype: 'float32', shape: [2], data: [1, 0] },
    } as const
    const pair = gradientsOf({ x: float(2), y: float(2) }, ({ x, y }) => ops.sumAll(ops.maximum(x, y)), at)
    assert.deepEqual(
      [[...pair.x!], [...pair.y!]],
      [
        [1, 1],
        [0, 0],
      ],
    )
    const shared = gradientsOf({ x: float(2) }, ({ x }) => ops.sumAll(ops.reduceMaximum(x, 0)), { x: at.x })
    assert.deepEqual([...shared.x!], [0.5, 0.5])
  })

  test('an inner tensor can be a target, also on the way to another target', () => {
    const program = trace('inner', { feeds: { x: float() }, states: {} }, ({ feeds }) => {
      const square = ops.multiply(feeds.x, feeds.x)
      const [toSquare, toX] = gradients(ops.multiply(square, 5), [square, feeds.x]) as [Tensor, Tensor]
      return { outputs: { toSquare, toX } }
    })
    const { outputs } = evaluate(program, { x: { dtype: 'float32', shape: [], data: [3] } })
    assert.deepEqual([outputs.toSquare!.data[0], outputs.toX!.data[0]], [5, 30])
  })

  test('a tensor that the loss does not depend on has a gradient of zeros', () => {
    const { y } = gradientsOf({ x: float(2), y: float(2, 3) }, ({ x }) => ops.sumAll(x))
    assert.deepEqual([...y!], [0, 0, 0, 0, 0, 0])
  })

  test('a vector is no loss', () => {
    assert.throws(
      () => gradientsOf({ x: float(2) }, ({ x }) => x),
      /gradients: expected a scalar loss, got an output of shape \[2\]/,
    )
  })

  test('two layers with shared weights: as finite differences', () => {
    const twice = (inputs: Layer) => readOut(layer({ ...inputs, x: layer(inputs) }))
    const feeds = randomFeeds(layerTypes)
    const found = gradientsOf(layerTypes, twice, feeds)
    const program = trace('loss', { feeds: layerTypes, states: {} }, (inputs) => ({
      outputs: { loss: twice(inputs.feeds) },
    }))
    const loss = (moved: ReferenceInputs) => evaluate(program, moved).outputs.loss!.data[0]!
    for (const name of ['x', 'qkv', 'down'])
      assertDerivative(found[name]!, differences(loss, feeds, name), name)
  })

  test('recomputed layers have the gradients of plain ones', () => {
    const plain = gradientsOf(layerTypes, (inputs) => readOut(layer({ ...inputs, x: layer(inputs) })))
    const again = gradientsOf(layerTypes, (inputs) =>
      readOut(recomputedLayer({ ...inputs, x: recomputedLayer(inputs) })),
    )
    for (const name of Object.keys(layerTypes)) assertClose(again[name]!, plain[name]!, 1e-13, name)
  })

  test('recomputation waits for the gradient', () => {
    const program = trace('waiting', { feeds: { x: float(2) }, states: {} }, ({ feeds: { x } }) => {
      const y = fused.stage('exponential', true, (input) => ops.exponential(ops.multiply(input!, 2)), x)
      return { outputs: { toX: gradients(ops.sumAll(ops.multiply(y, y)), [x])[0]! } }
    })
    assert.ok(nodesOf(program).some(({ operation }) => operation === 'after'))
  })

  test('tensors that a recomputed function captures get their gradient too', () => {
    const types = { x: float(2), weight: float(2) }
    const { weight, x } = gradientsOf(types, (inputs) =>
      ops.sumAll(fused.stage('scaled', true, (y) => ops.multiply(y!, inputs.weight), inputs.x)),
    )
    const feeds = randomFeeds(types)
    assert.deepEqual([[...weight!], [...x!]], [[...feeds.x!.data], [...feeds.weight!.data]])
    const onlyCaptured = gradientsOf(types, (inputs) =>
      ops.sumAll(
        fused.stage('scaled', true, (y) => ops.multiply(y!, inputs.weight), ops.constant([2, 3], [2])),
      ),
    )
    assert.deepEqual([...onlyCaptured.weight!], [2, 3])
  })
})
