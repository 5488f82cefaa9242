import { nodesOf, type Program } from '@tiny-recursive-models/tensor'
import type { ModelConfig, StepConfig } from '@tiny-recursive-models/trm'

/** Floating point operations of all matrix products of a program (a multiplication and an addition count 2). */
export function matmulOperations(program: Program): number {
  let total = 0
  for (const node of nodesOf(program)) {
    if (node.operation !== 'matmul') continue
    const inner = node.inputs[0]!.shape.at(node.attributes.transposeLeft ? -2 : -1)!
    total += 2 * inner * node.shape.reduce((product, length) => product * length, 1)
  }
  return total
}

export interface BenchModel {
  readonly name: string
  readonly config: StepConfig
}

/** The four models of the speed table: published width and a narrow one, both mixers. */
export function benchModels(): BenchModel[] {
  const sizes = [
    { width: 512, heads: 8, batch: 8, cells: 81, prefixTokens: 16, cycles: 3, recursions: 6 },
    { width: 128, heads: 4, batch: 32, cells: 81, prefixTokens: 16, cycles: 3, recursions: 6 },
  ]
  return sizes.flatMap((size) =>
    (['mlp', 'attention'] as const).map((mixer) => ({
      name: `TRM-${mixer === 'mlp' ? 'MLP' : 'Att'} ${size.width}`,
      config: stepConfig(
        {
          kind: 'trm',
          ...size,
          expansion: 4,
          blocks: 2,
          mixer,
          positions: mixer === 'mlp' ? 'none' : 'rotary',
          puzzleEmbeddingWidth: size.width,
          supervisionSteps: 16,
          exploration: 0.1,
          symbols: 11,
          identifiers: 1,
        },
        size.batch,
      ),
    })),
  )
}

export function stepConfig(model: ModelConfig, batch: number, microBatch = batch): StepConfig {
  return {
    model,
    batch,
    microBatch,
    recompute: false,
    optimizer: {
      beta1: 0.9,
      beta2: 0.95,
      weightDecay: 1,
      averageDecay: 0.999,
      puzzleWeightDecay: 1,
      loss: 'stablemax',
    },
  }
}
