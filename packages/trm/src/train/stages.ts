import type { ModelConfig } from '../models/config.ts'
import type { TrainingRecipe } from '../recipes/schema.ts'

/**
 * The model as deep as it is in optimiser step `step` (from 1): that of the first stage that is not over, or, after the
 * last, the model itself. Depth changes no weight's shape, so a run goes on with what it has.
 */
export function modelInStep(
  model: ModelConfig,
  { stages, steps }: Pick<TrainingRecipe, 'stages' | 'steps'>,
  step: number,
): ModelConfig {
  const stage = stages.find(({ until }) => step <= until * steps)
  if (!stage) return model
  const { recursions, latentUpdates, supervisionSteps } = stage
  return { ...model, recursions, latentUpdates, supervisionSteps }
}

export const isAsDeep = (one: ModelConfig, other: ModelConfig): boolean =>
  one.recursions === other.recursions &&
  one.latentUpdates === other.latentUpdates &&
  one.supervisionSteps === other.supervisionSteps
