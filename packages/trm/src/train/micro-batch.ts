import { type ModelConfig, sequenceLength } from '../models/config.ts'

/**
 * Numbers in one state [L, B, D] above which a step gets slower: the activations of a block then leave the cache.
 * Measured on 2 cores with 1 MiB of L2 each (docs/experiments.md): 6×6 at width 128 is fastest at 32 slots, width
 * 512 at 8.
 */
const fastStateSize = 400_000

/** The size to compute a batch in: the largest divisor of the batch whose states stay small. */
export function chooseMicroBatch(config: ModelConfig, batch: number): number {
  const slotSize = sequenceLength(config) * config.width
  let chosen = 1
  for (let size = 1; size <= batch; size++) {
    if (batch % size === 0 && size * slotSize <= fastStateSize) chosen = size
  }
  return chosen
}
