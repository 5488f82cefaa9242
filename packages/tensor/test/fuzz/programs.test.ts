import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Executor } from '../../src/executors/executor.ts'
import { createWasmExecutor } from '../../src/executors/wasm/executor.ts'
import { nodesOf } from '../../src/graph/program.ts'
import { openFuzzedExecutors } from './executors.ts'
import { makeProgram } from './programs.ts'
import { fuzzPrograms } from './run.ts'

const count = process.env.TRM_TEST_ALL ? 1500 : 150

test(`${count} random programs give what the reference gives`, async () => {
  const { faults, vague, numbers } = await fuzzPrograms({
    executors: await openFuzzedExecutors(),
    seed: 7,
    from: 0,
    to: count,
  })
  assert.deepEqual(faults, [])
  assert.ok(numbers > 1000 * count && vague < 0.01 * numbers, `${vague} of ${numbers} were not compared`)
})

test('a program is a function of its seed and number', () => {
  const operations = () => nodesOf(makeProgram(3, 14).program).map(({ operation }) => operation)
  assert.deepEqual(operations(), operations())
  assert.notDeepEqual(
    operations(),
    nodesOf(makeProgram(3, 15).program).map(({ operation }) => operation),
  )
})

/** Off by a ten-thousandth in one number of every program that has this operation. */
function inexact(operation: string): Executor {
  const sound = createWasmExecutor()
  return {
    ...sound,
    name: 'inexact',
    device: 'cpu',
    threads: 1,
    upload: (tensor) => sound.upload(tensor),
    download: (tensor) => sound.download(tensor),
    release: (tensor) => sound.release(tensor),
    async compile(program) {
      const executable = await sound.compile(program)
      const isAffected = nodesOf(program).some((node) => node.operation === operation)
      return {
        close: () => executable.close(),
        async run(feeds, states, spare) {
          const result = await executable.run(feeds, states, spare)
          if (isAffected)
            for (const { data } of Object.values(result.outputs))
              if (data instanceof Float32Array && data.length > 0) data[0]! *= 1.0001
          return result
        },
      }
    },
  }
}

test('a wrong number is found, and the program made small around its operation', async () => {
  const { faults } = await fuzzPrograms({
    executors: new Map([['inexact', inexact('softmax')]]),
    seed: 7,
    from: 0,
    to: 200,
    maxFaults: 1,
  })
  assert.equal(faults.length, 1)
  const { text } = faults[0]!
  const computed = text.split('\n').filter((line) => /^%\d+ = (?!feed|state|cast|constant)/.test(line))
  assert.equal(computed.length, 1, text)
  assert.match(computed[0]!, /= softmax /)
})
