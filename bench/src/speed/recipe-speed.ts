/** Speed of a shipped recipe and its model on one executor: the same in Node and in a page. */
import type { Executor } from '@tiny-recursive-models/tensor'
import {
  decodeTrainingState,
  evaluate,
  findRecipe,
  loadDataSets,
  modelOfState,
  overrideRecipe,
  selectPuzzles,
  train,
} from '@tiny-recursive-models/trm'
import { median } from './median.ts'

export interface RecipeSpeed {
  /** Milliseconds of each optimiser step, the first (which warms up) left out. */
  readonly stepMs: readonly number[]
  /** Puzzles per second with all supervision steps, and with early halting. */
  readonly full: number
  readonly early: number
}

export interface RecipeSpeedOptions {
  readonly recipe: string
  /** The model file of that recipe. */
  readonly model: Uint8Array
  readonly steps: number
  readonly puzzles: number
}

export async function measureRecipe(executor: Executor, options: RecipeSpeedOptions): Promise<RecipeSpeed> {
  const { recipe: name, steps, puzzles } = options
  const recipe = overrideRecipe(findRecipe(name), [
    `training.steps=${steps + 1}`,
    'training.evaluateEvery=0',
    'optimizer.warmupSteps=1',
  ])
  const data = await loadDataSets(recipe.data, (path) =>
    Promise.reject(new Error(`generated data reads no file: ${path}`)),
  )
  const ends: number[] = []
  for await (const event of train({ recipe, data, executor }))
    if (event.type === 'step') ends.push(event.elapsedMs)
  const model = modelOfState(decodeTrainingState(options.model, name), name)
  const set = selectPuzzles(
    data.test,
    Int32Array.from({ length: Math.min(puzzles, data.test.count) }, (_, index) => index),
  )
  const speedOf = async (halting: 'full' | 'early'): Promise<number> => {
    for await (const event of evaluate(executor, model, set, { halting }))
      if (event.type === 'done') return event.report.puzzlesPerSecond
    throw new Error('an evaluation ends with a report')
  }
  const stepMs = ends.slice(1).map((end, index) => end - ends[index]!)
  return { stepMs, full: await speedOf('full'), early: await speedOf('early') }
}

/** Of several measurements of the same. */
export function summarize(speeds: readonly RecipeSpeed[]): {
  readonly stepMs: number
  readonly full: number
  readonly early: number
} {
  return {
    stepMs: median(speeds.flatMap(({ stepMs }) => stepMs)),
    full: median(speeds.map(({ full }) => full)),
    early: median(speeds.map(({ early }) => early)),
  }
}
