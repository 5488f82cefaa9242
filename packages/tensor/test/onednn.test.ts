/** Matrix products by oneDNN: every version that is installed here; the rest is skipped with a line. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { gradients } from '../src/autodiff/gradient.ts'
import { evaluate } from '../src/executors/reference/evaluate.ts'
import { compileProgram } from '../src/executors/wasm/compile.ts'
import { createWasmExecutor, type NamedProvider } from '../src/executors/wasm/executor.ts'
import { ProvidedProducts } from '../src/executors/wasm/provider.ts'
import { planSteps } from '../src/executors/wasm/steps.ts'
import { checkExtents } from '../src/executors/wasm/touched.ts'
import { webAssembly } from '../src/executors/wasm/web-assembly.ts'
import { trace } from '../src/graph/program.ts'
import { floatTensor, type HostTensor } from '../src/graph/types.ts'
import { hasBfloat16 } from '../src/node/onednn/matmul.ts'
import { isFasterThere, onednnProducts, onednnProvider } from '../src/node/onednn/products.ts'
import { openWasmExecutor } from '../src/node/wasm-threads.ts'
import { openExecutor } from '../src/node.ts'
import { linear, swiglu } from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'
import { RandomStream } from '../src/random/random-stream.ts'
import { conformance } from './suite/conformance.ts'
import { multiplyBfloat16, readBfloat16, writeBfloat16 } from './support/bfloat16-products.ts'
import { type Found, withCheckedRoundings } from './support/checked-roundings.ts'
import { installedOnednns } from './support/onednn.ts'
import { laidOut, multiplyExactly, shapes } from './support/product-layouts.ts'

const numbers = (count: number, seed: number) => {
  const random = new RandomStream(seed, 'oneDNN test')
  return Float32Array.from({ length: count }, () => 2 * random.float() - 1)
}

const everything = () => true
const evenSmall = { share: 0, program: 0 }

for (const onednn of await installedOnednns()) {
  const withoutBfloat16 = !hasBfloat16(onednn) && 'this processor has no instructions for it'
  if (!withoutBfloat16) {
    const rules = { onednn, isFaster: everything, worthwhile: evenSmall }
    conformance(await openWasmExecutor(2, { ...rules, multipliesBfloat16: true }))
  }
  // Every product that the library can do, however small, and every step shared.
  conformance(await openWasmExecutor(1, { onednn, isFaster: everything }))
  conformance(await openWasmExecutor(2, { onednn, isFaster: everything, worthwhile: evenSmall }))

  describe(`oneDNN ${onednn.version}`, () => {
    test('every layout of factors, batch and addend gives the product, and nothing else is written', () => {
      const memory = new webAssembly.Memory({ initial: 1, maximum: 64, shared: true })
      const products = onednnProducts(onednn, memory)
      memory.grow(40)
      const values = new Float32Array(memory.buffer)
      const cases = shapes.flatMap((shape) =>
        [0, 3].flatMap((gap) => [0, 5].map((resultGap) => ({ ...shape, gap, resultGap }))),
      )
      for (const shape of cases)
        for (const addend of ['none', 'other', 'same'] as const) {
          const product = laidOut(shape)
          const provided = products.prepare(product.batch)
          if (!provided) {
            // Of some vectors the library has only its slow reference.
            assert.equal(Math.min(shape.rows, shape.columns), 1, JSON.stringify(shape))
            continue
          }
          values.set(numbers(values.length, 1))
          const [left, right, result, other] = [0, 1, 2, 3].map((part) => part * 2 ** 19 + 64) as Four
          const expected = values.slice()
          const added = { none: null, other, same: result }[addend]
          const worst = multiplyExactly(product, expected, left, right, result, added)
          provided.run(left, right, result, added ?? 0)
          for (let index = 0; index < values.length; index++)
            if (Math.abs(values[index]! - expected[index]!) > worst)
              assert.fail(`${JSON.stringify(shape)}, addend ${addend}: ${index} is ${values[index]}`)
          provided.close()
        }
    })

    test('every layout of factors of bfloat16, the sums as float32 or rounded', {
      skip: withoutBfloat16,
    }, () => {
      const memory = new webAssembly.Memory({ initial: 4, maximum: 4, shared: true })
      const products = onednnProducts(onednn, memory)
      const view = new DataView(memory.buffer)
      const bytes = new Uint8Array(memory.buffer)
      const cases = shapes.flatMap((shape) =>
        [0, 3].flatMap((gap) => ([2, 4] as const).map((resultBytes) => ({ ...shape, gap, resultBytes }))),
      )
      for (const { resultBytes, ...shape } of cases)
        for (const isAdded of [false, true]) {
          const product = laidOut(shape, 2, resultBytes).batch
          const provided = products.prepare(product)
          assert.ok(provided, JSON.stringify(shape))
          // Nothing is added to a sum that is rounded.
          if (isAdded && resultBytes === 2) continue
          for (let place = 0; place < bytes.length; place += 2)
            writeBfloat16(view, place, ((place * 7919) % 513) / 256 - 1)
          const [left, right, result] = [0, 1, 2].map((part) => part * 2 ** 16 + 64) as Three
          const before = bytes.slice()
          provided.run(left, right, result, isAdded ? result : 0)
          const got = bytes.slice()
          bytes.set(before)
          multiplyBfloat16(view, product, left, right, result, isAdded ? result : 0)
          for (let place = 0; place < bytes.length; place += resultBytes) {
            const read = (memory: DataView) =>
              resultBytes === 2 ? readBfloat16(memory, place) : memory.getFloat32(place, true)
            const [value, expected] = [read(new DataView(got.buffer)), read(view)]
            const worst = 1e-6 * shape.depth + (resultBytes === 2 ? 2 ** -7 * Math.abs(expected) : 0)
            if (value !== expected && !(Math.abs(value - expected) <= worst))
              assert.fail(
                `${JSON.stringify(shape)}, ${resultBytes} bytes, ${isAdded}: ${place} is ${value}, not ${expected}`,
              )
          }
          provided.close()
        }
    })

    test('SwiGLU of bfloat16, of what is infinite and of no number too', { skip: withoutBfloat16 }, () => {
      const memory = new webAssembly.Memory({ initial: 4, maximum: 4, shared: true })
      const products = onednnProducts(onednn, memory)
      assert.equal(products.prepareSwiglu!(100), undefined, 'too few to be worth a call')
      const count = 8_195
      const provided = products.prepareSwiglu!(count)!
      const view = new DataView(memory.buffer)
      const [gate, up, result] = [0, 1, 2].map((part) => part * 2 ** 16 + 64) as Three
      const special = [0, -0, 90, -90, 1e30, -1e30, Number.POSITIVE_INFINITY, Number.NaN, 1e-30]
      const values = Array.from({ length: count }, (_, index) => special[index] ?? (index % 401) / 20 - 10)
      for (const [index, value] of values.entries()) {
        writeBfloat16(view, gate + 2 * index, value)
        writeBfloat16(view, up + 2 * index, (index % 17) / 8 - 1)
      }
      writeBfloat16(view, result + 2 * count, 77)
      provided.run(gate, up, result, 0)
      for (let index = 0; index < count; index++) {
        const [g, u, got] = [gate, up, result].map((start) => readBfloat16(view, start + 2 * index)) as Three
        // As the graph says it: 0 · ∞ is no number.
        const exact = g * (1 / (1 + Math.exp(-g))) * u
        const worst = 2 ** -8 * Math.abs(exact) + 1e-30
        assert.ok(
          Object.is(got, exact) || Math.abs(got - exact) <= worst,
          `${g}, ${u}: ${got} instead of ${exact}`,
        )
      }
      assert.equal(readBfloat16(view, result + 2 * count), 77)
      assert.throws(() => provided.run(gate, 4 * 65_536 - 2 * count + 2, result, 0), /SwiGLU/)
      provided.close()
    })

    for (const threads of [1, 2])
      test(`layers in bfloat16, the library's SwiGLU in them, ${threads} threads`, {
        skip: withoutBfloat16,
      }, async () => {
        const found: Found = { rounded: 0, ties: 0 }
        const executor = await openWasmExecutor(threads, { onednn, worthwhile: evenSmall })
        const executable = await withCheckedRoundings(executor, found).compile(roundedLayers)
        const feeds = Object.fromEntries(
          Object.entries(roundedLayers.feeds).map(([name, { shape }], index) => [
            name,
            floatTensor(
              shape,
              numbers(shape[0]! * shape[1]!, index).map((value) => value / 10),
            ),
          ]),
        )
        await executable.run(feeds, new Map())
        assert.ok(found.rounded > 100_000 && found.ties < 1e-4 * found.rounded, JSON.stringify(found))
        await executable.close()
      })

    test('bfloat16 is multiplied where the processor has instructions for it, as the library sees it', () => {
      for (const [isa, isFast] of [
        ['AVX2', false],
        // There it is done, at a third of the speed of float32.
        ['AVX512_CORE', false],
        [process.env.ONEDNN_MAX_CPU_ISA, !withoutBfloat16],
      ] as const) {
        const script = `
          import { openOnednn } from ${JSON.stringify(new URL('../src/node/onednn/library.ts', import.meta.url))}
          import { hasBfloat16 } from ${JSON.stringify(new URL('../src/node/onednn/matmul.ts', import.meta.url))}
          console.log(hasBfloat16(await openOnednn(${JSON.stringify(onednn.file)})))`
        const { stdout, stderr } = spawnSync(
          process.execPath,
          ['--import', 'tsx', '--input-type=module', '--eval', script],
          { env: { ...process.env, ONEDNN_MAX_CPU_ISA: isa }, encoding: 'utf8' },
        )
        assert.equal(stdout.trim(), String(isFast), `${isa}: ${stderr}`)
      }
    })

    test('what lies outside of the memory is never touched', () => {
      const memory = new webAssembly.Memory({ initial: 1, maximum: 4, shared: false })
      const { batch } = laidOut({ rows: 8, depth: 8, columns: 8 })
      const provided = onednnProducts(onednn, memory).prepare(batch)!
      const behind = memory.buffer.byteLength - 128
      const outside: readonly Four[] = [
        [behind, 0, 512, 0],
        [0, behind, 512, 0],
        [0, 256, behind, 0],
        [0, 256, 512, behind],
      ]
      for (const places of outside)
        assert.throws(() => provided.run(...places), /expected a place within the 65536 bytes/)
      provided.run(0, 256, 512, 0)
      provided.close()
    })

    for (const threads of [1, 2])
      test(`the same bits in every run, with ${threads} threads`, async () => {
        const results: (readonly number[])[] = []
        for (let time = 0; time < 2; time++) {
          const executor = await openWasmExecutor(threads, { onednn, worthwhile: evenSmall })
          assert.equal(executor.kind, 'onednn')
          assert.equal(executor.threads, threads)
          const executable = await executor.compile(mixed)
          for (let run = 0; run < 2; run++) {
            const { outputs } = await executable.run(mixedFeeds, new Map())
            results.push(Object.values(outputs).flatMap(({ data }) => [...data]))
          }
          await executable.close()
        }
        for (const result of results) assert.deepEqual(result, results[0])
      })

    test('it does large products, and the executor small ones', () => {
      const memory = new webAssembly.Memory({ initial: 1, maximum: 4, shared: false })
      const products = new ProvidedProducts(onednnProducts(onednn, memory))
      compileProgram(mixed, {
        provide: (batch) => (isFasterThere(batch) ? products.add(batch) : undefined),
      })
      assert.deepEqual(
        products.works.map((work) => {
          if ('swiglu' in work) return work
          const { rows, depth, columns } = work.matrix
          return [rows, depth, columns]
        }),
        [
          [96, 80, 112],
          [112, 96, 112],
        ],
      )
      products.close()
    })

    test('it is called once for every product that it does', async () => {
      let calls = 0
      const provider = onednnProvider(onednn)
      const counted: NamedProvider = {
        ...provider,
        open: (memory) => ({
          prepare(batch) {
            const product = provider.open(memory).prepare(batch)
            return (
              product && {
                run: (...places) => {
                  calls++
                  product.run(...places)
                },
                close: () => product.close(),
              }
            )
          },
        }),
      }
      const executable = await createWasmExecutor({ products: counted }).compile(mixed)
      await executable.run(mixedFeeds, new Map())
      assert.equal(calls, 2)
      await executable.close()
    })

    test('a factor whose rows lie pages apart is copied piece by piece', async () => {
      const [rows, depth, columns] = [37, 257, 2_048]
      for (const threads of [1, 2]) {
        const executor = await openWasmExecutor(threads, { onednn, worthwhile: evenSmall })
        const types = {
          feeds: {
            x: { shape: [rows, depth], dtype: 'float32' },
            y: { shape: [depth, columns], dtype: 'float32' },
            z: { shape: [rows, columns], dtype: 'float32' },
          },
          states: {},
        } as const
        const program = trace('wide', types, ({ feeds: { x, y, z } }) => ({
          outputs: { plain: ops.matmul(x, y), added: ops.add(ops.matmul(ops.multiply(x, 2), y), z) },
        }))
        const [x, y, z] = [numbers(rows * depth, 4), numbers(depth * columns, 5), numbers(rows * columns, 6)]
        const feeds = {
          x: floatTensor([rows, depth], x),
          y: floatTensor([depth, columns], y),
          z: floatTensor([rows, columns], z),
        }
        const executable = await executor.compile(program)
        const { outputs } = await executable.run(feeds, new Map())
        const exact = evaluate(program, feeds).outputs
        for (const name of ['plain', 'added'] as const)
          for (const [index, value] of outputs[name]!.data.entries())
            assert.ok(
              // Sums of 257 terms by up to 16 lanes: 3.05e-5 was the most that was seen.
              Math.abs(value - exact[name]!.data[index]!) < 4e-5,
              `${name} ${index}: ${value}`,
            )
        await executable.close()
      }
    })

    test('a program gives back what it held, and its executor computes on', async () => {
      const executor = await openWasmExecutor(1, { onednn })
      for (let time = 0; time < 3; time++) {
        const executable = await executor.compile(mixed)
        await executable.run(mixedFeeds, new Map())
        await executable.close()
        await executable.close()
      }
    })

    test('a file that is named is the one that is opened', async () => {
      const before = process.env.TRM_ONEDNN
      process.env.TRM_ONEDNN = onednn.file
      try {
        const executor = await openExecutor({ executor: 'onednn', threads: 1 })
        assert.equal(executor.name, `onednn ${onednn.version}, 1 thread`)
        process.env.TRM_ONEDNN = '/nowhere/nothing.so'
        await assert.rejects(openExecutor({ executor: 'onednn', threads: 1 }), /nothing\.so/)
      } finally {
        if (before === undefined) delete process.env.TRM_ONEDNN
        else process.env.TRM_ONEDNN = before
      }
    })
  })
}

/** Two products that are worth a call, one that is not, and loops between them. */
const mixed = trace(
  'mixed',
  {
    feeds: {
      x: { shape: [96, 80], dtype: 'float32' },
      y: { shape: [80, 112], dtype: 'float32' },
    },
    states: {},
  },
  ({ feeds: { x, y } }) => {
    const product = ops.multiply(ops.matmul(x, y), 0.1)
    const square = ops.matmul(product, product, { transposeLeft: true })
    const few = ops.matmul(ops.slice(x, 0, 0, 4), y)
    return { outputs: { square, few } }
  },
)
const mixedFeeds: Readonly<Record<string, HostTensor>> = {
  x: floatTensor([96, 80], numbers(96 * 80, 2)),
  y: floatTensor([80, 112], numbers(80 * 112, 3)),
}

const [rows, width] = [96, 192]
const round = ops.roundToBfloat16

/** Two layers of a model in bfloat16; the second has what is given to the first as a factor too. */
const roundedLayers = trace(
  'layers',
  {
    feeds: {
      x: { shape: [rows, width], dtype: 'float32' },
      gate: { shape: [width, width], dtype: 'float32' },
      up: { shape: [width, width], dtype: 'float32' },
    },
    states: {},
  },
  ({ feeds }) => {
    const [gate, up] = [round(feeds.gate), round(feeds.up)]
    let h = round(feeds.x)
    for (let layer = 0; layer < 2; layer++) h = round(swiglu(round(linear(h, gate)), round(linear(h, up))))
    const [toGate, toUp] = gradients(ops.sumAll(ops.multiply(h, feeds.x)), [feeds.gate, feeds.up])
    return { outputs: { h, toGate: toGate!, toUp: toUp! } }
  },
)

type Three = [number, number, number]
type Four = [number, number, number, number]

test('a plan that reaches beyond a value is refused when it is compiled', () => {
  const { steps } = planSteps(mixed)
  const product = steps.find(({ work }) => work.is === 'product')!
  checkExtents(product)
  const [first, ...others] = product.reads
  const moved = { ...product, reads: [{ ...first!, bytes: 4 }, ...others] }
  assert.throws(() => checkExtents(moved), /would read bytes 4 to 30724 of the 30720 of a value/)
  const before = { ...product, writes: [{ ...product.writes[0]!, bytes: -4 }] }
  assert.throws(() => checkExtents(before), /would write bytes -4 to/)
})
