/** Puzzles per second of a trained model. */
import { readFile } from 'node:fs/promises'
import type { Executor } from '@tiny-recursive-models/tensor'
import {
  type AnyPuzzleSet,
  evaluate,
  loadDataSets,
  selectPuzzles,
  type TrainedModel,
} from '@tiny-recursive-models/trm'
import { openModel, openShippedModel } from '@tiny-recursive-models/trm/node'
import { noFile, structuredRecipe } from './training.ts'

/** Shipped models, and recipes that generate puzzles of their size. */
export const shippedModels: Readonly<Record<string, string>> = {
  'sudoku-6x6': 'sudoku-6x6',
  'sudoku-extreme': '9x9',
}

/** @param name of a shipped model, or the folder of a run → [puzzles/s with all steps, with early halting, share solved early] */
export async function inferenceRuns(
  executor: Executor,
  name: string,
  puzzles: number,
): Promise<() => Promise<readonly number[]>> {
  const { model, set } = await modelAndPuzzles(name, puzzles)
  return async () => {
    const [full, early] = [
      await solved(executor, model, set, 'full'),
      await solved(executor, model, set, 'early'),
    ]
    return [full.puzzlesPerSecond, early.puzzlesPerSecond, early.exactAccuracy ?? Number.NaN, early.meanSteps]
  }
}

async function modelAndPuzzles(
  name: string,
  puzzles: number,
): Promise<{ readonly model: TrainedModel; readonly set: AnyPuzzleSet }> {
  const recipe = shippedModels[name]
  if (recipe !== undefined) {
    const wanted = [`data.test=${puzzles}`, 'data.train=8', 'data.validation=0']
    const { test } = await loadDataSets(structuredRecipe(recipe, wanted).data, noFile)
    return { model: (await openShippedModel(name)).model, set: test }
  }
  const run = await openModel(name)
  const { test } = await loadDataSets(run.recipe.data, (path) => readFile(path))
  const first = Int32Array.from({ length: Math.min(puzzles, test.count) }, (_, index) => index)
  return { model: run.model, set: selectPuzzles(test, first) }
}

async function solved(executor: Executor, model: TrainedModel, set: AnyPuzzleSet, halting: 'full' | 'early') {
  for await (const event of evaluate(executor, model, set, { halting }))
    if (event.type === 'done') return event.report
  throw new Error('an evaluation ends with a report')
}
