import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { evaluate } from '../src/executors/reference/evaluate.ts'
import { compileProgram } from '../src/executors/wasm/compile.ts'
import { createWasmExecutor } from '../src/executors/wasm/executor.ts'
import { type Program, trace } from '../src/graph/program.ts'
import { floatTensor, type HostTensor } from '../src/graph/types.ts'
import { openWasmExecutor } from '../src/node/wasm-threads.ts'
import * as ops from '../src/ops/primitives.ts'
import { RandomStream } from '../src/random/random-stream.ts'

const random = new RandomStream(0, 'sparse product')
const numbers = (count: number): Float32Array =>
  Float32Array.from({ length: count }, () => 2 * random.float() - 1)

/** [rows, depth]: about one number of eight is not 0, of two sizes; the first row is empty. */
const membership = (rows: number, depth: number): Float32Array =>
  Float32Array.from({ length: rows * depth }, (_, place) =>
    place < depth || random.integer(8) > 0 ? 0 : 0.5 + random.integer(2),
  )

interface Case {
  readonly rows: number
  readonly depth: number
  readonly columns: number
  readonly transposeLeft?: boolean
  readonly hasAddend?: boolean
  /** Part of a wider right factor. */
  readonly isPart?: boolean
}

function programOf({ rows, depth, columns, transposeLeft = false, hasAddend, isPart }: Case) {
  const width = isPart ? columns + 8 : columns
  const types = {
    feeds: {
      right: { shape: [depth, width], dtype: 'float32' },
      addend: { shape: [rows, columns], dtype: 'float32' },
    },
    states: {},
  } as const
  const values = membership(...((transposeLeft ? [depth, rows] : [rows, depth]) as [number, number]))
  const program = trace('sparse', types, ({ feeds }) => {
    const left = ops.constant(values, transposeLeft ? [depth, rows] : [rows, depth])
    const right = isPart ? ops.slice(feeds.right, 1, 4, 4 + columns) : feeds.right
    const y = ops.matmul(left, right, { transposeLeft, ...(hasAddend && { addend: feeds.addend }) })
    return { outputs: { y, addend: ops.negate(feeds.addend) } }
  })
  const feeds = {
    right: floatTensor([depth, width], numbers(depth * width)),
    addend: floatTensor([rows, columns], numbers(rows * columns)),
  }
  return { program, feeds }
}

const kindsOf = (program: Program): string[] => compileProgram(program).plan.steps.map(({ work }) => work.is)

async function resultOf(
  executor: Awaited<ReturnType<typeof openWasmExecutor>>,
  program: Program,
  feeds: Readonly<Record<string, HostTensor>>,
) {
  const executable = await executor.compile(program)
  const { outputs } = await executable.run(feeds, new Map())
  await executable.close()
  return outputs.y!.data
}

describe('a product with a constant of mostly zeros', () => {
  const cases: Readonly<Record<string, Case>> = {
    'of whole blocks': { rows: 20, depth: 36, columns: 2304 },
    'of columns that no block divides': { rows: 20, depth: 36, columns: 1036 },
    'with less than a block, and a rest': { rows: 9, depth: 33, columns: 20 },
    transposed: { rows: 36, depth: 30, columns: 64, transposeLeft: true },
    'with an addend': { rows: 18, depth: 24, columns: 300, hasAddend: true },
    'of a part of a wider factor': { rows: 16, depth: 40, columns: 256, isPart: true, hasAddend: true },
  }
  for (const [name, shape] of Object.entries(cases))
    test(`${name} adds up rows, the same for any number of threads`, async () => {
      const { program, feeds } = programOf(shape)
      assert.ok(kindsOf(program).includes('sparseProduct'))
      const found = await resultOf(createWasmExecutor(), program, feeds)
      const exact = evaluate(program, feeds).outputs.y!.data
      for (const [index, value] of found.entries())
        assert.ok(Math.abs(value - exact[index]!) < 1e-5, `${index}: ${value}, ${exact[index]}`)
      for (const threads of [2, 3]) {
        const executor = await openWasmExecutor(threads, { worthwhile: { share: 0, program: 0 } })
        assert.deepEqual(await resultOf(executor, program, feeds), found)
      }
    })

  test('of columns that are no whole vectors, or with few zeros, is done as any other', () => {
    const odd = programOf({ rows: 8, depth: 30, columns: 30 })
    assert.deepEqual(
      kindsOf(odd.program).filter((kind) => kind !== 'loop'),
      ['product'],
    )
    const types = { feeds: { right: { shape: [8, 16], dtype: 'float32' } }, states: {} } as const
    const full = trace('full', types, ({ feeds }) => ({
      outputs: { y: ops.matmul(ops.constant(numbers(64), [8, 8]), feeds.right) },
    }))
    assert.deepEqual(kindsOf(full), ['product'])
  })
})
