import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { InputError } from '../src/errors.ts'
import type { Executor } from '../src/executors/executor.ts'
import { createWasmExecutor } from '../src/executors/wasm/executor.ts'
import { openWasmExecutor } from '../src/node/wasm-threads.ts'
import { openOrtExecutor } from '../src/node.ts'
import { conformance } from './suite/conformance.ts'

/**
 * Every executor that this machine can open; each has to agree with the reference on every case. WebGPU joins where
 * there is an adapter, and then every operator has to run on it; TRM_TEST_WEBGPU=1 makes its absence an error, and 0
 * leaves it out.
 */
const executors: Executor[] = [await openOrtExecutor({ device: 'cpu', threads: 1 }), ...(await webgpu())]

async function webgpu(): Promise<Executor[]> {
  const wanted = process.env.TRM_TEST_WEBGPU
  const leaveOut = (reason: string): Executor[] => {
    test('onnxruntime webgpu', { skip: reason }, () => {})
    return []
  }
  if (wanted === '0') return leaveOut('TRM_TEST_WEBGPU is 0')
  try {
    return [await openOrtExecutor({ device: 'webgpu', refuseFallback: true })]
  } catch (error) {
    if (wanted === '1' || !(error instanceof InputError)) throw error
    return leaveOut(`no adapter: got ${error.got}`)
  }
}

conformance(createWasmExecutor())

// Every step that can be shared is, however small: in use only large ones are.
conformance(await openWasmExecutor(3, { worthwhile: { share: 0, program: 0 } }))

for (const executor of executors) {
  conformance(executor)

  test(`${executor.name}: a process may end with everything open`, () => {
    const script = fileURLToPath(new URL('support/open-everything.ts', import.meta.url))
    for (const ending of ['return', 'exit', 'throw']) {
      const args = ['--import', 'tsx', script, executor.device, ending]
      const { status, signal, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      assert.deepEqual(
        { ending, status, signal, stdout: stdout.trim() },
        { ending, status: ending === 'throw' ? 1 : 0, signal: null, stdout: '2,3' },
      )
    }
  })
}
