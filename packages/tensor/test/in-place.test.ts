import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileProgram } from '../src/executors/wasm/compile.ts'
import { createWasmExecutor } from '../src/executors/wasm/executor.ts'
import { trace } from '../src/graph/program.ts'
import { floatTensor } from '../src/graph/types.ts'
import * as ops from '../src/ops/primitives.ts'
import { Workspace } from '../src/runtime/workspace.ts'

const shape = [3, 5]
const float = { shape, dtype: 'float32' } as const
const count = 15
const values = (start: number) => Float32Array.from({ length: count }, (_, index) => start + index / 8)

const stateNames = ['moment', 'weight', 'sum', 'left', 'right', 'mean', 'kept', 'normed', 'rows'] as const

/** New values that may be written over the old ones, and new values that may not. */
const program = trace(
  'in place',
  {
    feeds: { x: float, square: { shape: [5, 5], dtype: 'float32' } },
    states: Object.fromEntries(stateNames.map((name) => [name, float])),
  },
  ({ feeds: { x, square }, states }) => {
    const { moment, weight, sum, left, right, mean, kept, normed, rows } = states as {
      [name: string]: typeof x
    }
    const gradient = ops.multiply(x, 2)
    const newMoment = ops.add(ops.multiply(moment!, 0.5), x)
    return {
      outputs: {
        product: ops.matmul(weight!, square),
        kept: kept!,
        norm: ops.sumAll(ops.multiply(gradient, gradient)),
      },
      updates: {
        moment: newMoment,
        // Reads the moment's old value after its new one, and its own.
        weight: ops.subtract(weight!, ops.multiply(newMoment, moment!)),
        sum: ops.add(sum!, ops.matmul(x, square)),
        // The second to be written may take the place of what has been copied.
        left: right!,
        right: left!,
        mean: ops.subtract(mean!, ops.reduceSum(mean!, 1)),
        kept: ops.multiply(kept!, 2),
        // The very loop that sums up the squares of the gradient.
        normed: ops.subtract(normed!, gradient),
        // Read by the sum, and by what is added to it.
        rows: ops.add(rows!, ops.reduceSum(ops.multiply(rows!, rows!), 1)),
      },
    }
  },
)

test('new values are written over old ones only where these have been read', async () => {
  assert.deepEqual([...compileProgram(program).inPlace].sort(), [
    'moment',
    'normed',
    'right',
    'sum',
    'weight',
  ])

  const feeds = {
    x: floatTensor(shape, values(1)),
    square: floatTensor(
      [5, 5],
      Float32Array.from({ length: 25 }, (_, i) => i % 7),
    ),
  }
  const results = []
  for (const isAllowed of [true, false]) {
    const executor = createWasmExecutor()
    const own = executor.compile.bind(executor)
    const workspace = new Workspace(
      Object.assign(executor, {
        compile: async (given: typeof program) => {
          const executable = await own(given)
          return isAllowed
            ? executable
            : { run: executable.run.bind(executable), close: () => executable.close() }
        },
      }),
    )
    for (const [index, name] of stateNames.entries())
      await workspace.write(name, floatTensor(shape, values(index)))
    const runnable = await workspace.compile(program)
    const outputs = []
    for (let run = 0; run < 3; run++) outputs.push(await runnable.run(feeds))
    const states = []
    for (const name of stateNames) states.push((await workspace.read(name)).data)
    results.push({ outputs, states })
  }
  assert.deepEqual(results[0], results[1])
})
