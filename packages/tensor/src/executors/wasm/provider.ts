/** Who else may compute matrix products over the memory of a program than the functions that are generated for it. */
import type { BatchedProduct } from './product.ts'

/** How the factors of a product are read; sums are float32 in both. */
export type ProductPrecision = 'float32' | 'bfloat16'

export interface ProductProvider {
  /** Such as `oneDNN 2.6.3`. */
  readonly name: string
  /**
   * Gets a product ready, so that it only has to be run.
   *
   * @returns undefined where the generated function is as fast, or the provider does not do such a product
   */
  prepare(batch: BatchedProduct, precision: ProductPrecision): ProvidedProduct | undefined
}

export interface ProvidedProduct {
  /**
   * result ← left · right + addend. Addresses of the memory, in bytes, without the batch's offsets of its factors, as
   * the generated function takes them; the addend, of the result's shape, is 0 for none.
   */
  run(left: number, right: number, result: number, addend: number): void
  /** Gives back what the product holds outside of the memory. */
  close(): void
}
