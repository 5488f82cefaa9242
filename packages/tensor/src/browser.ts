/** The one file that opens an executor in a browser: our own, or ONNX Runtime, which is fetched only when it is asked for. */

import { openWasmExecutor } from './browser/wasm-threads.ts'
import { InputError } from './errors.ts'
import type { Executor } from './executors/executor.ts'
import type { OnnxRuntime } from './executors/ort-session.ts'
import { letMessagesIn, withPauses } from './executors/pauses.ts'
import { trace } from './graph/program.ts'
import { floatTensor } from './graph/types.ts'
import { add } from './ops/primitives.ts'

/** Where the two files of one build of ONNX Runtime are. */
export interface RuntimeFiles {
  readonly mjs: string
  readonly wasm: string
}

/** How an executor is opened in a browser. */
export interface BrowserOptions {
  /** `auto`: `wasm`, the executor of our own, the faster one for small models. `webgpu`: ONNX Runtime on the GPU. */
  readonly device?: 'auto' | 'wasm' | 'webgpu'
  /** Threads of `wasm`, by default one; more need a page that is cross-origin isolated. Results do not depend on them. */
  readonly threads?: number
  /** The files of ONNX Runtime with WebGPU; by default where the bundler put them. */
  readonly files?: RuntimeFiles
}

/** How ONNX Runtime is opened in a browser. */
export type OrtBrowserOptions = {
  /** Refuses programs with an operator that WebGPU lacks; without it such operators run in WebAssembly. */
  readonly refuseFallback?: boolean
} & (
  | { readonly device: 'webgpu'; readonly files?: RuntimeFiles }
  /** For comparisons. More than one thread needs a page that is cross-origin isolated. */
  | { readonly device: 'wasm'; readonly threads?: number; readonly files: RuntimeFiles }
)

/**
 * Opens an executor in a page or, better, in a worker: our own, which needs no file beside the script, or ONNX Runtime
 * on WebGPU, whose scripts and files are fetched now.
 * @throws InputError if the device or number of threads is not available, or the files of ONNX Runtime are missing
 */
export async function openExecutor(options: BrowserOptions = {}): Promise<Executor> {
  const { device = 'auto', threads = 1, files } = options
  if (device === 'webgpu') return await openWebGpu(files, false)
  return withPauses(await openWasmExecutor(threadsFor(threads)), letMessagesIn)
}

/**
 * Opens ONNX Runtime in a page or, better, in a worker: on WebGPU, or in WebAssembly to compare `openExecutor` with. A
 * worker or page uses one device and one number of threads, the first that it opened.
 * @throws InputError if the device or number of threads is not available, or the files of ONNX Runtime are missing
 */
export async function openOrtExecutor(options: OrtBrowserOptions): Promise<Executor> {
  const { device, refuseFallback = false } = options
  if (device === 'webgpu') return await openWebGpu(options.files, refuseFallback)
  const threads = threadsFor(options.threads ?? 1)
  const runtime = await import('onnxruntime-web/wasm')
  return await opened(runtime, { device, threads, refuseFallback, files: options.files })
}

async function openWebGpu(files: RuntimeFiles | undefined, refuseFallback: boolean): Promise<Executor> {
  await requireAdapter()
  const runtime = await import('onnxruntime-web/webgpu')
  return await opened(runtime, {
    device: 'webgpu',
    threads: 1,
    refuseFallback,
    files: files ?? bundledWebGpu(),
  })
}

/**
 * Where a bundler puts the files: Vite and webpack see these expressions and copy what they name. The runtime loads its
 * `mjs` itself, which therefore is a file of its own.
 */
const bundledWebGpu = (): RuntimeFiles => ({
  mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
  wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
})

interface WebRuntime extends OnnxRuntime {
  readonly env: {
    readonly wasm: { numThreads?: number; wasmPaths?: string | { mjs?: string | URL; wasm?: string | URL } }
  }
}

interface Settings {
  readonly device: 'wasm' | 'webgpu'
  readonly threads: number
  readonly refuseFallback: boolean
  readonly files: RuntimeFiles
}

async function opened(runtime: WebRuntime, settings: Settings): Promise<Executor> {
  const { files, ...options } = settings
  runtime.env.wasm.numThreads = options.threads
  runtime.env.wasm.wasmPaths = { ...files }
  // With the runtime comes what writes programs for it.
  const { createOrtExecutor } = await import('./executors/ort.ts')
  const executor = createOrtExecutor(runtime, options)
  await firstSession(executor, options.device)
  return executor
}

function threadsFor(threads: number): number {
  const isolated = globalThis.crossOriginIsolated
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64 && (threads === 1 || isolated))
    return threads
  throw new InputError({
    who: 'threads',
    expected: isolated ? 'a whole number from 1 to 64' : '1, because the page is not cross-origin isolated',
    got: String(threads),
    hint: isolated
      ? `This machine has ${globalThis.navigator.hardwareConcurrency} cores.`
      : 'Serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
  })
}

/** Why this browser has no WebGPU adapter; null if it has one. */
export async function missingAdapter(): Promise<string | null> {
  const { gpu } = globalThis.navigator
  if (!gpu) return 'no WebGPU in this browser, or a page that is not secure (https or localhost)'
  try {
    return (await gpu.requestAdapter()) ? null : 'WebGPU without an adapter'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function requireAdapter(): Promise<void> {
  const got = await missingAdapter()
  if (got === null) return
  throw new InputError({
    who: 'device webgpu',
    expected: 'an adapter: a GPU that the browser may use',
    got,
    hint: 'Use device wasm, or turn on hardware acceleration in the browser.',
  })
}

/** The files of the runtime are fetched by the first session. */
async function firstSession(executor: Executor, device: string): Promise<void> {
  try {
    const program = trace(
      'first',
      { feeds: { x: { shape: [1], dtype: 'float32' } }, states: {} },
      ({ feeds }) => ({
        outputs: { y: add(feeds.x, 1) },
      }),
    )
    const executable = await executor.compile(program)
    await executable.run({ x: floatTensor([1], [0]) }, new Map())
    await executable.close()
  } catch (error) {
    throw new InputError(
      {
        who: `device ${device}`,
        expected: 'the files of ONNX Runtime next to the page',
        got: error instanceof Error ? error.message : String(error),
        hint: 'Set their address with the option `files`; see docs/browser.md.',
      },
      { cause: error },
    )
  }
}
