/** What the programs of a run are made of, by its recipe and data. */
import type { TrainingState } from '../checkpoint/training-state.ts'
import type { PuzzleFacts } from '../data/puzzle-set.ts'
import { type ModelConfig, modelConfig } from '../models/config.ts'
import { chooseMicroBatch } from '../programs/micro-batch.ts'
import type { StepConfig } from '../programs/programs.ts'
import { boardOfData } from '../puzzles/index.ts'
import type { Recipe } from '../recipes/schema.ts'
import { modelInStep } from './stages.ts'

/** What the programs depend on of the puzzles to train on. */
type Trained = { readonly train: Pick<PuzzleFacts, 'cells' | 'symbols' | 'identifiers'> }

/** The model of a run at its full depth. */
export const fullModel = (recipe: Recipe, { train }: Trained): ModelConfig =>
  modelConfig(recipe.model, train, boardOfData(recipe.data, train)?.structure)

/** The step with which a run begins or goes on. */
export function stepConfigOf(
  recipe: Recipe,
  data: Trained,
  resume?: Pick<TrainingState, 'step' | 'microBatch'>,
): StepConfig {
  const { batch, microBatch, workers, recompute, gradientSteps, startNoise } = recipe.training
  const model = fullModel(recipe, data)
  return {
    model: modelInStep(model, recipe.training, (resume?.step ?? 0) + 1),
    batch,
    microBatch:
      resume?.microBatch ?? (microBatch === 'auto' ? chooseMicroBatch(model, batch, workers) : microBatch),
    recompute,
    gradientSteps,
    startNoise,
    optimizer: recipe.optimizer,
  }
}
