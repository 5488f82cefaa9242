/** The one file that opens ONNX Runtime in a browser. */
import { InputError } from './errors.ts'
import type { Executor } from './executors/executor.ts'
import { createOrtExecutor, type OnnxRuntime } from './executors/ort.ts'
import { trace } from './graph/program.ts'
import { floatTensor } from './graph/types.ts'
import { add } from './ops/primitives.ts'

/** Where the two files of one build of ONNX Runtime are; by default where the bundler put them. */
export interface RuntimeFiles {
  readonly mjs: string
  readonly wasm: string
}

/** How ONNX Runtime is opened in a browser. */
export interface BrowserOptions {
  /** `auto`: WebAssembly, the faster one for small models. */
  readonly device?: 'auto' | 'wasm' | 'webgpu'
  /**
   * Threads of WebAssembly; by default the number of cores, at most four, if the page is cross-origin isolated,
   * otherwise one.
   */
  readonly threads?: number
  readonly files?: { readonly wasm?: RuntimeFiles; readonly webgpu?: RuntimeFiles }
  /** Refuses programs with an operator that WebGPU lacks; without it such operators run in WebAssembly. */
  readonly refuseFallback?: boolean
}

const maxThreads = 4

/**
 * Opens ONNX Runtime in a page or, better, in a worker: WebAssembly with SIMD and, where the page is cross-origin
 * isolated, threads; or WebGPU. A worker or page uses one device and one number of threads, the first that it opened.
 * @throws InputError if the device or number of threads is not available, or the files of ONNX Runtime are missing
 */
export async function openOrtExecutor(options: BrowserOptions = {}): Promise<Executor> {
  const { device: wanted = 'auto', refuseFallback = false, files } = options
  const device = wanted === 'auto' ? 'wasm' : wanted
  const threads = threadsFor(device, options.threads)
  if (device === 'webgpu') await requireAdapter()
  const { runtime, env } = await runtimes[device]()
  env.numThreads = threads
  env.wasmPaths = { ...(files?.[device] ?? bundledFiles[device]()) }
  const executor = createOrtExecutor(runtime, { device, threads, refuseFallback })
  await firstSession(executor, device)
  return executor
}

interface WasmEnvironment {
  numThreads?: number
  wasmPaths?: string | { mjs?: string | URL; wasm?: string | URL }
}

/** Two builds of the runtime: the one with WebGPU is twice as large, so a page loads the one that it needs. */
const runtimes: Readonly<
  Record<'wasm' | 'webgpu', () => Promise<{ runtime: OnnxRuntime; env: WasmEnvironment }>>
> = {
  wasm: async () => {
    const runtime = await import('onnxruntime-web/wasm')
    return { runtime, env: runtime.env.wasm }
  },
  webgpu: async () => {
    const runtime = await import('onnxruntime-web/webgpu')
    return { runtime, env: runtime.env.wasm }
  },
}

/**
 * Where a bundler puts the files: Vite and webpack see these expressions and copy what they name. The threads of the
 * runtime begin with its `mjs`, which therefore is a file of its own; the copy inside the runtime would begin the whole
 * worker anew.
 */
const bundledFiles: Readonly<Record<'wasm' | 'webgpu', () => RuntimeFiles>> = {
  wasm: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href,
  }),
  webgpu: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
  }),
}

function threadsFor(device: 'wasm' | 'webgpu', wanted: number | undefined): number {
  const isolated = globalThis.crossOriginIsolated
  if (device === 'webgpu' || (wanted === undefined && !isolated)) return 1
  const cores = globalThis.navigator.hardwareConcurrency
  const threads = wanted ?? Math.min(cores, maxThreads)
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64 && (threads === 1 || isolated))
    return threads
  throw new InputError({
    who: 'threads',
    expected: isolated ? 'a whole number from 1 to 64' : '1, because the page is not cross-origin isolated',
    got: String(threads),
    hint: isolated
      ? `This machine has ${cores} cores.`
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
