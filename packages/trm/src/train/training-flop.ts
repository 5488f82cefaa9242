import { matmulOperations } from '@tiny-recursive-models/tensor'
import type { ModelConfig } from '../models/config.ts'
import { traceTrainingStep } from '../programs/programs.ts'
import type { Recipe } from '../recipes/schema.ts'
import { modelInStep } from './stages.ts'

/**
 * Floating-point operations of the matrix products of `steps` optimiser steps (a multiplication and an addition count
 * 2), forwards and backwards, at the depths of the recipe's stages. What is computed again to save memory is not
 * counted, nor are evaluations.
 */
export function trainingFlop(model: ModelConfig, { training, optimizer }: Recipe, steps: number): number {
  const { batch, gradientSteps, startNoise } = training
  // The last step of each stage, and of the run.
  const ends = [...training.stages.map(({ until }) => Math.floor(until * training.steps)), steps]
  let [total, done] = [0, 0]
  for (const end of ends.map((each) => Math.min(each, steps))) {
    if (end <= done) continue
    const config = { model: modelInStep(model, training, end), batch, microBatch: batch, recompute: false }
    const step = traceTrainingStep({ ...config, gradientSteps, startNoise, optimizer })
    total += (end - done) * matmulOperations(step)
    done = end
  }
  return total
}
