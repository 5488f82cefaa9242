import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Executor, InputError } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import type { TrainingState } from '../../src/checkpoint/training-state.ts'
import { type DataSets, trainingPuzzles } from '../../src/data/data-sets.ts'
import type { PuzzleSet } from '../../src/data/puzzle-set.ts'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import { modelOfState } from '../../src/evaluate/stored-model.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { overrideRecipe, type Recipe, recipes } from '../../src/recipes/index.ts'
import type { TrainingEvent } from '../../src/train/events.ts'
import { train } from '../../src/train/train.ts'

/** Solves nothing in this time, but gets more and more cells right. */
const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=16',
  'model.latentUpdates=1',
  'data.train=40',
  'data.validation=10',
  'data.test=4',
  'optimizer.warmupSteps=2',
  'optimizer.emaDecay=0',
  'training.batch=8',
  'training.steps=12',
  'training.evaluateEvery=2',
  'training.checkpointEvery=0',
])

let executor: Executor
let data: DataSets
before(async () => {
  executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
  data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
})

async function trained(options: {
  recipe: Recipe
  data?: DataSets
  resume?: TrainingState
  shouldStop?: () => boolean
}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = []
  for await (const event of train({ executor, data, ...options })) events.push(event)
  return events
}

const lastState = (events: readonly TrainingEvent[]): TrainingState => {
  const states = events.flatMap((event) => (event.type === 'checkpoint' ? [event.state] : []))
  return states.at(-1)!
}

test('the better of two evaluations with as many exact puzzles is the one with more cells right', async () => {
  const events = await trained({ recipe })
  const evaluations = events.filter((event) => event.type === 'evaluation')
  assert.equal(evaluations.length, 6)
  let [exact, cells, ties] = [-1, -1, 0]
  for (const { exactAccuracy, cellAccuracy, best, step } of evaluations) {
    assert.ok(exactAccuracy !== null && cellAccuracy !== null)
    const isTie = exactAccuracy === exact
    assert.equal(best, isTie ? cellAccuracy > cells : exactAccuracy > exact, `step ${step}`)
    if (best && isTie) ties++
    if (best) [exact, cells] = [exactAccuracy, cellAccuracy]
  }
  assert.ok(ties > 0, 'some tie was decided by the cells')
  const { best } = lastState(events)
  assert.deepEqual([best?.exactAccuracy, best?.cellAccuracy], [exact, cells])
})

test('a state that ended by its steps is done at once', async () => {
  const state = lastState(await trained({ recipe: overrideRecipe(recipe, ['training.steps=3']) }))
  for (const steps of [3, 2]) {
    const events = await trained({
      recipe: overrideRecipe(recipe, [`training.steps=${steps}`]),
      resume: state,
    })
    assert.deepEqual(events, [{ type: 'done', step: 3, reason: 'steps', elapsedMs: state.elapsedMs }])
  }
  const longer = await trained({ recipe: overrideRecipe(recipe, ['training.steps=4']), resume: state })
  assert.deepEqual(
    longer.filter(({ type }) => type === 'step').map(({ step }) => step),
    [4],
  )
})

test('a state that ended by accuracy is done at once, and trains on where more is asked for', async () => {
  const accurate = overrideRecipe(recipe, ['training.stopAtAccuracy=0'])
  const events = await trained({ recipe: accurate })
  assert.deepEqual(
    events.flatMap((event) => (event.type === 'done' ? [[event.step, event.reason]] : [])),
    [[2, 'accuracy']],
  )
  const state = lastState(events)
  const again = await trained({ recipe: accurate, resume: state })
  assert.deepEqual(again, [{ type: 'done', step: 2, reason: 'accuracy', elapsedMs: state.elapsedMs }])
  const further = await trained({
    recipe: overrideRecipe(recipe, ['training.stopAtAccuracy=1']),
    resume: state,
  })
  assert.equal(further.at(-1)?.step, 12)
})

test('a run ends with a validation and a checkpoint when its time is used up, and not before', async () => {
  const timed = overrideRecipe(recipe, ['training.stopAfterSeconds=1e-6', 'training.evaluateEvery=5'])
  const events = await trained({ recipe: timed })
  assert.deepEqual(
    events.map(({ type }) => type),
    ['start', 'step', 'evaluation', 'checkpoint', 'checkpoint', 'done'],
  )
  const state = lastState(events)
  const done = { type: 'done', step: 1, reason: 'time', elapsedMs: state.elapsedMs }
  assert.deepEqual(events.at(-1), done)
  assert.deepEqual(await trained({ recipe: timed, resume: state }), [done])
  const further = await trained({
    recipe: overrideRecipe(recipe, ['training.stopAfterSeconds=1e6', 'training.steps=3']),
    resume: state,
  })
  assert.deepEqual(
    further.flatMap((event) => (event.type === 'done' ? [[event.step, event.reason]] : [])),
    [[3, 'steps']],
  )
})

test('with any optimiser and clipping, a run that stopped goes on to the same weights bit for bit', async () => {
  for (const kind of ['adamw', 'muon']) {
    for (const microBatch of [8, 4]) {
      const wanted = overrideRecipe(recipe, [
        `optimizer.kind=${kind}`,
        'optimizer.gradientClip=0.05',
        'optimizer.weightDecayOf=matrices',
        'optimizer.emaDecay=0.9',
        'training.evaluateEvery=0',
        `training.microBatch=${microBatch}`,
        'training.steps=6',
      ])
      const events = await trained({ recipe: wanted })
      const norms = events.flatMap((event) => (event.type === 'step' ? [event.gradientNorm] : []))
      assert.ok(
        norms.every((norm) => norm > 0.05),
        `norms before clipping, and all of them clipped: ${norms}`,
      )
      let done = 0
      const state = lastState(await trained({ recipe: wanted, shouldStop: () => ++done === 3 }))
      assert.equal(state.step, 3)
      const resumed = lastState(await trained({ recipe: wanted, resume: state }))
      assert.equal(resumed.step, 6)
      const whole = lastState(events)
      assert.deepEqual([...resumed.tensors.keys()].sort(), [...whole.tensors.keys()].sort())
      for (const [name, { data }] of whole.tensors)
        assert.deepEqual(resumed.tensors.get(name)?.data, data, `${kind}, ${microBatch}: ${name}`)
      assert.notDeepEqual(
        state.tensors.get('weights.blocks.0.mixer.down')?.data,
        whole.tensors.get('weights.blocks.0.mixer.down')?.data,
      )
    }
  }
})

test('other data than that of the state is refused, also where nothing is left to train', async () => {
  const state = lastState(await trained({ recipe: overrideRecipe(recipe, ['training.steps=2']) }))
  const expected = `resume: expected the training data of the run (checksum ${data.checksum}), got other data (checksum other). Use the same data file and settings, or start a new run.`
  await assert.rejects(
    trained({ recipe: state.recipe, resume: state, data: { ...data, checksum: 'other' } }),
    (error) => error instanceof InputError && error.message === expected,
  )
})

test('numbers outside what a puzzle set says of itself are named by puzzle and cell', async () => {
  const stored = data.train.puzzles!
  const changed = (change: (set: PuzzleSet) => void): PuzzleSet => {
    const set = {
      ...stored,
      inputs: stored.inputs.slice(),
      labels: stored.labels.slice(),
      puzzleIdentifiers: stored.puzzleIdentifiers.slice(),
    }
    change(set)
    return set
  }
  const hint = 'The data is damaged or of another kind: build or download it again.'
  const cases: [PuzzleSet, string][] = [
    [
      changed(({ labels }) => {
        labels[3 * 16 + 5] = 6
      }),
      `, puzzle 3, cell 5: expected a label below 6 (negative: not scored), got 6. ${hint}`,
    ],
    [
      changed(({ inputs }) => {
        inputs[39 * 16] = -1
      }),
      `, puzzle 39, cell 0: expected a token from 0 to 5, got -1. ${hint}`,
    ],
    [
      changed(({ puzzleIdentifiers }) => {
        puzzleIdentifiers[7] = 1
      }),
      `, puzzle 7: expected an identifier from 0 to 0, got 1. ${hint}`,
    ],
    [
      { ...stored, labels: stored.labels.slice(1) },
      `: expected 40 puzzles of 16 cells, got 640 inputs, 639 labels, 40 identifiers. ${hint}`,
    ],
  ]
  const state = lastState(await trained({ recipe: overrideRecipe(recipe, ['training.steps=2']) }))
  const model = modelOfState(state, 'state')
  for (const [set, rest] of cases) {
    const message = `puzzle set "generated 4×4 Sudoku train"${rest}`
    const isNamed = (error: unknown) => {
      assert.ok(error instanceof InputError)
      assert.equal(error.message, message)
      return true
    }
    assert.throws(() => trainingPuzzles(set), isNamed)
    await assert.rejects(trained({ recipe, data: { ...data, validation: set } }), isNamed)
    await assert.rejects(evaluate(executor, model, set).next(), isNamed)
  }
})
