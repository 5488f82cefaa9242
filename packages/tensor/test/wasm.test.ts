import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { InputError } from '../src/errors.ts'
import { evaluate } from '../src/executors/reference/evaluate.ts'
import { ModuleWriter, maxPages } from '../src/executors/wasm/assembler.ts'
import { addBarrier } from '../src/executors/wasm/barrier.ts'
import { createWasmExecutor } from '../src/executors/wasm/executor.ts'
import { Heap } from '../src/executors/wasm/heap.ts'
import { planMemory } from '../src/executors/wasm/memory-plan.ts'
import { Stopwatch } from '../src/executors/wasm/stopwatch.ts'
import { webAssembly } from '../src/executors/wasm/web-assembly.ts'
import { trace } from '../src/graph/program.ts'
import { floatTensor, type HostTensor, integerTensor } from '../src/graph/types.ts'
import { openWasmExecutor } from '../src/node/wasm-threads.ts'
import { attention, softmax } from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'
import { RandomStream } from '../src/random/random-stream.ts'

const executor = createWasmExecutor()
const numbers = (count: number, seed: number) => {
  const random = new RandomStream(seed, 'wasm test')
  return Float32Array.from({ length: count }, () => 2 * random.float() - 1)
}

/** What `build` makes of one vector. */
async function ofVector(
  build: (x: ReturnType<typeof ops.negate>) => ReturnType<typeof ops.negate>,
  x: readonly number[],
) {
  const types = { feeds: { x: { shape: [x.length], dtype: 'float32' } }, states: {} } as const
  const program = trace('vector', types, ({ feeds }) => ({ outputs: { y: build(feeds.x) } }))
  const executable = await executor.compile(program)
  const { outputs } = await executable.run({ x: floatTensor([x.length], x) }, new Map())
  await executable.close()
  return [...outputs.y!.data]
}

describe('functions of the wasm executor', () => {
  const wide = Array.from({ length: 4001 }, (_, index) => (index - 2000) / 50)
  const positive = wide.map((x) => Math.exp(x))
  const cases = [
    ['exponential', ops.exponential, Math.exp, wide, 4e-7],
    ['sigmoid', ops.sigmoid, (x: number) => 1 / (1 + Math.exp(-x)), wide, 4e-7],
    ['logarithm', ops.logarithm, Math.log, positive, 4e-7],
    ['arctangent', ops.arctangent, Math.atan, [...wide, ...positive], 4e-7],
  ] as const
  for (const [name, build, exact, inputs, tolerance] of cases)
    test(`${name} is exact to a few units in the last place`, async () => {
      const rounded = inputs.map(Math.fround)
      for (const [index, value] of (await ofVector(build, rounded)).entries()) {
        const wanted = exact(rounded[index]!)
        const distance = Math.abs(value - wanted) / Math.max(Math.abs(wanted), 1e-30)
        assert.ok(distance < tolerance, `${name}(${rounded[index]}) = ${value}, not ${wanted}`)
      }
    })

  test('what is no number, and what is beyond them', async () => {
    const far = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    assert.deepEqual(
      await ofVector(ops.exponential, far),
      [Number.POSITIVE_INFINITY, 0, 1].map((x, i) => (i === 0 ? x : x)),
    )
    assert.deepEqual(await ofVector(ops.logarithm, far), [
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ])
    assert.deepEqual(await ofVector(ops.sigmoid, far), [1, 0, 0.5])
    assert.deepEqual(await ofVector(ops.arctangent, far), [
      Math.fround(Math.PI / 2),
      -Math.fround(Math.PI / 2),
      0,
    ])
    assert.deepEqual(await ofVector(ops.exponential, [Number.NaN, 1000]), [
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ])
  })
})

describe('products of the wasm executor', () => {
  for (const [rows, depth, columns] of [
    [1, 1, 1],
    [7, 1100, 9],
    [13, 5, 300],
    [30, 1025, 270],
    [3, 4, 8],
    // Columns that fill the wide tiles; then packed rows of both factors too.
    [7, 700, 36],
    [140, 400, 240],
  ] as const)
    for (const transposeLeft of [false, true])
      for (const transposeRight of [false, true])
        test(`${rows}×${depth}×${columns}${transposeLeft ? ', left transposed' : ''}${transposeRight ? ', right transposed' : ''}`, async () => {
          const left = transposeLeft ? [depth, rows] : [rows, depth]
          const right = transposeRight ? [columns, depth] : [depth, columns]
          const types = {
            feeds: {
              left: { shape: left, dtype: 'float32' },
              right: { shape: right, dtype: 'float32' },
              addend: { shape: [rows, columns], dtype: 'float32' },
            },
            states: {},
          } as const
          const program = trace('product', types, ({ feeds }) => ({
            outputs: {
              y: ops.matmul(feeds.left, feeds.right, { transposeLeft, transposeRight, addend: feeds.addend }),
            },
          }))
          const feeds = {
            left: floatTensor(left, numbers(rows * depth, 1)),
            right: floatTensor(right, numbers(depth * columns, 2)),
            addend: floatTensor([rows, columns], numbers(rows * columns, 3)),
          }
          const executable = await executor.compile(program)
          const { outputs } = await executable.run(feeds, new Map())
          await executable.close()
          const exact = evaluate(program, feeds).outputs.y!.data
          for (const [index, value] of outputs.y!.data.entries())
            assert.ok(
              Math.abs(value - exact[index]!) < 1e-5 * Math.sqrt(depth),
              `${index}: ${value}, ${exact[index]}`,
            )
        })
})

test('an index beyond the table is refused, and the next run is right again', async () => {
  const types = {
    feeds: { rows: { shape: [2], dtype: 'int32' } },
    states: { table: { shape: [3, 5], dtype: 'float32' } },
  } as const
  const program = trace('rows', types, ({ feeds, states }) => ({
    outputs: { y: ops.gatherRows(states.table, feeds.rows) },
  }))
  const executable = await executor.compile(program)
  const table = Float32Array.from({ length: 15 }, (_, index) => index)
  const states = new Map([['table', await executor.upload(floatTensor([3, 5], table))]])
  for (const bad of [3, -1])
    await assert.rejects(
      executable.run({ rows: integerTensor([2], [0, bad]) }, states),
      (error: InputError) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, new RegExp(`indices from 0 to 2, got ${bad}`))
        return true
      },
    )
  const { outputs } = await executable.run({ rows: integerTensor([2], [2, 0]) }, states)
  assert.deepEqual([...outputs.y!.data], [10, 11, 12, 13, 14, 0, 1, 2, 3, 4])
})

test('a thousand runs take no more memory than the first', async () => {
  const types = {
    feeds: { x: { shape: [300], dtype: 'float32' } },
    states: { total: { shape: [300], dtype: 'float32' } },
  } as const
  const program = trace('sum', types, ({ feeds, states }) => {
    const total = ops.add(states.total, feeds.x)
    return { outputs: { y: ops.sumAll(total) }, updates: { total } }
  })
  const own = createWasmExecutor()
  const executable = await own.compile(program)
  let total = await own.upload(floatTensor([300], new Float32Array(300)))
  let sum: HostTensor | undefined
  const x = floatTensor([300], new Float32Array(300).fill(1))
  for (let run = 0; run < 20_000; run++) {
    const { outputs, updates } = await executable.run({ x }, new Map([['total', total]]))
    own.release(total)
    total = updates.get('total') as typeof total
    sum = outputs.y
  }
  assert.equal(sum!.data[0], 20_000 * 300)
  assert.ok(
    (own as unknown as { heap: { memory: { buffer: ArrayBuffer } } }).heap.memory.buffer.byteLength < 2 ** 20,
  )
})

test('states that come and go leave nothing behind, even if the event loop gets no turn', async () => {
  v8.setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const own = createWasmExecutor()
  const tensor = floatTensor([5], new Float32Array(5))
  const used = async (): Promise<number> => {
    for (let round = 0; round < 50_000; round++) own.release(await own.upload(tensor))
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await used()
  const grown = (await used()) - before
  assert.ok(grown < 2 ** 20, `${grown} bytes`)
})

test('memory that was given back is used again, whatever the sizes', () => {
  const random = new RandomStream(6, 'heap')
  const heap = new Heap()
  const parts = new Map<number, number>()
  let [held, peak] = [0, 0]
  for (let round = 0; round < 20_000; round++) {
    const drop = parts.size > 0 && (parts.size >= 40 || random.integer(2) === 0)
    const [address, size] = drop ? [...parts][random.integer(parts.size)]! : [0, 0]
    if (drop) {
      heap.release(address, size)
      parts.delete(address)
      held -= size
      continue
    }
    const bytes = 1 + random.integer(2 ** (6 + random.integer(12)))
    const start = heap.allocate(bytes, 'test')
    assert.ok(start > 0 && start + bytes <= heap.memory.buffer.byteLength)
    for (const [other, length] of parts)
      assert.ok(start + bytes <= other || other + length <= start, `${start} and ${other} overlap`)
    parts.set(start, bytes)
    held += bytes
    peak = Math.max(peak, held)
  }
  const all = heap.memory.buffer.byteLength
  assert.ok(all < 2.5 * peak, `${all} bytes for ${peak}`)
})

test('a stopwatch times every step and changes no result', async () => {
  const shape = [6, 5]
  const types = { feeds: { x: { shape, dtype: 'float32' } }, states: {} } as const
  const program = trace('timed', types, ({ feeds: { x } }) => ({
    outputs: { y: ops.sumAll(ops.exponential(ops.matmul(x, x, { transposeRight: true }))) },
  }))
  const feeds = { x: floatTensor(shape, numbers(30, 4)) }
  const stopwatch = new Stopwatch()
  const results: HostTensor[] = []
  for (const own of [executor, createWasmExecutor({ stopwatch })]) {
    const executable = await own.compile(program)
    for (let run = 0; run < 3; run++) results.push((await executable.run(feeds, new Map())).outputs.y!)
    await executable.close()
  }
  for (const { data } of results) assert.deepEqual(data, results[0]!.data)
  const [timed] = stopwatch.programs
  assert.equal(timed!.name, 'timed')
  assert.deepEqual(
    timed!.compiled.plan.steps.map(({ work }) => work.is),
    ['product', 'loop'],
  )
  assert.deepEqual(
    timed!.runs.map(({ length }) => length),
    [2, 2, 2],
  )
  assert.ok(timed!.runs.every((times) => times.every((ms) => ms >= 0)))
  stopwatch.reset()
  assert.equal(timed!.runs.length, 0)
})

test('values that are needed at the same time do not share memory', () => {
  const random = new RandomStream(5, 'memory plan')
  for (let round = 0; round < 50; round++) {
    const lifetimes = Array.from({ length: 40 }, () => {
      const first = Math.floor(30 * random.float())
      return {
        bytes: 1 + Math.floor(1000 * random.float()),
        first,
        last: first + Math.floor(8 * random.float()),
      }
    })
    const { offsets, bytes } = planMemory(lifetimes)
    for (const [a, one] of lifetimes.entries()) {
      assert.ok(offsets[a]! + one.bytes <= bytes && offsets[a]! % 64 === 0)
      for (const [b, other] of lifetimes.entries()) {
        if (a >= b || one.last < other.first || other.last < one.first) continue
        assert.ok(offsets[a]! + one.bytes <= offsets[b]! || offsets[b]! + other.bytes <= offsets[a]!)
      }
    }
  }
})

describe('threads of the wasm executor', () => {
  test('results are the same bit for bit for any number of threads', async () => {
    const type = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const
    const types = { feeds: { x: type(37, 52), y: type(52, 52) }, states: { z: type(37, 52) } } as const
    const program = trace('shared', types, ({ feeds, states }) => {
      let x = ops.add(feeds.x, states.z)
      for (let turn = 0; turn < 5; turn++) {
        const mixed = ops.matmul(x, feeds.y, { transposeRight: turn % 2 === 0 })
        const scale = ops.reduceMean(ops.multiply(mixed, mixed), 1)
        x = ops.add(ops.multiply(mixed, ops.reciprocal(ops.add(scale, 1))), ops.sigmoid(x))
      }
      const columns = ops.matmul(x, x, { transposeLeft: true })
      return { outputs: { x, columns, sums: ops.reduceSum(x, 0) }, updates: { z: x } }
    })
    const feeds = {
      x: floatTensor([37, 52], numbers(37 * 52, 1)),
      y: floatTensor([52, 52], numbers(52 * 52, 2)),
    }
    const results: (readonly (readonly number[])[])[] = []
    for (const threads of [1, 2, 3, 5]) {
      const shared = await openWasmExecutor(threads, { worthwhile: { share: 0, program: 0 } })
      const executable = await shared.compile(program)
      let states = new Map([['z', await shared.upload(floatTensor([37, 52], numbers(37 * 52, 3)))]])
      let last: Readonly<Record<string, HostTensor>> = {}
      for (let run = 0; run < 20; run++) {
        const { outputs, updates } = await executable.run(feeds, states)
        states = new Map(updates)
        last = outputs
      }
      results.push(['x', 'columns', 'sums'].map((name) => [...last[name]!.data]))
      await executable.close()
    }
    for (const result of results) assert.deepEqual(result, results[0])
  })

  /** What the other thread of two does, by itself, after a while. */
  const latecomer = `
    const { workerData: buffer } = require('node:worker_threads')
    const place = new Int32Array(buffer, 64, 3)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150)
    Atomics.store(place, 0, 0)
    Atomics.add(place, 1, 1)
    Atomics.notify(place, 1)`

  for (const comes of [true, false])
    test(`a thread is waited for more than once${comes ? '' : ', but not for ever'}`, async () => {
      const module = new ModuleWriter(true)
      addBarrier(module, 2, { waits: comes ? 1_000 : 3, nanoseconds: 20_000_000n })
      const memory = new webAssembly.Memory({ initial: 1, maximum: maxPages, shared: true })
      const compiled = await webAssembly.compile(module.encode())
      const { exports } = await webAssembly.instantiate(compiled, { host: { memory } })
      const meet = () => (exports.meet as (place: number) => void)(64)
      if (!comes) assert.throws(meet, /unreachable/)
      else {
        const worker = new Worker(latecomer, { eval: true, workerData: memory.buffer })
        await once(worker, 'online')
        meet()
        await worker.terminate()
      }
    })
})

test('loops are not put together so that each waits for the other', async () => {
  const given = { shape: [1, 2, 8, 4], dtype: 'float32' } as const
  const types = {
    feeds: { x: given, y: given, isChosen: { shape: [1, 2, 8, 4], dtype: 'int32' } },
    states: {},
  } as const
  const program = trace('circle', types, ({ feeds: { x, y, isChosen } }) => {
    const mixed = attention(x, y, y)
    const chosen = ops.cast(isChosen, 'bool')
    const last = ops.select(chosen, mixed, mixed)
    // The same weights as in the attention. With `product` in one loop, and both choices in another, each needs the other.
    const weights = softmax(ops.matmul(ops.multiply(x, 0.5), y, { transposeRight: true }))
    const product = ops.multiply(ops.matmul(ops.select(chosen, x, y), y, { transposeRight: true }), weights)
    return { outputs: { last, product } }
  })
  const feeds = {
    x: floatTensor(given.shape, numbers(64, 1)),
    y: floatTensor(given.shape, numbers(64, 2)),
    isChosen: integerTensor(
      given.shape,
      Int32Array.from({ length: 64 }, (_, index) => index % 3 && 1),
    ),
  }
  const executable = await executor.compile(program)
  const { outputs } = await executable.run(feeds, new Map())
  await executable.close()
  const exact = evaluate(program, feeds).outputs
  for (const name of ['product', 'last'])
    for (const [index, value] of outputs[name]!.data.entries())
      assert.ok(Math.abs(value - exact[name]!.data[index]!) < 1e-5, `${name}[${index}]`)
})
