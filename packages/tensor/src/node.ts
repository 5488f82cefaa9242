import { availableParallelism } from 'node:os'
import * as onnxruntime from 'onnxruntime-node'
import { InputError } from './errors.ts'
import type { Executor } from './executors/executor.ts'
import { createOrtExecutor, type Device, type OrtOptions } from './executors/ort.ts'
import { floatTensor } from './graph/types.ts'

/** The one file that opens ONNX Runtime in Node. */
export async function openOrtExecutor(options: Partial<OrtOptions> = {}): Promise<Executor> {
  const { device = 'cpu', threads = availableParallelism(), refuseFallback = false, plain = false } = options
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new InputError({
      who: 'threads',
      expected: 'a whole number from 1 to 1024',
      got: String(threads),
      hint: `This machine has ${availableParallelism()} cores.`,
    })
  }
  const built = onnxruntime.listSupportedBackends().map((backend) => backend.name)
  const devices = (['cpu', 'webgpu'] as readonly Device[]).filter((name) => built.includes(name))
  if (!devices.includes(device)) {
    throw new InputError({
      who: 'device',
      expected: `one of ${devices.join(', ')}`,
      got: JSON.stringify(device),
      hint: 'Choose another device; `trm doctor` shows what works here.',
    })
  }
  const executor = createOrtExecutor(onnxruntime, { device, threads, refuseFallback, plain })
  if (device === 'webgpu') await tryAdapter(executor)
  return executor
}

/** The provider is there on every platform; whether it finds an adapter shows at the first session only. */
async function tryAdapter(executor: Executor): Promise<void> {
  try {
    executor.release(await executor.upload(floatTensor([1], [0])))
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new InputError(
      {
        who: 'device webgpu',
        expected: 'an adapter: a GPU with its Vulkan, Metal or Direct3D 12 driver',
        got: `"${text.split('was false. ').at(-1)!.trim()}"`,
        hint: 'Use device cpu, or install the driver; on Linux VK_ICD_FILENAMES may name one.',
      },
      { cause: error },
    )
  }
}
