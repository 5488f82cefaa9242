/** The programs that one optimiser step runs, as `TrainingEngine` does. */
import type { Program } from '@tiny-recursive-models/tensor'
import {
  type StepConfig,
  traceAccumulation,
  traceGradient,
  traceTrainingStep,
  traceUpdate,
} from '../programs/programs.ts'

/** A program of a step. */
export interface StepProgram {
  readonly program: Program
  /** Runs of it in one step. */
  readonly runs: number
}

/** @param workers that compute pieces of the batch side by side */
export function stepPrograms(config: StepConfig, workers = 1): StepProgram[] {
  const pieces = config.batch / config.microBatch
  if (pieces === 1 && workers === 1) return [{ program: traceTrainingStep(config), runs: 1 }]
  const piece = workers > 1 ? traceGradient(config) : traceAccumulation(config)
  return [
    { program: piece, runs: pieces },
    { program: traceUpdate(config), runs: 1 },
  ]
}
