/** oneDNN as a provider of matrix products over the memory of an executor. */
import { InputError } from '../../errors.ts'
import type { BatchedProduct } from '../../executors/wasm/product.ts'
import type { ProductPrecision, ProductProvider, ProvidedProduct } from '../../executors/wasm/provider.ts'
import type { WasmMemory } from '../../executors/wasm/web-assembly.ts'
import type { Onednn } from './library.ts'
import { createMatmul, createRounding, type Operands, operandsOf } from './matmul.ts'

/**
 * @param memory  of the executor; it may grow
 * @param isFaster whether the library is to do a product that it can do
 */
export function onednnProducts(
  onednn: Onednn,
  memory: WasmMemory,
  isFaster: (batch: BatchedProduct, precision: ProductPrecision) => boolean = () => true,
): ProductProvider {
  const place = new Place(onednn, memory)
  const scratch = new Scratch(onednn)
  return {
    name: `oneDNN ${onednn.version}`,
    prepare(batch, precision) {
      if (!isFaster(batch, precision)) return undefined
      const operands = operandsOf(batch)
      if (!operands) return undefined
      const kernel =
        precision === 'float32' ? floatKernel(onednn, operands) : roundingKernel(onednn, operands, scratch)
      return kernel && new OnednnProduct(batch, operands, kernel, place)
    },
  }
}

/** left, right and result by their addresses in the process. */
interface Kernel {
  run(left: number, right: number, result: number, isAdded: boolean): void
  destroy(): void
}

function floatKernel(onednn: Onednn, operands: Operands): Kernel | undefined {
  const plain = createMatmul(onednn, operands, 'float32', false)
  const adding = plain && createMatmul(onednn, operands, 'float32', true)
  if (!plain || !adding) {
    plain?.destroy()
    return undefined
  }
  return {
    run: (left, right, result, isAdded) => (isAdded ? adding : plain).run(left, right, result),
    destroy() {
      plain.destroy()
      adding.destroy()
    },
  }
}

/** Rounds both factors to bfloat16 first. */
function roundingKernel(onednn: Onednn, operands: Operands, scratch: Scratch): Kernel | undefined {
  const made: { destroy(): void }[] = []
  const keep = <T extends { destroy(): void }>(primitive: T | undefined): T | undefined => {
    if (primitive) made.push(primitive)
    return primitive
  }
  const destroy = () => {
    for (const primitive of made) primitive.destroy()
  }
  const left = createRounding(onednn, operands.left)
  const right = createRounding(onednn, operands.right)
  keep(left?.primitive)
  keep(right?.primitive)
  const rounded = left && right && { ...operands, left: left.rounded, right: right.rounded }
  const plain = rounded && keep(createMatmul(onednn, rounded, 'bfloat16', false))
  const adding = rounded && keep(createMatmul(onednn, rounded, 'bfloat16', true))
  if (!plain || !adding) {
    destroy()
    return undefined
  }
  const rightStart = aligned(left.rounded.bytes)
  scratch.reserve(rightStart + right.rounded.bytes)
  return {
    run(leftAddress, rightAddress, result, isAdded) {
      const { address } = scratch
      left.primitive.run(leftAddress, address)
      right.primitive.run(rightAddress, address + rightStart)
      ;(isAdded ? adding : plain).run(address, address + rightStart, result)
    },
    destroy,
  }
}

const alignment = 64
const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/** Memory for rounded factors, which products have one after the other. */
class Scratch {
  readonly #onednn: Onednn
  #bytes = new ArrayBuffer(0)
  address = 0

  constructor(onednn: Onednn) {
    this.#onednn = onednn
  }

  reserve(bytes: number): void {
    if (bytes + alignment <= this.#bytes.byteLength) return
    this.#bytes = new ArrayBuffer(bytes + alignment)
    this.address = aligned(this.#onednn.addressOf(this.#bytes))
  }
}

/** The executor's memory in the process. */
class Place {
  readonly #onednn: Onednn
  readonly #memory: WasmMemory
  #buffer: ArrayBufferLike
  /** Address of its first byte. */
  start: number
  length: number

  constructor(onednn: Onednn, memory: WasmMemory) {
    this.#onednn = onednn
    this.#memory = memory
    this.#buffer = memory.buffer
    this.start = onednn.addressOf(this.#buffer)
    this.length = this.#buffer.byteLength
  }

  /** Memory that has grown is another buffer, perhaps elsewhere. */
  renew(): void {
    const { buffer } = this.#memory
    if (buffer === this.#buffer) return
    this.#buffer = buffer
    this.start = this.#onednn.addressOf(buffer)
    this.length = buffer.byteLength
  }

  copy(from: number, to: number, bytes: number): void {
    new Uint8Array(this.#buffer).copyWithin(to, from, from + bytes)
  }
}

class OnednnProduct implements ProvidedProduct {
  readonly #batch: BatchedProduct
  readonly #operands: Operands
  readonly #kernel: Kernel
  readonly #place: Place

  constructor(batch: BatchedProduct, operands: Operands, kernel: Kernel, place: Place) {
    this.#batch = batch
    this.#operands = operands
    this.#kernel = kernel
    this.#place = place
  }

  run(left: number, right: number, result: number, addend: number): void {
    const place = this.#place
    place.renew()
    const { left: l, right: r, result: y } = this.#operands
    const [leftStart, rightStart] = [left + this.#batch.leftOffset, right + this.#batch.rightOffset]
    this.#check('left factor', leftStart, l.bytes)
    this.#check('right factor', rightStart, r.bytes)
    this.#check('result', result, y.bytes)
    if (addend !== 0 && addend !== result) {
      this.#check('addend', addend, y.bytes)
      place.copy(addend, result, y.bytes)
    }
    const { start } = place
    this.#kernel.run(start + leftStart, start + rightStart, start + result, addend !== 0)
  }

  close(): void {
    this.#kernel.destroy()
  }

  /** The library reads and writes where it is told to; outside of the memory that ends the process. */
  #check(what: string, start: number, bytes: number): void {
    const { length } = this.#place
    if (start >= 0 && start + bytes <= length) return
    throw new InputError({
      who: `product, ${what}`,
      expected: `a place within the ${length} bytes of the memory`,
      got: `${bytes} bytes from ${start} on`,
      hint: 'This is a mistake in the plan of the program; please report it.',
    })
  }
}
