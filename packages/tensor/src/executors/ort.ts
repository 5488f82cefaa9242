import type { Tensor as OrtTensor } from 'onnxruntime-common'
import type { Program } from '../graph/program.ts'
import type { HostTensor } from '../graph/types.ts'
import { verifyProgram } from '../graph/verify.ts'
import { lowerToOnnx, outputName, updateName } from '../onnx/lower.ts'
import type { DeviceTensor, Executable, Executor, RunResult } from './executor.ts'
import { checkFeeds, checkStates } from './inputs.ts'
import {
  createSession,
  type Device,
  LastingSession,
  type OnnxRuntime,
  type OrtOptions,
} from './ort-session.ts'
import {
  DeviceCopies,
  deviceTensor,
  isOnHost,
  ownTensor,
  releaseTensor,
  toHost,
  toOrt,
} from './ort-tensors.ts'

export type { Device, OnnxRuntime, OrtOptions }

/** Runs programs with ONNX Runtime: one session a program, one `run` a call. */
export function createOrtExecutor(runtime: OnnxRuntime, options: OrtOptions): Executor {
  const { device, threads } = options
  const copies = new DeviceCopies(runtime, options)
  return {
    kind: 'onnxruntime',
    name:
      device === 'webgpu'
        ? 'onnxruntime webgpu'
        : `onnxruntime ${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    device,
    threads: device === 'webgpu' ? 1 : threads,
    async compile(program) {
      verifyProgram(program)
      const locations = {
        ...Object.fromEntries(Object.keys(program.outputs).map((key) => [outputName(key), 'cpu' as const])),
        ...Object.fromEntries(
          Object.keys(program.updates).map((key) => [updateName(key), 'gpu-buffer' as const]),
        ),
      }
      const session = await createSession(
        runtime,
        lowerToOnnx(program, {
          operators: options.plain ? 'standard' : 'onnxruntime',
          rounding: device === 'webgpu' ? 'arithmetic' : 'cast',
        }),
        options,
        locations,
      )
      return new OrtExecutable(program, new LastingSession(session), runtime, device)
    },
    async upload(tensor) {
      if (device === 'webgpu') return deviceTensor(await copies.upload(toOrt(runtime, tensor)))
      return deviceTensor(toOrt(runtime, { ...tensor, data: tensor.data.slice() }))
    },
    async download(tensor) {
      const held = ownTensor(tensor)
      if (!isOnHost(held)) return toHost(await copies.download(held))
      const host = toHost(held)
      return { ...host, data: host.data.slice() }
    },
    release: releaseTensor,
  }
}

class OrtExecutable implements Executable {
  readonly #program: Program
  readonly #session: LastingSession
  readonly #runtime: OnnxRuntime
  readonly #device: Device

  constructor(program: Program, session: LastingSession, runtime: OnnxRuntime, device: Device) {
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
    const { outputs, updates } = this.#program
    checkFeeds(this.#program, feeds)
    checkStates(this.#program, states)
    const inputs: Record<string, OrtTensor> = {}
    for (const key of Object.keys(this.#program.feeds)) inputs[key] = toOrt(this.#runtime, feeds[key]!)
    for (const key of Object.keys(this.#program.states)) inputs[key] = ownTensor(states.get(key)!)

    const fetches: Record<string, OrtTensor | null> = {}
    for (const key of Object.keys(outputs)) fetches[outputName(key)] = null
    for (const key of Object.keys(updates)) fetches[updateName(key)] = this.#memoryFor(spare.get(key))
    const results = await this.#session.run(inputs, fetches)

    const newStates = Object.keys(updates).map((key): [string, DeviceTensor] => {
      const tensor = fetches[updateName(key)] ?? results[updateName(key)]!
      return [key, deviceTensor(tensor, this.#device === 'webgpu' ? this.#session.lease() : undefined)]
    })
    const host = Object.keys(outputs).map((key) => [key, toHost(results[outputName(key)]!)])
    return { outputs: Object.fromEntries(host), updates: new Map(newStates) }
  }

  /**
   * What a new value of a state is written into. On the CPU spare memory: the result is then copied into the
   * returned object as well, which is still cheaper than new memory for every run. The WebGPU provider does not
   * write into buffers that it is given; released before the run, they are what it allocates from.
   */
  #memoryFor(spare: DeviceTensor | undefined): OrtTensor | null {
    if (spare && this.#device === 'cpu') return ownTensor(spare)
    if (spare) releaseTensor(spare)
    return null
  }

  async close(): Promise<void> {
    await this.#session.close()
  }
}
