/**
 * What every executor has to do, in Node and in a browser (where `node:test` and `node:assert` are the small ones of
 * testing/shims).
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gradients } from '../../src/autodiff/gradient.ts'
import type { Executor } from '../../src/executors/executor.ts'
import { evaluate } from '../../src/executors/reference/evaluate.ts'
import type { Tensor } from '../../src/graph/operations.ts'
import { type Program, trace } from '../../src/graph/program.ts'
import { floatTensor, type HostTensor, integerTensor } from '../../src/graph/types.ts'
import * as ops from '../../src/ops/primitives.ts'
import { RandomStream } from '../../src/random/random-stream.ts'
import { type Case, cases } from '../support/cases.ts'
import { assertClose } from '../support/compare.ts'
import { layer, layerTypes, readOut, recomputedLayer } from '../support/layer.ts'
import { feedsOf, forwardProgram, gradientProgram, randomFeeds } from '../support/programs.ts'

/**
 * Registers the tests of one executor: it has to agree with the float64 reference on every case.
 *
 * @param sampled on one case of every operation, the same in every run: for executors that are too slow for all
 */
export function conformance(executor: Executor, sampled = false): void {
  for (const [operation, all] of Object.entries(cases)) {
    const list = sampled ? [drawCase(operation, all)] : all
    describe(`${executor.name}: ${operation}`, () => {
      for (const example of list) {
        test(example.description, async () => {
          await assertAgrees(executor, forwardProgram(example), feedsOf(example), example)
        })
        if (!hasGradient(example)) continue
        test(`${example.description}, gradient`, async () => {
          await assertAgrees(executor, gradientProgram(example), feedsOf(example), example)
        })
      }
    })
  }

  describe(`${executor.name}: programs`, () => {
    const number = { shape: [], dtype: 'float32' } as const
    const vector = { shape: [3], dtype: 'float32' } as const
    const whole = { shape: [2], dtype: 'int32' } as const
    const x = floatTensor([3], [1, -2, 3])

    test('states are replaced by their updates, others stay', async () => {
      const types = { feeds: { x: vector }, states: { total: vector, factor: number, count: whole } }
      const program = trace('states', types, ({ feeds, states }) => {
        const total = ops.add(states.total, ops.multiply(feeds.x, states.factor))
        const more = ops.add(ops.cast(states.count, 'float32'), 1)
        return { outputs: { sum: ops.sumAll(total) }, updates: { total, count: ops.cast(more, 'int32') } }
      })
      const executable = await executor.compile(program)
      const states = new Map([
        ['total', await executor.upload(floatTensor([3], [0, 0, 0]))],
        ['factor', await executor.upload(floatTensor([], [0.5]))],
        ['count', await executor.upload(integerTensor([2], [0, 7]))],
      ])
      // The old values become the memory of the next new ones, as the runtime does it.
      let spare = new Map([['total', await executor.upload(floatTensor([3], [9, 9, 9]))]])
      const sums: number[] = []
      for (let run = 0; run < 3; run++) {
        const { outputs, updates } = await executable.run({ x }, states, spare)
        assert.deepEqual([...updates.keys()].sort(), ['count', 'total'])
        sums.push(outputs.sum!.data[0]!)
        spare = new Map([['total', states.get('total')!]])
        for (const [name, value] of updates) states.set(name, value)
      }
      assert.deepEqual(sums, [1, 2, 3])
      assert.deepEqual([...(await executor.download(states.get('total')!)).data], [1.5, -3, 4.5])
      assert.deepEqual(await executor.download(states.get('count')!), integerTensor([2], [3, 10]))
      assert.deepEqual(await executor.download(states.get('factor')!), floatTensor([], [0.5]))
      await executable.close()
    })

    test('missing or differently shaped feeds and states are named', async () => {
      const types = { feeds: { x: vector }, states: { total: vector } }
      const program = trace('sum', types, ({ feeds, states }) => ({
        outputs: { sum: ops.add(feeds.x, states.total) },
      }))
      const executable = await executor.compile(program)
      const states = new Map([['total', await executor.upload(x)]])
      const wrong = floatTensor([1, 3], [1, 2, 3])
      await assert.rejects(
        executable.run({}, states),
        /program sum, feed x: expected float32\[3\].*got nothing/,
      )
      await assert.rejects(
        executable.run({ x: wrong }, states),
        /feed x: expected float32\[3\].*got float32\[1, 3\]/,
      )
      await assert.rejects(
        executable.run({ x }, new Map()),
        /program sum, state total: expected float32\[3\], got nothing/,
      )
      await assert.rejects(
        executable.run({ x: { ...x, data: new Float32Array(2) } }, states),
        /feed x: expected float32\[3\] with 3 elements, got float32\[3\] with 2 elements/,
      )
      await assert.rejects(
        executable.run({ x, y: x }, states),
        /program sum, feed y: expected one of the feeds x, got "y"/,
      )
      const foreign = new Map([['total', vector]])
      await assert.rejects(
        executable.run({ x }, foreign),
        /expected a tensor that it has uploaded or computed/,
      )
      await executable.close()
    })

    test('an unsound program is refused', async () => {
      const program = trace('unsound', { feeds: { x: vector }, states: {} }, ({ feeds }) => ({
        outputs: { bad: { ...ops.negate(feeds.x), shape: [2] } },
      }))
      await assert.rejects(
        executor.compile(program),
        /program unsound, node %\d+ negate: expected float32\[3\]/,
      )
    })

    test('states outlive their program and are given back', async () => {
      const program = trace('step', { feeds: {}, states: { x: vector } }, ({ states }) => ({
        outputs: {},
        updates: { x: ops.add(states.x, 1) },
      }))
      const before = await executor.upload(x)
      const first = await executor.compile(program)
      const after = (await first.run({}, new Map([['x', before]]))).updates.get('x')!
      await first.close()
      executor.release(before)
      executor.release(before)
      const second = await executor.compile(program)
      const last = (await second.run({}, new Map([['x', after]]))).updates.get('x')!
      assert.deepEqual([...(await executor.download(after)).data], [2, -1, 4])
      assert.deepEqual([...(await executor.download(last)).data], [3, 0, 5])
      executor.release(after)
      await second.close()
      executor.release(last)
    })

    const agrees = (description: string, build: (x: Tensor) => Record<string, Tensor>) =>
      test(description, async () => {
        const program = trace('program', { feeds: { x: vector }, states: {} }, ({ feeds }) => ({
          outputs: build(feeds.x),
        }))
        await assertAgrees(executor, program, { x }, { tolerance: 1e-6, floor: 0 })
      })

    for (const [description, step] of [['plain', layer] as const, ['recomputed', recomputedLayer] as const]) {
      test(`two ${description} layers with shared weights, loss and gradients`, async () => {
        const program = trace('layers', { feeds: layerTypes, states: {} }, ({ feeds }) => {
          const loss = readOut(step({ ...feeds, x: step(feeds) }))
          const found = gradients(loss, Object.values(feeds))
          const named = Object.keys(feeds).map((name, index) => [name, found[index]!])
          return { outputs: { loss, ...Object.fromEntries(named) } }
        })
        await assertAgrees(executor, program, randomFeeds(layerTypes), { tolerance: 1e-4, floor: 1e-3 })
      })
    }

    agrees('a feed that nothing uses', () => ({ one: ops.scalar(1) }))
    agrees('a feed that is an output', (x) => ({ x }))
    agrees('one value under two names', (x) => {
      const y = ops.exponential(x)
      return { first: y, second: y }
    })
    agrees('a result that another result uses', (x) => {
      const y = ops.exponential(x)
      return { y, z: ops.add(y, y) }
    })
    agrees('a constant as output', () => ({ table: ops.constant([1, 2, 3, 4], [2, 2]) }))
    agrees('names with signs', (x) => ({ 'layers.0/weight:0': ops.negate(x) }))
    agrees('values that only numbers outside float32 distinguish', (x) => ({
      tiny: ops.multiply(x, 1e-30),
      huge: ops.multiply(x, 1e30),
    }))

    test('a state that is handed to itself', async () => {
      const types = {
        feeds: {},
        states: { a: { shape: [2], dtype: 'float32' }, b: { shape: [2], dtype: 'float32' } },
      } as const
      const program = trace('exchange', types, ({ states }) => ({
        outputs: {},
        updates: { a: states.b, b: states.a },
      }))
      const executable = await executor.compile(program)
      const states = new Map([
        ['a', await executor.upload(floatTensor([2], [1, 2]))],
        ['b', await executor.upload(floatTensor([2], [3, 4]))],
      ])
      const { updates } = await executable.run({}, states)
      assert.deepEqual(await executor.download(updates.get('a')!), floatTensor([2], [3, 4]))
      assert.deepEqual(await executor.download(updates.get('b')!), floatTensor([2], [1, 2]))
      await executable.close()
    })
  })
}

/** One with a gradient where there is one, since both directions are then run. */
function drawCase(operation: string, all: readonly Case[]): Case {
  const differentiable = all.filter(hasGradient)
  const list = differentiable.length > 0 ? differentiable : all
  return list[new RandomStream(0, 'conformance', operation).integer(list.length)]!
}

async function assertAgrees(
  executor: Executor,
  program: Program,
  feeds: Record<string, HostTensor>,
  { tolerance, floor }: Pick<Case, 'tolerance' | 'floor'>,
): Promise<void> {
  const expected = evaluate(program, feeds).outputs
  const executable = await executor.compile(program)
  try {
    const { outputs } = await executable.run(feeds, new Map())
    assert.deepEqual(Object.keys(outputs).sort(), Object.keys(expected).sort())
    for (const [name, { shape, data }] of Object.entries(expected)) {
      const output = outputs[name]!
      assert.equal(output.dtype, program.outputs[name]!.dtype, `${name}: type`)
      assert.deepEqual([...output.shape], [...shape], `${name}: shape`)
      assertClose(
        output.data,
        output.dtype === 'int32' ? data : Float32Array.from(data),
        tolerance,
        name,
        floor,
      )
    }
  } finally {
    await executable.close()
  }
}

function hasGradient(example: Case): boolean {
  return example.differentiable.length > 0 && example.gradient.is !== 'undefined'
}
