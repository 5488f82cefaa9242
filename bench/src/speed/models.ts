import type { ModelConfig } from '@tiny-recursive-models/trm'
import type { SlotBatch, StepConfig } from '@tiny-recursive-models/trm/train'

export interface BenchModel {
  readonly name: string
  readonly config: StepConfig
}

/** The models of the speed table: the published width and a narrow one, both mixers, 97 tokens as published. */
export const benchModels: readonly BenchModel[] = [
  { width: 512, heads: 8, batch: 8 },
  { width: 128, heads: 4, batch: 32 },
].flatMap(({ width, heads, batch }) =>
  (['mlp', 'attention'] as const).map((mixer) => ({
    name: `TRM-${mixer === 'mlp' ? 'MLP' : 'Att'} ${width}`,
    config: stepConfig(
      {
        kind: 'trm',
        nets: 'shared',
        gradient: 'recursion',
        continueLoss: false,
        width,
        heads,
        expansion: 4,
        blocks: 2,
        mixer,
        positions: mixer === 'mlp' ? 'none' : 'rotary',
        prefixTokens: 16,
        puzzleEmbeddingWidth: width,
        recursions: 3,
        latentUpdates: 6,
        supervisionSteps: 16,
        exploration: 0.1,
        cells: 81,
        symbols: 11,
        identifiers: 1,
      },
      batch,
    ),
  })),
)

function stepConfig(model: ModelConfig, batch: number): StepConfig {
  return {
    model,
    batch,
    microBatch: batch,
    recompute: false,
    optimizer: {
      beta1: 0.9,
      beta2: 0.95,
      weightDecay: 1,
      emaDecay: 0.999,
      puzzleWeightDecay: 1,
      loss: 'stablemax',
    },
  }
}

/** Some puzzles for every slot. */
export function anyBatch({ batch, model }: StepConfig): SlotBatch {
  const cells = batch * model.cells
  return {
    tokens: Int32Array.from({ length: cells }, (_, index) => 1 + ((index * 7) % 10)),
    labels: Int32Array.from({ length: cells }, (_, index) => 2 + ((index * 5) % 9)),
    identifiers: new Int32Array(batch),
    reset: new Float32Array(batch).fill(1),
    minSteps: new Float32Array(batch),
  }
}
