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

/**
 * The step with which a run begins or goes on.
 *
 * @param ranks processes among which the batch is divided
 */
export function stepConfigOf(
  recipe: Recipe,
  data: Trained,
  resume?: Pick<TrainingState, 'step' | 'microBatch' | 'ranks'>,
  ranks = 1,
): StepConfig {
  const { batch, microBatch, workers, recompute, gradientSteps, startNoise } = recipe.training
  const model = fullModel(recipe, data)
  return {
    model: modelInStep(model, recipe.training, (resume?.step ?? 0) + 1),
    batch,
    // As before, so that a run resumes exactly, unless the batch is divided among another number of ranks.
    microBatch:
      resume && (microBatch !== 'auto' || (resume.ranks ?? 1) === ranks)
        ? resume.microBatch
        : microBatch === 'auto'
          ? chooseMicroBatch(model, batch, workers * ranks)
          : microBatch,
    recompute,
    gradientSteps,
    startNoise,
    optimizer: recipe.optimizer,
  }
}
