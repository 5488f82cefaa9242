import type { HostTensor } from '@tiny-recursive-models/tensor'

/** Tensors that threads read without a copy in every message: one shared buffer a name, used again and again. */
export class SharedTensors {
  readonly #buffers = new Map<string, SharedArrayBuffer>()

  /** A copy in shared memory, which holds until the next `put` under this name. */
  put(name: string, { dtype, shape, data }: HostTensor): HostTensor {
    const before = this.#buffers.get(name)
    const buffer = before?.byteLength === data.byteLength ? before : new SharedArrayBuffer(data.byteLength)
    this.#buffers.set(name, buffer)
    const shared = dtype === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer)
    shared.set(data)
    return { dtype, shape, data: shared }
  }
}
