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

/** The size to compute a batch in: the largest divisor of a worker's share of the batch that fits. */
export function chooseMicroBatch(config: ModelConfig, batch: number, workers = 1): number {
  const share = batch / workers
  let size = Math.min(share, fittingSlots(config))
  while (share % size !== 0) size--
  return size
}
