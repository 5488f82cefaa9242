/** The gate for everything at once: a model that is trained from nothing must solve puzzles it has not seen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import { decodeTrainingState, type TrainingState } from '../src/checkpoint/training-state.ts'
import { type EvaluationReport, evaluate } from '../src/evaluate/evaluate.ts'
import { encodeModelFile, modelOfState } from '../src/evaluate/stored-model.ts'
import { loadDataSets } from '../src/puzzles/load.ts'
import { recipes } from '../src/recipes/index.ts'
import { train } from '../src/train/train.ts'

/** One thread does not wait for a second, busy core. */
const executor = await openExecutor({ executor: 'wasm', threads: 1 })

/** Measured: 100 and 99 of 100. A denoiser ends after five steps without a change, TRM when it believes in its answer. */
for (const [name, maxSteps] of [
  ['sudoku-4x4', 7],
  ['sudoku-4x4-trm', 2],
] as const) {
  test(`${name} as shipped solves at least 95 % of 100 unseen puzzles`, async (context) => {
    const recipe = recipes[name]
    const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
    assert.equal(data.test.count, 100)

    let best: TrainingState | undefined
    for await (const event of train({ recipe, data, executor }))
      if (event.type === 'checkpoint' && event.reason === 'best') best = event.state
    assert.ok(best)
    // Through the file that a run would store.
    const model = modelOfState(decodeTrainingState(encodeModelFile(best), 'best'), 'best')

    const measure = async (halting: 'full' | 'early'): Promise<EvaluationReport> => {
      for await (const event of evaluate(executor, model, data.test, { halting }))
        if (event.type === 'done') return event.report
      return assert.fail('no report')
    }
    const [full, early] = [await measure('full'), await measure('early')]
    context.diagnostic(
      `exact ${full.exactAccuracy} with all ${full.maxSteps} steps, ${early.exactAccuracy} with early halting after ${early.meanSteps} steps`,
    )
    const wantedExact = 0.95
    assert.ok(full.exactAccuracy !== null && early.exactAccuracy !== null)
    assert.ok(full.exactAccuracy >= wantedExact, `${full.exactAccuracy} exact with all steps`)
    assert.ok(early.exactAccuracy >= wantedExact, `${early.exactAccuracy} exact with early halting`)
    assert.ok(early.meanSteps < maxSteps, `early halting takes ${early.meanSteps} steps per puzzle`)
  })
}
