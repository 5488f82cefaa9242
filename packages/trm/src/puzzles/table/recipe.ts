import type { RecipeDraft } from '../../settings/draft.ts'
import type { TableInput } from './source.ts'

/**
 * Plain TRM for puzzles of which nothing is known but examples: no rule, no structure, no symmetries. Mixing over all
 * cells at once (`mlp`), which for small fixed grids was better than attention in the paper (section 4.5).
 */
export const tableRecipe: RecipeDraft<TableInput> = {
  description:
    'Your own puzzles, from a table of questions and answers of one length; minutes for small grids.',
  model: {
    width: 64,
    heads: 4,
    expansion: 2,
    blocks: 2,
    mixer: 'mlp',
    positions: 'none',
    prefixTokens: 0,
    puzzleEmbeddingWidth: 0,
    recursions: 2,
    latentUpdates: 2,
    supervisionSteps: 4,
  },
  data: { kind: 'table', train: null, validation: 200, testCount: 500, seed: 0 },
  optimizer: {
    learningRate: 2e-3,
    weightDecay: 0.1,
    puzzleLearningRate: 1e-2,
    puzzleWeightDecay: 0.1,
    warmupSteps: 20,
    minRatio: 0.1,
    emaDecay: 0.98,
  },
  training: {
    batch: 64,
    steps: 500,
    seed: 0,
    evaluateEvery: 100,
    evaluatePuzzles: 200,
    checkpointEvery: 100,
    keepCheckpoints: 2,
  },
}
