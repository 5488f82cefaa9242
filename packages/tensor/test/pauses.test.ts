import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPauses } from '../src/executors/pauses.ts'
import { add, createReferenceExecutor, floatTensor, trace } from '../src/index.ts'

test('the event loop turns between runs, which promises alone do not let it', async () => {
  const program = trace(
    'one',
    { feeds: { x: { shape: [1], dtype: 'float32' } }, states: {} },
    ({ feeds }) => ({
      outputs: { y: add(feeds.x, 1) },
    }),
  )
  let isHeard = false
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const executor = withPauses(createReferenceExecutor(), turn)
  const executable = await executor.compile(program)
  setTimeout(() => {
    isHeard = true
  })
  // Ends only if the timer is heard.
  while (!isHeard) {
    const { outputs } = await executable.run({ x: floatTensor([1], [1]) }, new Map())
    assert.deepEqual([...outputs.y!.data], [2])
  }
  await executable.close()
})
