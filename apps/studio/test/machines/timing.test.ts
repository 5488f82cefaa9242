import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { overrideRecipe } from '@tiny-recursive-models/trm'
import type { BrowserTrainingEvent } from '@tiny-recursive-models/trm/browser'
import { choices, recipeOf } from '../../src/train/choices.ts'
import type { TrainingClient } from '../../src/train/device-worker.ts'
import { canBeTimed, describeTrials, timedRecipe, timeRecipe, wholeTime } from '../../src/train/timing.ts'
import { settled } from './scripted-stream.ts'

const quick = recipeOf(choices[0]!)

/** A worker whose steps take so long, by its own clock. */
function worker(msPerStep: number, ended: () => void): TrainingClient {
  const events = async function* (): AsyncGenerator<BrowserTrainingEvent, void> {
    yield { type: 'puzzles', done: 129, of: 129 }
    yield { type: 'start' } as BrowserTrainingEvent
    // The first step takes longer, and does not count.
    for (let step = 1; step <= 4; step++)
      yield { type: 'step', step, elapsedMs: 1000 + step * msPerStep } as BrowserTrainingEvent
    yield { type: 'evaluation', step: 4 } as BrowserTrainingEvent
    yield { type: 'done' } as BrowserTrainingEvent
  }
  return {
    train: () => ({ events: events(), stop: () => undefined }),
    terminate: ended,
  } as unknown as TrainingClient
}

describe('the time that a recipe takes', () => {
  test('can be measured for every choice of the page, of a recipe with as costly steps', () => {
    for (const choice of choices) {
      const recipe = recipeOf(choice)
      assert.ok(canBeTimed(recipe), choice.title)
      const timed = timedRecipe(recipe)
      assert.deepEqual(timed.model, recipe.model)
      assert.equal(timed.training.batch, recipe.training.batch)
      assert.equal(timed.training.gradientSteps, recipe.training.gradientSteps)
      assert.equal(timed.training.evaluateSteps, recipe.training.evaluateSteps)
      assert.ok(timed.training.steps <= 4)
    }
    assert.ok(!canBeTimed(overrideRecipe(quick, ['training.batch=100000'])))
  })

  test('is that of the faster number of threads; every worker is ended', async () => {
    for (const [alone, together, best] of [
      [8, 5, 2],
      [5, 8, 1],
      [5, 5, 1],
    ] as const) {
      let ended = 0
      const timing = await timeRecipe(
        async (_, threads) => worker(threads === 1 ? alone : together, () => (ended += 1)),
        quick,
        'wasm',
        [1, 2],
        new AbortController().signal,
      )
      assert.equal(timing.threads, best)
      assert.equal(timing.msPerStep, 5)
      assert.deepEqual(timing.trials, [
        { threads: 1, msPerStep: alone },
        { threads: 2, msPerStep: together },
      ])
      assert.equal(ended, 2)
    }
  })

  test('counts steps, evaluations and what comes before', () => {
    const recipe = overrideRecipe(quick, ['training.steps=45', 'training.evaluateEvery=20'])
    const timing = { threads: 1, msPerStep: 10, msPerEvaluation: 100, msToBegin: 1000, trials: [] }
    assert.equal(wholeTime(recipe, timing), 1000 + 450 + 300)
  })

  test('is told with the threads that were tried', () => {
    const facts = { msPerStep: 80, msPerEvaluation: null, msToBegin: 0 }
    const trials = [
      { threads: 1, msPerStep: 80 },
      { threads: 4, msPerStep: 125 },
    ]
    assert.equal(
      describeTrials({ ...facts, threads: 1, trials }),
      '12.5 steps a second with one thread (4 threads: 8)',
    )
    assert.equal(
      describeTrials({ ...facts, threads: 1, trials: trials.slice(0, 1) }),
      '12.5 steps a second with one thread',
    )
  })

  test('is not measured any more when nobody wants to know it', async () => {
    const request = new AbortController()
    let ended = 0
    const stuck = {
      train: () => ({
        events: (async function* () {
          await new Promise(() => undefined)
        })(),
        stop() {},
      }),
      terminate: () => (ended += 1),
    } as unknown as TrainingClient
    void timeRecipe(async () => stuck, quick, 'wasm', [1, 2], request.signal).catch(() => undefined)
    await settled()
    request.abort()
    assert.equal(ended, 1)
  })
})
