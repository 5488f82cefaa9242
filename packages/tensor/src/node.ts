/**
 * The one file that opens ONNX Runtime in Node: its native library, or the same compiled to WebAssembly. Neither is
 * loaded before it is asked for: a program that only reads or checks files runs where the native library does not load.
 */
import { availableParallelism } from 'node:os'
import { InputError } from './errors.ts'
import type { Executor } from './executors/executor.ts'
import { createOrtExecutor, type Device, type OnnxRuntime, type OrtOptions } from './executors/ort.ts'
import { floatTensor } from './graph/types.ts'

/** The devices in Node, the default first. `wasm` runs wherever Node does, on the same processor but slower. */
export const nodeDevices = ['cpu', 'webgpu', 'wasm'] as const satisfies readonly Device[]

/** More threads than this only wait for each other: a run is not resumed with more unless asked to. */
export const usefulThreads = (): number => Math.max(16, 4 * availableParallelism())

/**
 * The most that may be asked for: a run from a larger machine can be repeated bit for bit only with its number of
 * threads. 1000 threads on two cores do not finish a step in a minute.
 */
export const maxThreads = (): number => Math.max(256, 4 * availableParallelism())

/**
 * Opens ONNX Runtime on a device. With `wasm` a process or worker thread uses one number of threads, the first that it
 * opened.
 *
 * @throws {InputError} if the device or the number of threads does not exist, the native library does not load, or
 * WebGPU finds no adapter
 */
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
  const settings = { device, threads, refuseFallback, plain }
  if (device === 'wasm') return createOrtExecutor(await loadWebAssembly(threads), settings)
  const runtime = await loadNative()
  const built = ['wasm', ...runtime.listSupportedBackends().map((backend) => backend.name)]
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
        hint: `${hint} Or compute with \`device: wasm\`: the same in WebAssembly, at about half the speed.`,
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
