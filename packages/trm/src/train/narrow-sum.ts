// Letters: R ranks.
import { roundToBfloat16, widenBfloat16 } from '../checkpoint/round.ts'
import type { RankBlocks, RankSum, Ranks } from './ranks.ts'

/**
 * A sum whose numbers travel as bfloat16, in half the bytes of float32: each rank gets one part of R from all, adds it up in
 * float32, and hands the sum to all (a reduce-scatter and an all-gather: Rabenseifner, 2004). Every number is rounded twice,
 * as it leaves its rank and as a sum, and added in the order of the ranks, so that any MPI library gives the same bits.
 */
export class NarrowSum implements RankSum {
  readonly values: Float32Array
  readonly #blocks: RankBlocks
  readonly #ranks: number
  /** One part: as one rank gave it, and the sum. */
  readonly #part: Float32Array
  readonly #sum: Float32Array

  /** @param length numbers of the sum */
  constructor(ranks: Ranks, length: number) {
    const part = Math.ceil(length / ranks.size)
    this.values = new Float32Array(length)
    this.#ranks = ranks.size
    this.#part = new Float32Array(part)
    this.#sum = new Float32Array(part)
    this.#blocks = ranks.openBlocks(part)
  }

  async run(): Promise<void> {
    const { given, taken } = this.#blocks
    roundToBfloat16(this.values, given)
    await this.#blocks.exchange()
    const { length } = this.#sum
    this.#sum.fill(0)
    for (let rank = 0; rank < this.#ranks; rank++) {
      widenBfloat16(taken.subarray(rank * length, (rank + 1) * length), this.#part)
      for (let index = 0; index < length; index++) this.#sum[index]! += this.#part[index]!
    }
    roundToBfloat16(this.#sum, given)
    await this.#blocks.share()
    widenBfloat16(taken, this.values)
  }

  close(): void {
    this.#blocks.close()
  }
}
