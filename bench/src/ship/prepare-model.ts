import { createHash } from 'node:crypto'
import { type Executor, InputError } from '@tiny-recursive-models/tensor'
import {
  attemptAll,
  boardOfData,
  type DataSets,
  decodeTrainingState,
  type EvaluationReport,
  effortOf,
  encodeModelFile,
  evaluate,
  findRecipe,
  loadDataSets,
  modelOfState,
  parameterCount,
  type Recipe,
  type ShippedModel,
  type TrainedModel,
} from '@tiny-recursive-models/trm'
import { endsByStandingStill } from '@tiny-recursive-models/trm/evaluate'
import { readDataFile } from '@tiny-recursive-models/trm/node'
import type { FinishedRun } from './read-finished-run.ts'

/** A model to be shipped: its file, and what the index says of it. */
export interface PreparedModel {
  readonly bytes: Uint8Array
  readonly facts: ShippedModel
}

export interface ShipOptions {
  /** Puzzles to measure on instead of the run's own test set. */
  readonly testFile?: string
  /** Of runs on files: which puzzles these are, in words, for the model card. */
  readonly source?: string
}

/** A reader of the card must learn what a model on files was trained and tested on. */
function sourceOf(source: string | undefined, folder: string): string {
  if (source !== undefined) return source
  throw new InputError({
    who: folder,
    expected: '--source TEXT, which tells what puzzles the run was trained and tested on',
    got: 'none, for a run on files',
    hint: 'Write for example --source "130,000 puzzles of public lists; tested on 491 of Sudoku-Extreme".',
  })
}

type Reports = Readonly<Record<'full' | 'early', EvaluationReport>>

/**
 * Measures a run's weights in float32 and in half precision, and takes the latter where it costs no accuracy.
 */
export async function prepareModel(
  executor: Executor,
  { folder, report, state: trained }: FinishedRun,
  commit: string,
  log: (line: string) => void,
  { testFile, source }: ShipOptions = {},
): Promise<PreparedModel> {
  // What is shipped holds the recipe as the project has it, with the seed of the run and without the run's files.
  const known = findRecipe(trained.recipe.name)
  const isFile = 'trainCount' in trained.recipe.data
  const { training } = trained.recipe
  const state = {
    ...trained,
    recipe: isFile
      ? { ...known, training: { ...known.training, seed: training.seed } }
      : { ...trained.recipe, description: known.description },
  }
  const { recipe } = state
  const files = testFile === undefined ? trained.recipe.data : { ...trained.recipe.data, test: testFile }
  const data = await loadDataSets(files as Recipe['data'], readDataFile)
  const measure = async (what: string, model: TrainedModel): Promise<Reports> => {
    const reports: Partial<Record<'full' | 'early', EvaluationReport>> = {}
    for (const halting of ['full', 'early'] as const) {
      const options = { halting, ...(data.isValid && { isValid: data.isValid }) }
      for await (const event of evaluate(executor, model, data.test, options))
        if (event.type === 'done') reports[halting] = event.report
      const { exactAccuracy, meanSteps } = reports[halting]!
      log(`${recipe.name} ${what} ${halting}: ${exactAccuracy} exact, ${meanSteps} steps a puzzle`)
    }
    return reports as Reports
  }
  const modelOf = (bytes: Uint8Array) => modelOfState(decodeTrainingState(bytes, folder), folder)
  const whole = encodeModelFile(state)
  const half = encodeModelFile(state, 'float16')
  const model = modelOf(whole)
  const board = boardOfData(recipe.data, model.config)
  if (board === undefined) {
    throw new InputError({
      who: folder,
      expected: 'a model of grids of a known family',
      got: `the recipe ${recipe.name}`,
      hint: 'Others are not shipped.',
    })
  }
  const [exact, rounded] = [await measure('float32', model), await measure('float16', modelOf(half))]
  const precision = costsNothing(exact, rounded) ? 'float16' : 'float32'
  const bytes = precision === 'float16' ? half : whole
  const { full, early } = precision === 'float16' ? rounded : exact
  const shipped = modelOf(bytes)
  const effort = endsByStandingStill(shipped.config)
    ? await measureEffort(executor, shipped, data, log)
    : null
  const facts: ShippedModel = {
    name: recipe.name,
    title: board.title,
    file: `${recipe.name}.safetensors`,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    puzzle: board.kind as ShippedModel['puzzle'],
    parameters: parameterCount(model.config),
    recipe: recipe.name,
    ...(isFile && { source: sourceOf(source, folder) }),
    seed: recipe.training.seed,
    commit,
    steps: report.steps,
    weightsStep: state.step,
    precision,
    test: {
      puzzles: full.puzzles,
      exactByStep: full.byStep.map((step) => shareOf(step.exactAccuracy)),
      cellByStep: full.byStep.map((step) => rounded6(shareOf(step.cellAccuracy))),
      validByStep: full.byStep.map((step) => shareOf(step.validAccuracy ?? step.exactAccuracy)),
      early: { ...shares(early), meanSteps: early.meanSteps },
      ...(effort && { effort }),
    },
    float32: { exact: shareOf(exact.full.exactAccuracy), early: shares(exact.early) },
    float16: { exact: shareOf(rounded.full.exactAccuracy), early: shares(rounded.early) },
  }
  return { bytes, facts }
}

/** As few steps as a published evaluation takes; a long thought; and several of those, checked by the rule. */
const efforts = [
  { maxSteps: 16, attempts: 1, stop: 'never' },
  { maxSteps: 1_000, attempts: 1, stop: 'still' },
  { maxSteps: 1_000, attempts: 16, stop: 'still' },
] as const

async function measureEffort(
  executor: Executor,
  model: TrainedModel,
  { test, isValid }: DataSets,
  log: (line: string) => void,
): Promise<NonNullable<ShippedModel['test']['effort']>> {
  const measured = []
  for (const wanted of efforts) {
    const effort = effortOf(wanted, model.config)
    for await (const event of attemptAll(executor, model, test, effort, isValid ? { isValid } : {})) {
      if (event.type !== 'done') continue
      const { validAccuracy, meanSteps, meanAttempts, flopPerPuzzle } = event.report
      const exactAccuracy = shareOf(event.report.exactAccuracy)
      const { maxSteps, attempts } = effort
      const valid = validAccuracy ?? exactAccuracy
      measured.push({
        maxSteps,
        attempts,
        exact: exactAccuracy,
        valid,
        meanSteps,
        meanAttempts,
        flopPerPuzzle,
      })
      log(
        `up to ${maxSteps} steps, ${attempts} attempts: ${exactAccuracy} exact, ${meanSteps} steps a puzzle`,
      )
    }
  }
  return measured
}

/** In neither way of halting fewer exact or fewer valid answers. */
function costsNothing(exact: Reports, rounded: Reports): boolean {
  return (['full', 'early'] as const).every(
    (halting) =>
      shareOf(rounded[halting].exactAccuracy) >= shareOf(exact[halting].exactAccuracy) &&
      (rounded[halting].validAccuracy ?? 0) >= (exact[halting].validAccuracy ?? 0),
  )
}

const shares = ({ exactAccuracy, validAccuracy }: EvaluationReport) => ({
  exact: shareOf(exactAccuracy),
  valid: shareOf(validAccuracy ?? exactAccuracy),
})

/** A model is shipped with its figures only. */
function shareOf(share: number | null): number {
  if (share !== null) return share
  throw new InputError({
    who: 'ship',
    expected: 'a test set whose answers are known',
    got: 'none',
    hint: 'Name another test file.',
  })
}

/** Sums of shares end in many digits that say nothing. */
const rounded6 = (value: number): number => Number(value.toFixed(6))
