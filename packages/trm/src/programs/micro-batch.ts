import { type ModelConfig, sequenceLength } from '../models/config.ts'

/**
 * Numbers in one state [L, B, D] above which a slot takes longer: the activations of a block then leave the cache
 * (docs/experiments.md has the measurement).
 */
const fastStateSize = 400_000

/** Slots that one program run works on at full speed; at least 1. */
export function fittingSlots(config: ModelConfig): number {
  return Math.max(1, Math.floor(fastStateSize / (sequenceLength(config) * config.width)))
}

/** Slots that may be computed in vain for larger pieces, where a batch cannot be divided evenly. */
const slack = 1.1

/**
 * The size to compute a batch in: the largest divisor of a share of the batch that fits.
 *
 * @param shares workers and ranks among which the pieces are divided. Where they do not divide the batch, the largest
 * pieces with which the largest share is, but for a tenth, as small as with any
 */
export function chooseMicroBatch(config: ModelConfig, batch: number, shares = 1): number {
  const share = batch / shares
  const sizes = divisorsUpTo(Math.min(share, fittingSlots(config)), Number.isInteger(share) ? share : batch)
  const largestShare = (size: number) => Math.ceil(batch / size / shares) * size
  const least = Math.min(...sizes.map(largestShare))
  return sizes.findLast((size) => largestShare(size) <= slack * least) ?? 1
}

const divisorsUpTo = (most: number, whole: number): number[] =>
  Array.from({ length: Math.max(1, Math.floor(most)) }, (_, index) => index + 1).filter(
    (size) => whole % size === 0,
  )
