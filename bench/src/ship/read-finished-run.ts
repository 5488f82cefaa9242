import { isDeepStrictEqual } from 'node:util'
import { InputError } from '@tiny-recursive-models/tensor'
import {
  decodeTrainingState,
  findRecipe,
  type Recipe,
  type RunReport,
  type TrainingState,
} from '@tiny-recursive-models/trm'
import { openRunFolder, readFileBounded } from '@tiny-recursive-models/trm/node'

/** A run that has come to its end: its report and its best weights. */
export interface FinishedRun {
  readonly folder: string
  readonly report: RunReport
  readonly state: TrainingState
}

const maxModelBytes = 100_000_000

/** Reads the run that is to be shipped; refuses what is not a finished run of one of the project's recipes. */
export async function readFinishedRun(folder: string): Promise<FinishedRun> {
  const run = await openRunFolder(folder)
  const report = (await run.readJson('report')) as RunReport | null
  if (report === null) {
    throw new InputError({
      who: folder,
      expected: 'a finished run, with report.json',
      got: 'a run without a report',
      hint: 'Let it train to its end first.',
    })
  }
  const path = run.file('best')
  const state = decodeTrainingState(await readFileBounded(path, { maxBytes: maxModelBytes }), path)
  if (report.weights.which !== 'best' || report.weights.step !== state.step) {
    throw new InputError({
      who: path,
      expected: `the weights that the report is about (${report.weights.which}, step ${report.weights.step})`,
      got: `those of step ${state.step}`,
      hint: 'The run went on after its report: let it train to its end.',
    })
  }
  refuseChanges(folder, state.recipe)
  return { folder, report, state }
}

/**
 * A shipped model can be trained again by the name of its recipe and its seed. The recipe is that of the weights: a run
 * that is ended early, by `--steps`, has another one in its folder from then on.
 */
function refuseChanges(folder: string, recipe: Recipe): void {
  const known = findRecipe(recipe.name)
  const { seed, evaluateSteps } = known.training
  const same = {
    ...recipe,
    description: known.description,
    data: 'trainCount' in recipe.data ? { ...recipe.data, ...filesOf(known.data) } : recipe.data,
    training: { ...recipe.training, seed, evaluateSteps },
  }
  if (isDeepStrictEqual(same, known)) return
  throw new InputError({
    who: folder,
    expected: `weights of the recipe ${recipe.name} as it is in the project, with any seed`,
    got: 'those of a changed one',
    hint: 'Train it without --set but for files, or give the project a recipe of that kind.',
  })
}

/** Files are no part of a recipe: their checksums are, and those stand in the run folder. */
const filesOf = (data: Recipe['data']) => ('trainCount' in data ? { train: data.train, test: data.test } : {})
