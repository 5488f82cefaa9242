/** What `trm explain` explains: the programs of a recipe or a model, or a small one to follow. */
import {
  add,
  InputError,
  linear,
  type Program,
  rmsNorm,
  softmax,
  swiglu,
  type Tensor,
  trace,
} from '@tiny-recursive-models/tensor'
import { boardOfData, loadDataSets, type Recipe } from '@tiny-recursive-models/trm'
import { plural } from '@tiny-recursive-models/trm/format'
import { dataReaderOf, thinkingWorkload } from '@tiny-recursive-models/trm/node'
import { recipes } from '@tiny-recursive-models/trm/recipes'
import { type StepProgram, stepConfigOf, stepPrograms } from '@tiny-recursive-models/trm/train'
import { resolveRecipe } from '../options/recipe.ts'
import { openShownModel } from '../output/open-model.ts'
import type { Progress } from '../output/progress.ts'

/** Programs and what they are of, for people. */
export interface ExplainedWork {
  readonly title: string
  readonly programs: readonly StepProgram[]
}

interface Wanted {
  readonly set?: readonly string[]
  readonly inference?: true
  readonly slots?: number
}

/** @throws InputError if it is neither a recipe nor a model, or the data that its sizes depend on is not there */
export async function workOf(what: string, wanted: Wanted, progress: Progress): Promise<ExplainedWork> {
  const { set = [], inference, slots } = wanted
  const { recipe, train } = await recipeOf(what, set, progress)
  if (inference) {
    const { model } = stepConfigOf(recipe, { train })
    const workload = thinkingWorkload(model, manyPuzzles, undefined, slots)
    return { title: `${recipe.name}, ${workload.name}`, programs: [{ program: workload.trace(), runs: 1 }] }
  }
  if (slots !== undefined) {
    throw new InputError({
      who: '--slots',
      expected: '--inference',
      got: 'a training step',
      hint: 'Add --inference, or set training.batch and training.microBatch by --set.',
    })
  }
  const config = stepConfigOf(recipe, { train })
  const { batch, microBatch } = config
  const pieces = batch === microBatch ? '' : ` in ${plural(batch / microBatch, 'piece')} of ${microBatch}`
  return {
    title: `${recipe.name}, a training step of ${plural(batch, 'puzzle')}${pieces}`,
    programs: stepPrograms(config, recipe.training.workers),
  }
}

/** @throws InputError with the recipes as a way out */
async function openModelHere(what: string) {
  try {
    return await openShownModel(what, undefined, { silent: false })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { who, expected, got, hint } = error
    throw new InputError(
      { who, expected: `a recipe, ${expected}`, got, hint: `${hint} \`trm recipes\` lists the recipes.` },
      { cause: error },
    )
  }
}

/** As in an evaluation, which has more puzzles than slots. */
const manyPuzzles = 1_000

type Sizes = Parameters<typeof stepConfigOf>[1]['train']

async function recipeOf(
  what: string,
  set: readonly string[],
  progress: Progress,
): Promise<{ readonly recipe: Recipe; readonly train: Sizes }> {
  if (what in recipes || what.endsWith('.json')) {
    const recipe = await resolveRecipe(what, set)
    return { recipe, train: await sizesOf(recipe, progress) }
  }
  const { model, recipe } = await openModelHere(what)
  if (set.length === 0) return { recipe, train: model.config }
  throw new InputError({
    who: '--set',
    expected: 'a recipe',
    got: `the model ${what}`,
    hint: 'Leave --set out, or name a recipe.',
  })
}

/** Cells and symbols, from the kind of puzzles where it tells them, and otherwise from the data. */
async function sizesOf(recipe: Recipe, progress: Progress): Promise<Sizes> {
  const board = boardOfData(recipe.data, { cells: 0, symbols: 0 })
  // Rows of puzzle embeddings stay outside of the programs: how many there are changes nothing.
  if (board) return { cells: board.rows * board.columns, symbols: board.names.length, identifiers: 1 }
  const { train } = await loadDataSets(recipe.data, dataReaderOf(null), progress.ofData())
  return train
}

const matrix = (rows: number, columns: number) => ({ shape: [rows, columns], dtype: 'float32' }) as const

/** Small programs that can be followed to the last byte. */
export const examplePrograms = {
  rmsNorm: () => tiny('rmsNorm', { x: matrix(2, 4), y: matrix(2, 4) }, ({ x, y }) => rmsNorm(add(x!, y!))),
  softmax: () => tiny('softmax', { x: matrix(2, 4) }, ({ x }) => softmax(x!)),
  swiglu: () =>
    tiny('swiglu', { gate: matrix(2, 4), up: matrix(2, 4) }, ({ gate, up }) => swiglu(gate!, up!)),
  linear: () => tiny('linear', { x: matrix(4, 8), w: matrix(8, 8) }, ({ x, w }) => linear(x!, w!)),
} as const satisfies Readonly<Record<string, () => Program>>

export type ExampleName = keyof typeof examplePrograms
export const exampleNames = Object.keys(examplePrograms) as ExampleName[]

const tiny = (
  name: string,
  feeds: Readonly<Record<string, ReturnType<typeof matrix>>>,
  result: (feeds: Readonly<Record<string, Tensor>>) => Tensor,
): Program => trace(name, { feeds, states: {} }, (inputs) => ({ outputs: { z: result(inputs.feeds) } }))
