import type { RecipeDraft } from '../../../settings/draft.ts'
import type { GeneratedMazeInput } from '../sources.ts'

/**
 * Mazes that one core of a laptop learns in ten minutes.
 *
 * What makes it learn (measured, docs/experiments.md): on a grid this small the mixer `mlp` learns sooner than
 * attention, which the paper needs for 30×30; batches of 32, so that a minute holds more steps; mazes from a path of
 * 5 steps on, because the short ones teach what a path is; new mazes and their eight positions instead of a
 * thousand by heart. Exact match asks for the label rule as well as for a shortest path, and both are learned.
 */
export const mazeSmall: RecipeDraft<GeneratedMazeInput> = {
  description: '7×7 mazes: 10,000 generated ones and their symmetric copies; minutes on a laptop CPU.',
  model: {
    kind: 'trm',
    width: 64,
    heads: 4,
    expansion: 4,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 2,
    latentUpdates: 3,
    supervisionSteps: 4,
    exploration: 0.1,
  },
  data: {
    kind: 'maze-generated',
    size: 7,
    minDensity: 0.3,
    maxDensity: 0.5,
    minPath: 5,
    train: 10_000,
    validation: 200,
    test: 1_000,
    augment: true,
    seed: 0,
  },
  optimizer: {
    learningRate: 2e-3,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    puzzleLearningRate: 0,
    puzzleWeightDecay: 0,
    warmupSteps: 50,
    minRatio: 0.1,
    emaDecay: 0.98,
    loss: 'stablemax',
  },
  training: {
    batch: 32,
    microBatch: 'auto',
    recompute: false,
    steps: 3_000,
    seed: 0,
    evaluateEvery: 200,
    evaluatePuzzles: 200,
    checkpointEvery: 200,
    keepCheckpoints: 3,
    stopAtAccuracy: null,
  },
}
