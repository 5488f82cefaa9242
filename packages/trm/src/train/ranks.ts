/** Processes that train one model together, on one machine or on many. */

/** Numbers that are summed over all ranks, again and again, in the same memory. */
export interface RankSum {
  /** Before `run` this rank's part, afterwards the sum: bit for bit the same on every rank. */
  readonly values: Float32Array
  run(): Promise<void>
  close(): void
}

/** Numbers of 16 bits that the ranks hand to each other, again and again, in the same memory. */
export interface RankBlocks {
  /** [ranks, length]: block r is for rank r. */
  readonly given: Uint16Array
  /** [ranks, length]: block r is from rank r. */
  readonly taken: Uint16Array
  /** Gives every rank its block. */
  exchange(): Promise<void>
  /** Gives the first block to all, this rank too. */
  share(): Promise<void>
  close(): void
}

/**
 * The ranks of a training, as one of them sees them. All ranks call the same methods in the same order; each throws an
 * error that names the rank where one of them has died or is cut off.
 */
export interface Ranks {
  /** This one, from 0. Rank 0 writes the files. */
  readonly rank: number
  readonly size: number
  /** @param length numbers of the sum */
  openSum(length: number): RankSum
  /** @param length numbers of a block */
  openBlocks(length: number): RankBlocks
  /** The bytes of rank 0, on every rank; the others hand in null. */
  broadcast(bytes: Uint8Array | null): Promise<Uint8Array>
  /**
   * What every rank has, one after the other, on rank 0; null on the others.
   *
   * @param lengths numbers that each rank has, the same on all
   */
  gather(own: Float32Array, lengths: readonly number[]): Promise<Float32Array | null>
  /** To be called often while this rank works, so that those who wait for it see that it lives. Costs next to nothing. */
  stillHere(): void
}

/** A share of the pieces of a batch: from `from` up to and without `to`. */
export interface PieceRange {
  readonly from: number
  readonly to: number
}

/** The pieces of a rank: each has as many as every other, or one more. */
export function piecesOfRank(pieces: number, rank: number, size: number): PieceRange {
  const start = (of: number) => Math.floor((of * pieces) / size)
  return { from: start(rank), to: start(rank + 1) }
}
