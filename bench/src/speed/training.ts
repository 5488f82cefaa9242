/** Training steps, one at a time. */
import type { Executor } from '@tiny-recursive-models/tensor'
import { findRecipe, loadDataSets, overrideRecipe, train } from '@tiny-recursive-models/trm'
import { pieceRunnerOf } from '@tiny-recursive-models/trm/node'
import {
  type EngineHelpers,
  type Ranks,
  type StepConfig,
  TrainingEngine,
} from '@tiny-recursive-models/trm/train'
import { anyBatch } from './models.ts'

export type Precision = NonNullable<EngineHelpers['gradientPrecision']>

type Step = () => Promise<void>

/** Optimiser steps of a model on puzzles without sense. */
export async function modelSteps(
  executor: Executor,
  config: StepConfig,
  helpers: EngineHelpers = {},
): Promise<Step> {
  const engine = await TrainingEngine.create(executor, config, { seed: 1 }, false, helpers)
  const batch = anyBatch(config)
  let step = 0
  return async () => {
    await engine.step(batch, { step: ++step, learningRate: 1e-4, puzzleLearningRate: 1e-4 })
  }
}

/** Recipes with structured mixing, whose puzzles are generated; 9×9 is `sudoku-extreme` on generated puzzles. */
export const structuredRecipes = ['sudoku-4x4', 'sudoku-6x6', '9x9', 'takuzu-6x6', 'maze-9x9'] as const

const fewPuzzles = ['data.train=64', 'data.validation=0', 'data.test=8']

export function structuredRecipe(name: string, overrides: readonly string[] = []) {
  if (name !== '9x9') return overrideRecipe(findRecipe(name), [...overrides])
  const { data } = overrideRecipe(findRecipe('sudoku-6x6'), ['data.boxRows=3', 'data.minimal=false'])
  return overrideRecipe({ ...findRecipe('sudoku-extreme'), data }, [...overrides])
}

/** How a batch is divided: among ranks, or among threads of this process. */
interface Division {
  readonly ranks?: Ranks
  readonly workers: number
  readonly pieces: number
  readonly gradientPrecision?: Precision
}

/** Optimiser steps of a recipe, drawing its puzzles and noise included. */
export async function recipeSteps(executor: Executor, name: string, division?: Division): Promise<Step> {
  const { training } = structuredRecipe(name)
  const recipe = structuredRecipe(name, [
    ...fewPuzzles,
    'training.evaluateEvery=0',
    'training.checkpointEvery=0',
    ...(division
      ? [
          `training.workers=${division.workers}`,
          `training.microBatch=${training.batch / division.pieces}`,
          `training.gradientPrecision=${division.gradientPrecision ?? 'float32'}`,
          'training.steps=1000000',
        ]
      : []),
  ])
  const data = await loadDataSets(recipe.data, noFile)
  const events = train({
    recipe,
    data,
    executor,
    ...(division?.ranks && { ranks: division.ranks }),
    ...(division && division.workers > 1 && pieceRunnerOf(recipe, executor)),
  })
  return async () => {
    for (;;) {
      const { value, done } = await events.next()
      if (done) throw new Error(`${name} has no more steps`)
      if (value.type === 'step') return
    }
  }
}

export const noFile = (path: string): Promise<never> =>
  Promise.reject(new Error(`generated data reads no file: ${path}`))
