import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as onnxruntime from 'onnxruntime-node'
import { gradients } from '../src/autodiff/gradient.ts'
import type { Executor } from '../src/executors/executor.ts'
import { createReferenceExecutor } from '../src/executors/reference/executor.ts'
import type { Tensor } from '../src/graph/operations.ts'
import { nodesOf, type Program, trace } from '../src/graph/program.ts'
import { floatTensor } from '../src/graph/types.ts'
import { openExecutor } from '../src/node.ts'
import { lowerToOnnx, outputName } from '../src/onnx/lower.ts'
import { isBfloat16, nearestBfloat16 } from '../src/ops/bfloat16.ts'
import * as ops from '../src/ops/primitives.ts'
import { simplifyProgram } from '../src/ops/rewrite.ts'
import { RandomStream } from '../src/random/random-stream.ts'

/** A float32 by its bits. */
function ofBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!
}

/** By the definition: the nearer of the two neighbours whose lower half is 0, of two equally near ones the even one. */
function byDefinition(bits: number): number {
  const x = ofBits(bits)
  if (!Number.isFinite(x)) return x
  const below = bits & 0xffff0000
  const [a, b] = [ofBits(below), ofBits(below + 0x10000)]
  // Beyond the largest number the next one would be 2¹²⁸.
  const [toA, toB] = [Math.abs(x - a), Math.abs((Number.isFinite(b) ? b : Math.sign(x) * 2 ** 128) - x)]
  if (toA !== toB) return toA < toB ? a : b
  return ((below >>> 16) & 1) === 0 ? a : b
}

/** Every exponent and sign, with fractions at ties, beside ties, and drawn. */
function awkwardBits(lowestExponent: number): Uint32Array {
  const random = new RandomStream(0, 'bfloat16')
  const found: number[] = []
  for (let exponent = lowestExponent; exponent < 255; exponent++)
    for (const upper of [0, 1, 2, 0x40, 0x7e, 0x7f, random.integer(128)])
      for (const lower of [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, random.integer(65_536)])
        for (const sign of [0, 0x80000000]) found.push(sign + exponent * 2 ** 23 + upper * 65_536 + lower)
  return Uint32Array.from(found)
}

const infinities = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

function roundingProgram(count: number): Program {
  const types = { feeds: { x: { shape: [count], dtype: 'float32' } }, states: {} } as const
  return trace('rounding', types, ({ feeds }) => ({ outputs: { y: ops.roundToBfloat16(feeds.x) } }))
}

async function roundedBy(executor: Executor, x: readonly number[]): Promise<ArrayLike<number>> {
  const executable = await executor.compile(roundingProgram(x.length))
  const { outputs } = await executable.run({ x: floatTensor([x.length], x) }, new Map())
  await executable.close()
  return outputs.y!.data
}

async function roundedByModel(
  rounding: 'cast' | 'arithmetic',
  x: readonly number[],
): Promise<ArrayLike<number>> {
  const session = await onnxruntime.InferenceSession.create(
    lowerToOnnx(roundingProgram(x.length), { rounding }),
  )
  const results = await session.run({
    x: new onnxruntime.Tensor('float32', Float32Array.from(x), [x.length]),
  })
  await session.release()
  return results[outputName('y')]!.data as Float32Array
}

describe('rounding to bfloat16', () => {
  const ways: Readonly<Record<string, (x: readonly number[]) => Promise<ArrayLike<number>>>> = {
    'the reference': (x) => roundedBy(createReferenceExecutor(), x),
    wasm: async (x) => roundedBy(await openExecutor({ threads: 1, executor: 'wasm' }), x),
    'Cast of ONNX': (x) => roundedByModel('cast', x),
    'sums and products of ONNX': (x) => roundedByModel('arithmetic', x),
  }
  for (const [name, rounded] of Object.entries(ways))
    test(`${name}: every exponent, ties, infinities, numbers below the normal ones, what is no number`, async () => {
      const bits = awkwardBits(0)
      const values = [...Array.from(bits, ofBits), ...infinities]
      const wanted = [...Array.from(bits, byDefinition), ...infinities]
      const got = await rounded(values)
      // Whether what vanishes keeps its sign is not asked.
      for (const [index, value] of wanted.entries())
        assert.ok(got[index] === value, `${values[index]} → ${got[index]}, not ${value}`)
      assert.deepEqual(Array.from(await rounded([Number.NaN, 1])), [Number.NaN, 1])
    })

  test('a double is rounded as the float32 that it is nearest to', () => {
    assert.equal(nearestBfloat16(1 + 2 ** -8 + 2 ** -40), 1)
    assert.equal(nearestBfloat16(1 + 2 ** -8 + 2 ** -23), 1 + 2 ** -7)
  })

  test('the gradient is rounded as the value is', async () => {
    const types = { feeds: { x: { shape: [2], dtype: 'float32' } }, states: {} } as const
    const cotangent = ops.constant([1.001, -3.0001], [2])
    const program = trace('gradient', types, ({ feeds }) => ({
      outputs: { toX: gradients(ops.roundToBfloat16(feeds.x), [feeds.x], cotangent)[0]! },
    }))
    const executable = await createReferenceExecutor().compile(program)
    const { outputs } = await executable.run({ x: floatTensor([2], [0.1, 0.2]) }, new Map())
    assert.deepEqual([...outputs.toX!.data], [1, -3])
  })
})

describe('what is known to be bfloat16', () => {
  const types = { feeds: { x: { shape: [4, 4], dtype: 'float32' } }, states: {} } as const
  const countOf = (build: (x: Tensor) => Tensor): number => {
    const program = simplifyProgram(
      trace('counted', types, ({ feeds }) => ({ outputs: { y: build(feeds.x) } })),
    )
    return nodesOf(program).filter(({ operation }) => operation === 'roundToBfloat16').length
  }
  const round = ops.roundToBfloat16

  test('values are rounded once, whatever they are viewed as', () => {
    assert.equal(
      countOf((x) => ops.matmul(round(x), round(ops.transpose(round(x), 1, 0)))),
      1,
    )
    assert.equal(
      countOf((x) => round(ops.maximum(round(ops.slice(round(x), 0, 0, 2)), 0))),
      1,
    )
    assert.equal(
      countOf((x) => ops.add(ops.multiply(round(x), 2), round(x))),
      1,
    )
  })

  test('sums and products are rounded again', () => {
    assert.equal(
      countOf((x) => round(ops.add(round(x), round(x)))),
      2,
    )
    assert.equal(
      countOf((x) => round(ops.maximum(round(x), 0.1))),
      2,
    )
  })

  test('constants by their values, and operands that decide nothing', () => {
    assert.equal(isBfloat16(ops.constant([1, -0.5, Number.POSITIVE_INFINITY], [3])), true)
    assert.equal(isBfloat16(ops.constant([1, 0.1], [2])), false)
    assert.equal(isBfloat16(ops.cast(ops.constant([1, 0], [2], 'bool'), 'float32')), true)
    assert.equal(isBfloat16(ops.after(ops.scalar(1), ops.scalar(0.1))), true)
    assert.equal(isBfloat16(ops.gatherRows(ops.constant([1, 2], [2, 1]), ops.range(2))), true)
  })
})
