/** Who else may compute matrix products over the memory of an executor than the functions that are written for it. */
import type { BatchedProduct } from './product.ts'
import type { CallProduct, WasmMemory } from './web-assembly.ts'

/** Does products for one of our threads, each with one thread. */
export interface ProductProvider {
  /**
   * Gets a product ready, so that it only has to be run.
   *
   * @returns undefined if the provider does not do such a product, in any thread
   */
  prepare(batch: BatchedProduct): ProvidedProduct | undefined
  /**
   * The same for SwiGLU, result ← sigmoid(left) · left · right, of so many numbers of bfloat16 that lie in a row. Absent:
   * the provider does none.
   */
  prepareSwiglu?(count: number): ProvidedProduct | undefined
}

/** What a provider does: a product, or SwiGLU of so many numbers. */
export type ProvidedWork = BatchedProduct | { readonly swiglu: number }

/** Opens it for a thread. @param memory of the executor; it may grow */
export type OpenProvider = (memory: WasmMemory) => ProductProvider

export interface ProvidedProduct {
  /**
   * result ← left · right + addend. Addresses of the memory, in bytes, without the batch's offsets of its factors, as
   * the written function takes them; the addend, of the result's shape, is 0 for none.
   */
  run(left: number, right: number, result: number, addend: number): void
  /** Gives back what the product holds outside of the memory. */
  close(): void
}

/** The products of a program that a provider does in one thread, by their numbers. */
export class ProvidedProducts {
  readonly #provider: ProductProvider | undefined
  readonly #works: ProvidedWork[] = []
  readonly #products: ProvidedProduct[] = []
  readonly #answers = new Map<string, boolean>()

  constructor(provider: ProductProvider | undefined, works: readonly ProvidedWork[] = []) {
    this.#provider = provider
    for (const work of works)
      if (this.add(work) === undefined) throw new Error('threads have one provider, or none')
  }

  /** What another thread needs to have the same ones. */
  get works(): readonly ProvidedWork[] {
    return this.#works
  }

  /** Whether the product is provided. */
  provides(batch: BatchedProduct): boolean {
    const key = JSON.stringify(batch)
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const product = this.#provider?.prepare(batch)
    product?.close()
    this.#answers.set(key, product !== undefined)
    return product !== undefined
  }

  /** Its number; undefined if it is not provided. */
  add(work: ProvidedWork): number | undefined {
    const provider = this.#provider
    const product = 'swiglu' in work ? provider?.prepareSwiglu?.(work.swiglu) : provider?.prepare(work)
    if (!product) return undefined
    this.#works.push(work)
    return this.#products.push(product) - 1
  }

  /** `host.product` of the program. */
  readonly call: CallProduct = (number, left, right, result, addend) =>
    this.#products[number]!.run(left >>> 0, right >>> 0, result >>> 0, addend >>> 0)

  close(): void {
    for (const product of this.#products.splice(0)) product.close()
  }
}
