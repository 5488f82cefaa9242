/** The memory of an executor, and who has which part of it. */
import { InputError } from '../../errors.ts'
import { maxPages } from './assembler.ts'
import { aligned, alignment, free, type Gap, take } from './memory-plan.ts'
import { type WasmMemory, webAssembly } from './web-assembly.ts'

const page = 65_536
/** WebAssembly addresses 4 GiB; the last page stays free, so that no vector reaches beyond. */
export const maxBytes = 65_535 * page

export class Heap {
  readonly memory: WasmMemory
  /** What was given back, neighbours in one: programs and models of many sizes come and go. */
  readonly #gaps: Gap[] = []
  #used = alignment

  /** @param shared whether threads share the memory */
  constructor(shared = false) {
    this.memory = new webAssembly.Memory({ initial: 1, maximum: maxPages, shared })
  }

  /** @throws InputError if WebAssembly cannot address that much, or the machine does not have it */
  allocate(bytes: number, who: string): number {
    const size = Math.max(alignment, aligned(bytes))
    const known = take(this.#gaps, size)
    if (known !== undefined) return known
    const address = this.#used
    this.#reserve(address + size, who)
    this.#used = address + size
    return address
  }

  release(address: number, bytes: number): void {
    free(this.#gaps, address, address + Math.max(alignment, aligned(bytes)))
    if (this.#gaps.at(-1)?.end === this.#used) this.#used = this.#gaps.pop()!.start
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count)
  }

  integers(address: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, count)
  }

  #reserve(end: number, who: string): void {
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / page)
    if (missing <= 0) return
    try {
      if (end > maxBytes) throw new RangeError('beyond 4 GiB')
      // By a tenth more than is missing: growing may copy everything.
      const spare = Math.min(
        Math.ceil(missing / 10),
        maxPages - this.memory.buffer.byteLength / page - missing,
      )
      this.memory.grow(missing + Math.max(0, spare))
    } catch (error) {
      throw new InputError(
        {
          who,
          expected: `at most ${mebibytes(maxBytes)} in all, as WebAssembly can address and this machine has`,
          got: mebibytes(end),
          hint: 'Take smaller micro-batches, compute activations again in the backward pass (recompute), or use ONNX Runtime.',
        },
        { cause: error },
      )
    }
  }
}

export const mebibytes = (bytes: number): string =>
  `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-US')} MiB`
