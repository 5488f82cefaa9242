import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common'
import { InputError } from '../errors.ts'
import type { Tensor } from '../graph/operations.ts'
import type { Program } from '../graph/program.ts'
import { formatShape, type HostTensor, sameShape } from '../graph/types.ts'
import { lowerToOnnx, outputName, updateName } from '../onnx/lower.ts'
import type { DeviceTensor, Executable, Executor, RunResult } from './executor.ts'

export type Device = 'cpu' | 'webgpu'

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
}

/** A tensor on the CPU is an ordinary array; on WebGPU it is a buffer that only sessions can read. */
interface OrtDeviceTensor extends DeviceTensor {
  readonly tensor: OrtTensor
}

/** Runs programs with ONNX Runtime: one session a program, one `run` a call. */
export function createOrtExecutor(runtime: OnnxRuntime, options: OrtOptions): Executor {
  const { device, threads } = options
  const readers = new Map<string, Promise<InferenceSession>>()
  const wrap = (tensor: OrtTensor): OrtDeviceTensor => ({
    tensor,
    shape: tensor.dims,
    type: tensor.type as DeviceTensor['type'],
  })
  return {
    name:
      device === 'cpu'
        ? `onnxruntime cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
        : 'onnxruntime webgpu',
    device,
    threads: device === 'cpu' ? threads : 1,
    async compile(program) {
      return new OrtExecutable(program, await createSession(runtime, program, options), runtime, device)
    },
    upload: async (tensor) => wrap(toOrt(runtime, tensor)),
    async download(tensor) {
      const { tensor: held } = tensor as OrtDeviceTensor
      if (held.location === 'cpu' || held.location === 'cpu-pinned') return toHost(held)
      // Reading a device buffer directly aborts the process in onnxruntime-node 1.30: copy through a session.
      const key = `${tensor.type}${formatShape(tensor.shape)}`
      const reader = readers.get(key) ?? createReader(runtime, tensor, options)
      readers.set(key, reader)
      const results = await (await reader).run({ value: held })
      return toHost(results[outputName('value')]!)
    },
    release: (tensor) => {
      const { tensor: held } = tensor as OrtDeviceTensor
      if (held.location === 'gpu-buffer') held.dispose()
    },
  }
}

class OrtExecutable implements Executable {
  readonly #program: Program
  readonly #session: InferenceSession
  readonly #runtime: OnnxRuntime
  readonly #device: Device

  constructor(program: Program, session: InferenceSession, runtime: OnnxRuntime, device: Device) {
    this.#program = program
    this.#session = session
    this.#runtime = runtime
    this.#device = device
  }

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    states: ReadonlyMap<string, DeviceTensor>,
    spare: ReadonlyMap<string, DeviceTensor> = new Map(),
  ): Promise<RunResult> {
    const { name, outputs, updates } = this.#program
    const inputs: Record<string, OrtTensor> = {}
    for (const [key, expected] of Object.entries(this.#program.feeds))
      inputs[key] = toOrt(this.#runtime, checkInput(`program ${name}, feed ${key}`, feeds[key], expected))
    for (const [key, expected] of Object.entries(this.#program.states))
      inputs[key] = (
        checkInput(`program ${name}, state ${key}`, states.get(key), expected) as OrtDeviceTensor
      ).tensor

    // Results written into memory that we hold are also copied into the returned object; still cheaper than new
    // memory for every run.
    const fetches: Record<string, OrtTensor | null> = {}
    for (const key of Object.keys(outputs)) fetches[outputName(key)] = null
    for (const key of Object.keys(updates))
      fetches[updateName(key)] =
        this.#device === 'cpu' ? ((spare.get(key) as OrtDeviceTensor)?.tensor ?? null) : null
    const results = await this.#session.run(inputs, fetches)

    const newStates = new Map<string, OrtDeviceTensor>()
    for (const [key, { shape, type }] of Object.entries(updates)) {
      const tensor = fetches[updateName(key)] ?? results[updateName(key)]!
      newStates.set(key, { tensor, shape, type: type as DeviceTensor['type'] })
    }
    const host = Object.keys(outputs).map((key) => [key, toHost(results[outputName(key)]!)])
    return { outputs: Object.fromEntries(host), updates: newStates }
  }

  async close(): Promise<void> {
    await this.#session.release()
  }
}

async function createSession(
  runtime: OnnxRuntime,
  program: Program,
  { device, threads }: OrtOptions,
): Promise<InferenceSession> {
  const gpuBuffers = Object.fromEntries(
    Object.keys(program.updates).map((key) => [updateName(key), 'gpu-buffer' as const]),
  )
  const onCpu = Object.fromEntries(
    Object.keys(program.outputs).map((key) => [outputName(key), 'cpu' as const]),
  )
  return await runtime.InferenceSession.create(lowerToOnnx(program), {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableMemPattern: true,
    logSeverityLevel: 3,
    ...(device === 'webgpu' ? { preferredOutputLocation: { ...gpuBuffers, ...onCpu } } : {}),
    extra: { session: { set_denormal_as_zero: '1' } },
  })
}

/** A session that hands one tensor through to host memory. */
async function createReader(
  runtime: OnnxRuntime,
  tensor: DeviceTensor,
  options: OrtOptions,
): Promise<InferenceSession> {
  const { trace } = await import('../graph/program.ts')
  const program = trace('read', { feeds: {}, states: { value: tensor } }, ({ states }) => ({
    outputs: { value: states.value },
  }))
  return await createSession(runtime, program, options)
}

function toOrt(runtime: OnnxRuntime, { type, shape, data }: HostTensor): OrtTensor {
  return type === 'float32'
    ? new runtime.Tensor('float32', data as Float32Array, shape)
    : new runtime.Tensor('int32', data as Int32Array, shape)
}

function toHost(tensor: OrtTensor): HostTensor {
  return {
    type: tensor.type as HostTensor['type'],
    shape: tensor.dims,
    data: tensor.data as HostTensor['data'],
  }
}

function checkInput<T extends DeviceTensor>(who: string, value: T | undefined, expected: Tensor): T {
  if (value && value.type === expected.type && sameShape(value.shape, expected.shape)) return value
  throw new InputError({
    who,
    expected: `${expected.type}${formatShape(expected.shape)}`,
    got: value ? `${value.type}${formatShape(value.shape)}` : 'nothing',
    hint: 'Programs have static shapes: pass what the program was traced with, or trace another one.',
  })
}
