import type { Executor } from '@tiny-recursive-models/tensor'
import {
  type AnyPuzzleSet,
  type EvaluationReport,
  evaluate,
  loadDataSets,
  modelOfState,
  recipes,
  type TrainedModel,
  train,
} from '@tiny-recursive-models/trm'
import { median } from './median.ts'

export interface InferenceSpeed {
  readonly halting: 'full' | 'early'
  readonly puzzlesPerSecond: number
  readonly exactAccuracy: number | null
  readonly meanSteps: number
}

/** Puzzles per second of a trained model with all supervision steps and with early halting, taking turns. */
export async function measureInference(
  executor: Executor,
  model: TrainedModel,
  set: AnyPuzzleSet,
  repetitions: number,
): Promise<InferenceSpeed[]> {
  const modes = ['full', 'early'] as const
  const reports: Record<(typeof modes)[number], EvaluationReport[]> = { full: [], early: [] }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const halting of modes)
      for await (const event of evaluate(executor, model, set, { halting }))
        if (event.type === 'done') reports[halting].push(event.report)
  }
  return modes.map((halting) => ({
    halting,
    puzzlesPerSecond: median(reports[halting].map((report) => report.puzzlesPerSecond)),
    exactAccuracy: reports[halting][0]!.exactAccuracy,
    meanSteps: reports[halting][0]!.meanSteps,
  }))
}

/** The 4×4 recipe trained on the spot, with its test puzzles: a model that halts for a reason. */
export async function trainSmallModel(
  executor: Executor,
): Promise<{ model: TrainedModel; test: AnyPuzzleSet }> {
  const recipe = recipes['sudoku-4x4-trm']
  const data = await loadDataSets(recipe.data, () =>
    Promise.reject(new Error('generated data reads no file')),
  )
  for await (const event of train({ recipe, data, executor }))
    if (event.type === 'checkpoint' && event.reason === 'end')
      return { model: modelOfState(event.state, recipe.name), test: data.test }
  throw new Error('a training run ends with a checkpoint')
}
