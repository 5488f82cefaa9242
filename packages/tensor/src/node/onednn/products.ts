/** oneDNN as a provider of matrix products over the memory of an executor. */
import { InputError } from '../../errors.ts'
import type { ElementBytes } from '../../executors/wasm/access.ts'
import type { NamedProvider } from '../../executors/wasm/executor.ts'
import type { BatchedProduct } from '../../executors/wasm/product.ts'
import type { ProductProvider, ProvidedProduct } from '../../executors/wasm/provider.ts'
import type { WasmMemory } from '../../executors/wasm/web-assembly.ts'
import type { DataType } from './functions.ts'
import { type Onednn, openOnednn } from './library.ts'
import { createMatmul, hasBfloat16, type Operands, operandsOf } from './matmul.ts'
import type { Primitive } from './primitive.ts'
import { createSwiglu } from './swiglu.ts'

/** Other rules than those by which the library is chosen, for tests. */
export interface OnednnRules {
  readonly isFaster?: (batch: BatchedProduct) => boolean
  readonly multipliesBfloat16?: boolean
}

/** What an executor needs to have products done by the library. */
export const onednnProvider = (
  onednn: Onednn,
  { isFaster = isFasterThere, multipliesBfloat16 = hasBfloat16(onednn) }: OnednnRules = {},
): NamedProvider => ({
  kind: 'onednn',
  name: `onednn ${onednn.version}`,
  open: (memory) => onednnProducts(onednn, memory),
  isFaster,
  multipliesBfloat16,
})

/** @param memory of the executor; it may grow */
export function onednnProducts(onednn: Onednn, memory: WasmMemory): ProductProvider {
  const place = new Place(onednn, memory)
  return {
    prepare(batch) {
      const operands = operandsOf(batch)
      if (!operands) return undefined
      const types = { factors: typeOf(batch.factorBytes), result: typeOf(batch.resultBytes) }
      const plain = createMatmul(onednn, operands, false, types)
      const adding = plain && createMatmul(onednn, operands, true, types)
      if (plain && adding) return new OnednnProduct(batch, operands, { plain, adding }, place)
      plain?.destroy()
      return undefined
    },
    prepareSwiglu(count) {
      const primitive = count < leastSwiglu ? undefined : createSwiglu(onednn, count)
      return primitive && new OnednnSwiglu(onednn, count, primitive, place)
    },
  }
}

/** Numbers below which a call takes longer than it saves. */
const leastSwiglu = 8_192

const typeOf = (bytes: ElementBytes): DataType => (bytes === 2 ? 'bfloat16' : 'float32')

/** A rule and no measurement, because results have to be the same in every run. */
export function isFasterThere({ lengths, matrix }: BatchedProduct): boolean {
  const { rows, columns, depth } = matrix
  const operations = lengths.reduce((all, length) => all * length, 2 * rows * columns * depth)
  return operations >= 131_072
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

  /** The library reads and writes where it is told to; outside of the memory that ends the process. */
  check(what: string, start: number, bytes: number): void {
    if (start >= 0 && start + bytes <= this.length) return
    throw new InputError({
      who: `product, ${what}`,
      expected: `a place within the ${this.length} bytes of the memory`,
      got: `${bytes} bytes from ${start} on`,
      hint: 'This is a mistake in the plan of the program; please report it.',
    })
  }

  copy(from: number, to: number, { starts, bytes }: Runs): void {
    const memory = new Uint8Array(this.#buffer)
    for (const start of starts) memory.copyWithin(to + start, from + start, from + start + bytes)
  }
}

/** Where a result is written: runs of memory of one length. Between them another thread may write its share. */
interface Runs {
  readonly starts: readonly number[]
  readonly bytes: number
}

function runsOf({ lengths, resultStrides, matrix, resultBytes }: BatchedProduct): Runs {
  const { rows, columns, resultRow } = matrix
  let starts = [0]
  let bytes = resultBytes * columns
  const inwards = [...lengths, rows].map((length, axis) => ({
    length,
    stride: [...resultStrides, resultRow][axis]!,
  }))
  for (const { length, stride } of inwards.reverse()) {
    if (starts.length === 1 && stride === bytes) bytes *= length
    else starts = Array.from({ length }, (_, index) => starts.map((start) => index * stride + start)).flat()
  }
  return { starts, bytes }
}

/** What stores the product, and what adds it to what lies in the result's place. */
interface Kernels {
  readonly plain: Primitive
  readonly adding: Primitive
}

class OnednnProduct implements ProvidedProduct {
  readonly #batch: BatchedProduct
  readonly #operands: Operands
  readonly #runs: Runs
  readonly #kernels: Kernels
  readonly #place: Place

  constructor(batch: BatchedProduct, operands: Operands, kernels: Kernels, place: Place) {
    this.#batch = batch
    this.#operands = operands
    this.#runs = runsOf(batch)
    this.#kernels = kernels
    this.#place = place
  }

  run(left: number, right: number, result: number, addend: number): void {
    const place = this.#place
    place.renew()
    const { left: l, right: r, result: y } = this.#operands
    const [leftStart, rightStart] = [left + this.#batch.leftOffset, right + this.#batch.rightOffset]
    place.check('left factor', leftStart, l.bytes)
    place.check('right factor', rightStart, r.bytes)
    place.check('result', result, y.bytes)
    const { plain, adding } = this.#kernels
    const { start } = place
    if (addend !== 0 && addend !== result) {
      place.check('addend', addend, y.bytes)
      place.copy(addend, result, this.#runs)
    }
    const kernel = addend === 0 ? plain : adding
    kernel.run(start + leftStart, start + rightStart, start + result)
  }

  close(): void {
    this.#kernels.plain.destroy()
    this.#kernels.adding.destroy()
  }
}

class OnednnSwiglu implements ProvidedProduct {
  readonly #bytes: number
  readonly #primitive: Primitive
  readonly #place: Place
  /** Where a one lies, outside of the memory. */
  readonly #one: { readonly bytes: ArrayBuffer; readonly address: number }

  constructor(onednn: Onednn, count: number, primitive: Primitive, place: Place) {
    this.#bytes = 2 * count
    this.#primitive = primitive
    this.#place = place
    const bytes = new ArrayBuffer(64)
    new DataView(bytes).setUint16(0, 0x3f80, true)
    this.#one = { bytes, address: onednn.addressOf(bytes) }
  }

  run(gate: number, up: number, result: number): void {
    const place = this.#place
    place.renew()
    for (const start of [gate, up, result]) place.check('SwiGLU', start, this.#bytes)
    const { start } = place
    this.#primitive.run(start + gate, this.#one.address, start + up, start + result)
  }

  close(): void {
    this.#primitive.destroy()
  }
}

/** The library that `openExecutor` finds. */
export interface OnednnFacts {
  /** As the system's loader or `TRM_ONEDNN` names it. */
  readonly file: string
  /** Such as `2.6.3`. */
  readonly version: string
  /** Whether the processor multiplies bfloat16 faster than float32, as the library sees it. */
  readonly bfloat16: boolean
}

/** @throws {InputError} if there is none that can be used here */
export async function onednnFacts(): Promise<OnednnFacts> {
  const onednn = await openOnednn()
  return { file: onednn.file, version: onednn.version, bfloat16: hasBfloat16(onednn) }
}
