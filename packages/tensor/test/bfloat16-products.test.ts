/** Products of bfloat16 where somebody multiplies them, and the values that are kept in 16 bits for them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gradients } from '../src/autodiff/gradient.ts'
import { compileProgram, inPrimitives } from '../src/executors/wasm/compile.ts'
import { createWasmExecutor } from '../src/executors/wasm/executor.ts'
import { planSteps, type Step } from '../src/executors/wasm/steps.ts'
import type { Tensor } from '../src/graph/operations.ts'
import { type Program, trace } from '../src/graph/program.ts'
import { elementCount, floatTensor, type HostTensor } from '../src/graph/types.ts'
import { linear, rmsNorm, swiglu } from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'
import { RandomStream } from '../src/random/random-stream.ts'
import { conformance } from './suite/conformance.ts'
import { bfloat16Products } from './support/bfloat16-products.ts'
import { type Found, withCheckedRoundings } from './support/checked-roundings.ts'

const everything = () => true
const round = ops.roundToBfloat16

conformance(createWasmExecutor({ products: bfloat16Products }))

const stepsOf = (program: Program): readonly Step[] =>
  planSteps(inPrimitives(program, everything), everything).steps

const numbers = (shape: readonly number[], seed: number, whole = false): HostTensor => {
  const random = new RandomStream(seed, 'bfloat16 products')
  const draw = whole ? () => random.integer(9) - 4 : () => random.normal()
  return floatTensor(shape, Array.from({ length: elementCount(shape) }, draw))
}

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const

describe('values of 16 bits', () => {
  const [rows, inner, columns] = [5, 7, 9]
  const types = {
    feeds: { x: float(rows, inner), y: float(inner, columns), z: float(columns, inner) },
    states: { total: float(rows, columns) },
  }
  type Build = (x: Tensor, y: Tensor, z: Tensor) => Tensor
  const built = (build: Build): Program =>
    trace('built', types, ({ feeds: { x, y, z }, states: { total } }) => {
      const result = build(x, y, z)
      return { outputs: { result }, updates: { total: ops.add(total, ops.sumAll(result)) } }
    })

  /** Bytes of an element of what products read, and write. */
  const productsOf = (build: Build) =>
    stepsOf(built(build)).flatMap(({ work }) =>
      work.is === 'product' ? [[work.batch.factorBytes, work.batch.resultBytes]] : [],
    )

  test('a product of rounded factors reads 2 bytes, and writes 2 where it is rounded', () => {
    assert.deepEqual(
      productsOf((x, y) => ops.matmul(round(x), round(y))),
      [[2, 4]],
    )
    assert.deepEqual(
      productsOf((x, y) => ops.multiply(round(ops.matmul(round(x), round(y))), 3)),
      [[2, 2]],
    )
  })

  test('a product of which one factor is float32 is one of float32', () => {
    assert.deepEqual(
      productsOf((x, y) => ops.matmul(round(x), y)),
      [[4, 4]],
    )
  })

  test('a sum that is read as it is is not rounded, nor one with an addend', () => {
    const twice: Build = (x, y) => {
      const product = ops.matmul(round(x), round(y))
      return ops.add(product, round(product))
    }
    assert.deepEqual(productsOf(twice), [[2, 4]])
    const added: Build = (x, y) => round(ops.add(ops.matmul(round(x), round(y)), ops.matmul(x, y)))
    assert.deepEqual(
      productsOf(added).filter(([, result]) => result === 2),
      [],
    )
  })

  const builds: Readonly<Record<string, Build>> = {
    'the product of two': (x, y) => ops.matmul(round(x), round(y)),
    'transposed factors': (x, _y, z) => ops.matmul(round(x), round(z), { transposeRight: true }),
    'a factor that is also read as float32': (x, y) =>
      ops.add(ops.matmul(round(x), round(y)), ops.matmul(round(x), ops.multiply(y, 0.5))),
    'a factor that is a constant': (x) =>
      ops.matmul(
        round(x),
        ops.constant(
          Array.from({ length: inner * columns }, (_, k) => (k % 5) - 2),
          [inner, columns],
        ),
      ),
    'a factor that is a part': (x, y) =>
      ops.matmul(round(ops.slice(round(x), 1, 1, 5)), ops.slice(round(y), 0, 2, 6)),
    'a factor that is put together': (x, y) =>
      ops.matmul(
        ops.concatenate(1, ops.slice(round(x), 1, 3, inner), ops.slice(round(x), 1, 0, 3)),
        round(y),
      ),
    'a factor in another order': (x, y) =>
      ops.matmul(ops.reshape(ops.transpose(round(x), 1, 0), [rows, inner]), round(y)),
    'rows and columns of one': (x, y) =>
      ops.broadcast(ops.matmul(ops.slice(round(x), 0, 2, 3), ops.slice(round(y), 1, 4, 5)), [rows, columns]),
    'a sum of rounded products': (x, y, z) =>
      ops.add(
        round(ops.matmul(round(x), round(y))),
        ops.multiply(round(ops.matmul(round(x), round(z), { transposeRight: true })), 2),
      ),
    'a maximum over what is rounded': (x, y) =>
      ops.add(ops.reduceMaximum(round(ops.matmul(round(x), round(y))), 1), ops.matmul(x, y)),
    'a rounded product in another shape': (x, y) =>
      ops.reshape(round(ops.reshape(ops.matmul(round(x), round(y)), [columns, rows])), [rows, columns]),
    'a product that is added to': (x, y, z) =>
      ops.add(ops.matmul(round(x), round(z), { transposeRight: true }), ops.matmul(round(x), round(y))),
  }
  for (const [name, build] of Object.entries(builds))
    test(`${name}: of whole numbers the very same`, async () => {
      const program = built(build)
      const feeds = Object.fromEntries(
        Object.entries(types.feeds).map(([feed, { shape }], index) => [feed, numbers(shape, index, true)]),
      )
      const results = []
      for (const executor of [createWasmExecutor(), createWasmExecutor({ products: bfloat16Products })]) {
        const executable = await executor.compile(program)
        const states = new Map([['total', await executor.upload(numbers([rows, columns], 7, true))]])
        const { outputs, updates } = await executable.run(feeds, states)
        results.push([[...outputs.result!.data], [...(await executor.download(updates.get('total')!)).data]])
      }
      assert.ok(stepsOf(program).some(({ work }) => work.is === 'product' && work.batch.factorBytes === 2))
      assert.deepEqual(results[1], results[0])
    })
})

/** A layer and the gradients of its weights, in bfloat16 as a model rounds it. */
function roundedLayers(rows: number, width: number, layers: number): Program {
  const types = {
    feeds: { x: float(rows, width), gate: float(2 * width, width), up: float(2 * width, width) },
    states: { down: float(width, 2 * width) },
  }
  return trace('layers', types, ({ feeds, states }) => {
    const [gate, up, down] = [round(feeds.gate), round(feeds.up), round(states.down)]
    let h = round(feeds.x)
    for (let layer = 0; layer < layers; layer++) {
      const hidden = round(swiglu(round(linear(h, gate)), round(linear(h, up))))
      h = round(rmsNorm(ops.add(h, round(linear(hidden, down)))))
    }
    const loss = ops.sumAll(ops.multiply(h, feeds.x))
    const [toGate, toUp, toDown] = gradients(loss, [feeds.gate, feeds.up, states.down])
    return {
      outputs: { h, toGate: toGate!, toUp: toUp! },
      updates: { down: ops.subtract(states.down, ops.multiply(toDown!, 0.01)) },
    }
  })
}

test('layers and their gradients, rounded in the same places as float64', async () => {
  const found: Found = { rounded: 0, ties: 0 }
  const executor = withCheckedRoundings(createWasmExecutor({ products: bfloat16Products }), found)
  const program = roundedLayers(11, 12, 3)
  const executable = await executor.compile(program)
  const feeds = Object.fromEntries(
    Object.entries(program.feeds).map(([name, { shape }], index) => [name, numbers(shape, index)]),
  )
  const states = new Map([['down', await executor.upload(numbers([12, 24], 9))]])
  await executable.run(feeds, states)
  assert.ok(found.rounded > 2_000 && found.ties < 20, JSON.stringify(found))
})

test('they take less memory', () => {
  const program = roundedLayers(256, 64, 8)
  const options = { provide: () => 0, multipliesBfloat16: everything }
  const [halves, floats] = [compileProgram(program, options), compileProgram(program)]
  // What a sigmoid's gradient needs is float32.
  assert.ok(halves.arenaBytes < 0.75 * floats.arenaBytes, `${halves.arenaBytes} of ${floats.arenaBytes}`)
})

test('a part of a product that nobody multiplies is refused when it is compiled', () => {
  const options = { provide: () => undefined, multipliesBfloat16: everything }
  assert.throws(() => compileProgram(roundedLayers(8, 8, 1), options), /a part of a product of bfloat16/)
})
