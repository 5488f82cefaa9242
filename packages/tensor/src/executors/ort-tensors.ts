import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common'
import { InputError } from '../errors.ts'
import type { HostTensor } from '../graph/types.ts'
import { encodeModel } from '../onnx/model.ts'
import type { DeviceTensor } from './executor.ts'
import { createSession, type OnnxRuntime, type OrtOptions } from './ort-session.ts'

/** A tensor on the CPU is an ordinary array; on WebGPU it is a buffer that only sessions can read. */
export interface OrtDeviceTensor extends DeviceTensor {
  readonly tensor: OrtTensor
  readonly lease?: Lease
}

/** The right to a device buffer of a session; ends once. */
export interface Lease {
  end(): void
}

function own(tensor: DeviceTensor): OrtDeviceTensor {
  if ('tensor' in tensor) return tensor as OrtDeviceTensor
  throw new InputError({
    who: 'onnxruntime executor',
    expected: 'a tensor that it has uploaded or computed',
    got: 'one from another executor',
    hint: 'Download it there and upload it here.',
  })
}

export function ownTensor(tensor: DeviceTensor): OrtTensor {
  return own(tensor).tensor
}

export function deviceTensor(tensor: OrtTensor, lease?: Lease): OrtDeviceTensor {
  const described = { tensor, shape: tensor.dims, dtype: tensor.type as DeviceTensor['dtype'] }
  return lease ? { ...described, lease } : described
}

/** Device buffers are not found by the garbage collector. Releasing one twice does nothing. */
export function releaseTensor(given: DeviceTensor): void {
  const { tensor, lease } = own(given)
  if (tensor.location !== 'gpu-buffer') return
  tensor.dispose()
  lease?.end()
}

export function toOrt(runtime: OnnxRuntime, { dtype, shape, data }: HostTensor): OrtTensor {
  return dtype === 'float32'
    ? new runtime.Tensor('float32', data as Float32Array, shape)
    : new runtime.Tensor('int32', data as Int32Array, shape)
}

export function toHost(tensor: OrtTensor): HostTensor {
  return {
    dtype: tensor.type as HostTensor['dtype'],
    shape: tensor.dims,
    data: tensor.data as HostTensor['data'],
  }
}

export function isOnHost(tensor: OrtTensor): boolean {
  return tensor.location === 'cpu' || tensor.location === 'cpu-pinned'
}

/**
 * Copies tensors to and from WebGPU memory. Sessions of one Identity do it: in onnxruntime-node 1.30 they are the
 * only way to write a device buffer, and reading one directly (getData) aborts the process.
 */
export class DeviceCopies {
  readonly #runtime: OnnxRuntime
  readonly #options: OrtOptions
  readonly #sessions = new Map<string, Promise<InferenceSession>>()

  constructor(runtime: OnnxRuntime, options: OrtOptions) {
    this.#runtime = runtime
    this.#options = options
  }

  upload(tensor: OrtTensor): Promise<OrtTensor> {
    return this.#copy(tensor, 'gpu-buffer')
  }

  download(tensor: OrtTensor): Promise<OrtTensor> {
    return this.#copy(tensor, 'cpu')
  }

  async #copy(tensor: OrtTensor, to: 'cpu' | 'gpu-buffer'): Promise<OrtTensor> {
    const dtype = tensor.type as HostTensor['dtype']
    const key = `${dtype} to ${to}`
    const session =
      this.#sessions.get(key) ??
      createSession(this.#runtime, identityModel(dtype), this.#options, { copy: to })
    this.#sessions.set(key, session)
    const { copy } = await (await session).run({ value: tensor })
    return copy!
  }
}

/** One Identity for tensors of any shape. */
function identityModel(dtype: HostTensor['dtype']): Uint8Array {
  return encodeModel({
    name: 'copy',
    inputs: [{ name: 'value', dtype }],
    outputs: [{ name: 'copy', dtype }],
    initializers: [],
    nodes: [{ type: 'Identity', inputs: ['value'], outputs: ['copy'] }],
  })
}
