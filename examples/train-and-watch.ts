/**
 * Trains a model on generated 4×4 Sudokus, then shows how it thinks about one: the grid after every supervision step.
 *
 *   npx tsx examples/train-and-watch.ts [STEPS]      200 steps by default, at least 30
 *
 * Nothing is written; `runTraining` of the library does the same in a run folder, with checkpoints to resume from.
 */
import {
  findRecipe,
  loadDataSets,
  modelOfState,
  overrideRecipe,
  puzzleAt,
  type TrainingState,
  think,
  train,
} from '@tiny-recursive-models/trm'
import { openExecutor, readDataFile } from '@tiny-recursive-models/trm/node'
import { boxShapes, checkAnswer, formatSudokuGrid } from '@tiny-recursive-models/trm/puzzles/sudoku'

const steps = process.argv[2] ?? '200'
const shape = boxShapes['4x4']

const recipe = overrideRecipe(findRecipe('sudoku-4x4'), [`training.steps=${steps}`])
const data = await loadDataSets(recipe.data, readDataFile)
const executor = await openExecutor()

let best: TrainingState | undefined
for await (const event of train({ recipe, data, executor })) {
  if (event.type === 'start') console.log(`${event.parameters} parameters on ${event.executor}`)
  if (event.type === 'step' && event.step % 10 === 0)
    console.log(`step ${event.step}: loss ${event.loss.toFixed(3)}`)
  if (event.type === 'evaluation')
    console.log(`step ${event.step}: ${percent(event.exactAccuracy)} of the validation puzzles solved`)
  if (event.type === 'checkpoint' && event.reason === 'best') best = event.state
}
if (best === undefined) throw new Error('training ended before its first evaluation')

const model = modelOfState(best, 'the model just trained')
const { inputs } = puzzleAt(data.test, 0)
console.log(`\na test puzzle:\n${formatSudokuGrid(shape, inputs)}`)
for await (const { step, answer, changed, haltProbability } of think(executor, model, inputs)) {
  const state = checkAnswer(shape, inputs, answer).length === 0 ? 'solved' : 'not yet'
  console.log(
    `\nsupervision step ${step}: ${state}, cells changed: ${changed.length}, predicts it is correct: ${percent(haltProbability)}`,
  )
  console.log(formatSudokuGrid(shape, answer))
}

function percent(share: number | null): string {
  return share === null ? 'none' : `${(100 * share).toFixed(1)} %`
}
