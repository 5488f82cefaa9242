import type { InferenceSession, TensorConstructor } from 'onnxruntime-common'

/** `wasm` is the CPU through WebAssembly: in a browser, and in Node if the native library does not load. */
export type Device = 'cpu' | 'wasm' | 'webgpu'

/** The part of an onnxruntime package that is used; onnxruntime-node and onnxruntime-web both have it. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  readonly Tensor: TensorConstructor
}

export interface OrtOptions {
  readonly device: Device
  /** Threads of one run on the CPU. */
  readonly threads: number
  /** Refuses programs with an operator that WebGPU lacks; without it such operators run on the CPU, which is slow. */
  readonly refuseFallback?: boolean
  /**
   * Computes with standard operators, which ONNX Runtime does not fuse: slower, and rounded as the formulas are
   * written.
   */
  readonly plain?: boolean
}

/** Where the outputs of a session are wanted, by name. */
export type OutputLocations = Readonly<Record<string, 'cpu' | 'gpu-buffer'>>

export async function createSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  { device, threads, refuseFallback = false, plain = false }: OrtOptions,
  locations: OutputLocations,
): Promise<InferenceSession> {
  const common = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: plain ? 'basic' : 'all',
    // A memory pattern is laid beside what the first run took: twice the memory, no time saved (measured).
    enableMemPattern: false,
    logSeverityLevel: 3,
  } as const
  const session = { set_denormal_as_zero: '1' }
  if (device === 'wasm')
    return await runtime.InferenceSession.create(model, {
      ...common,
      // The fusions beyond cost accuracy here (1.1e-4 instead of 4e-5 in the logits of a recorded run) and no time.
      graphOptimizationLevel: 'basic',
      executionProviders: ['wasm'],
      extra: { session },
    })
  if (device === 'cpu')
    return await runtime.InferenceSession.create(model, {
      ...common,
      executionProviders: ['cpu'],
      extra: { session },
    })
  return await runtime.InferenceSession.create(model, {
    ...common,
    // Two passes of ONNX Runtime move transpositions behind comparisons, and WebGPU transposes no bool: the layout
    // pass that the provider's own default asks for (NHWC, of use for convolutions only), and the general one.
    executionProviders: [{ name: 'webgpu', preferredLayout: 'NCHW' }],
    preferredOutputLocation: locations,
    extra: {
      session: { ...session, disable_cpu_ep_fallback: refuseFallback ? '1' : '0' },
      optimization: { disable_specified_optimizers: 'TransposeOptimizer' },
    },
  })
}

/**
 * A session that stays open until its last device buffer is released, however early it is closed: the WebGPU provider
 * frees a buffer through the session that made it, and the process crashes if that one is gone.
 */
export class LastingSession {
  readonly #session: InferenceSession
  #buffers = 0
  #closed = false

  constructor(session: InferenceSession) {
    this.#session = session
  }

  run(...parameters: Parameters<InferenceSession['run']>): ReturnType<InferenceSession['run']> {
    return this.#session.run(...parameters)
  }

  /** Keeps the session open until the lease ends. */
  lease(): { end(): void } {
    this.#buffers++
    return {
      end: () => {
        this.#buffers--
        if (this.#closed && this.#buffers === 0) void this.#session.release()
      },
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#buffers === 0) await this.#session.release()
  }
}
