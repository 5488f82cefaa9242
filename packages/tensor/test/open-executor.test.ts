import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasRelaxedSimd } from '../src/executors/wasm/web-assembly.ts'
import { floatTensor, InputError, matmul, trace, Workspace } from '../src/index.ts'
import { openExecutor } from '../src/node.ts'

/** A product that takes milliseconds. */
const size = 192
const product = trace(
  'product',
  { feeds: { x: { shape: [size, size], dtype: 'float32' } }, states: {} },
  ({ feeds: { x } }) => ({ outputs: { y: matmul(x, x) } }),
)
const x = floatTensor([size, size], new Float32Array(size * size).fill(0.5))

async function withEnvironment<Result>(value: string, work: () => Promise<Result>): Promise<Result> {
  const before = process.env.TRM_EXECUTOR
  process.env.TRM_EXECUTOR = value
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.TRM_EXECUTOR
    else process.env.TRM_EXECUTOR = before
  }
}

test('the executor that is asked for is opened, and says which it is', async () => {
  const ours = await openExecutor({ executor: 'wasm', threads: 1 })
  assert.deepEqual([ours.kind, ours.device, ours.threads], ['wasm', 'cpu', 1])
  const runtime = await openExecutor({ executor: 'onnxruntime', threads: 1 })
  assert.deepEqual([runtime.kind, runtime.device, runtime.threads], ['onnxruntime', 'cpu', 1])
})

test('auto is what the environment names', async () => {
  const opened = (name: string) => withEnvironment(name, () => openExecutor({ threads: 1 }))
  assert.equal((await opened('wasm')).kind, 'wasm')
  assert.equal((await opened('onnxruntime')).kind, 'onnxruntime')
  const asked = withEnvironment('wasm', () => openExecutor({ executor: 'onnxruntime', threads: 1 }))
  assert.equal((await asked).kind, 'onnxruntime', 'an option says more')
  await assert.rejects(
    opened('torch'),
    /TRM_EXECUTOR: expected one of auto, wasm, onednn, onnxruntime, got "torch"/,
  )
})

test('what an executor does not have is refused', async () => {
  await assert.rejects(openExecutor({ executor: 'wasm', device: 'webgpu' }), (error) => {
    assert.ok(error instanceof InputError)
    assert.match(error.message, /executor wasm.*device cpu.*device webgpu.*`executor: onnxruntime`/s)
    return true
  })
  await assert.rejects(openExecutor({ executor: 'wasm', threads: 0 }), /threads/)
})

test('opening wasm turns on the instructions that this version of Node has', async () => {
  await openExecutor({ executor: 'wasm' })
  assert.ok(hasRelaxedSimd())
})

test('timers and signals are heard while wasm computes', async () => {
  const executor = await openExecutor({ executor: 'wasm' })
  const runnable = await new Workspace(executor).compile(product)
  let heard = false
  process.once('SIGUSR2', () => {
    heard = true
  })
  setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 1)
  let runs = 0
  // Without pauses this would be the first moment at which anything else is heard.
  while (!heard && runs < 20_000) {
    await runnable.run({ x })
    runs++
  }
  await runnable.close()
  assert.ok(heard, `not within ${runs} runs`)
})
