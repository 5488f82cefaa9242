/**
 * The one file that opens ONNX Runtime in Node: its native library, or the same compiled to WebAssembly. Neither is
 * loaded before it is asked for: a program that only reads or checks files runs where the native library does not load.
 */
import { availableParallelism } from 'node:os'
import { InputError } from '../errors.ts'
import type { Executor } from '../executors/executor.ts'
import { createOrtExecutor, type OnnxRuntime, type OrtOptions } from '../executors/ort.ts'
import { floatTensor } from '../graph/types.ts'
import { nodeDevices } from './devices.ts'
import { checkThreads } from './threads.ts'

/**
 * Opens ONNX Runtime on a device. On `wasm`, the runtime in WebAssembly, a process or worker thread uses one number of
 * threads, the first that it opened.
 *
 * @throws {InputError} if the device or the number of threads does not exist, the native library does not load, or
 * WebGPU finds no adapter
 */
export async function openOrtExecutor(options: Partial<OrtOptions> = {}): Promise<Executor> {
  const { device = 'cpu', threads = availableParallelism(), refuseFallback = false, plain = false } = options
  checkThreads(threads)
  const settings = { device, threads, refuseFallback, plain }
  if (device === 'wasm') return createOrtExecutor(await loadWebAssembly(threads), settings)
  const runtime = await loadNative()
  const built = runtime.listSupportedBackends().map((backend) => backend.name)
  if (!built.includes(device)) {
    throw new InputError({
      who: 'device',
      expected: `one of ${nodeDevices.filter((name) => built.includes(name)).join(', ')}`,
      got: JSON.stringify(device),
      hint: 'Choose another device.',
    })
  }
  const executor = createOrtExecutor(runtime, settings)
  if (device === 'webgpu') await tryAdapter(executor)
  return executor
}

async function loadWebAssembly(threads: number): Promise<OnnxRuntime> {
  const runtime = await import('onnxruntime-web')
  runtime.env.wasm.numThreads = threads
  return runtime
}

async function loadNative(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node')
  } catch (error) {
    const { got, hint } = whyNotLoaded(error)
    throw new InputError(
      {
        who: 'onnxruntime-node',
        expected: `the native library of ONNX Runtime for ${process.platform} ${process.arch}`,
        got,
        hint: `${hint} Or compute with \`executor: wasm\`, which needs no such library.`,
      },
      { cause: error },
    )
  }
}

/** What Node says of a native library that it cannot load, and what helps. */
function whyNotLoaded(error: unknown): { got: string; hint: string } {
  const { code, message } = error as NodeJS.ErrnoException
  const [firstLine] = String(message ?? error).split('\n')
  if (code === 'ERR_MODULE_NOT_FOUND')
    return {
      got: 'no such package: npm leaves it out if its install script fails, which downloads CUDA from NuGet',
      hint: 'Run `npm install --ignore-scripts`: the CPU needs nothing that the script downloads.',
    }
  if (code === 'MODULE_NOT_FOUND')
    return {
      got: `a package that has none (${firstLine})`,
      hint: 'It is built for Linux and Windows on x64 and arm64, and for macOS on arm64.',
    }
  return {
    got: `one that does not load (${firstLine})`,
    hint: 'Install the packages again with `npm ci`; on Linux it needs glibc, which Alpine does not have.',
  }
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
        hint: 'Use device cpu, or install the driver; on Linux, VK_ICD_FILENAMES can point to one.',
      },
      { cause: error },
    )
  }
}
