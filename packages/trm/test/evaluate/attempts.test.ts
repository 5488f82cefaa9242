import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { ignoredLabel, selectPuzzles } from '../../src/data/puzzle-set.ts'
import { type AttemptsEvent, attemptAll } from '../../src/evaluate/attempts.ts'
import { type Effort, effortOf } from '../../src/evaluate/effort.ts'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import { openShippedModel } from '../../src/node/model-files.ts'
import { boardOf, boardOfData } from '../../src/puzzles/index.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'

const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })

/** A shipped model, and forty puzzles that it has not seen. */
async function subjectOf(name: string) {
  const { model, recipe } = await openShippedModel(name)
  const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
  const forty = Array.from({ length: 40 }, (_, index) => index)
  const rule = { ...(data.isValid && { isValid: data.isValid }), slots: 7 }
  return { model, recipe, set: selectPuzzles(data.test, forty), rule }
}

const [plain, denoiser] = [await subjectOf('maze-small'), await subjectOf('sudoku-4x4')]
const { model, recipe } = plain

async function attempted(wanted: Partial<Effort>, options = {}, subject = plain) {
  const events: AttemptsEvent[] = []
  const effort = effortOf(wanted, subject.model.config)
  const all = { ...subject.rule, ...options }
  for await (const event of attemptAll(executor, subject.model, subject.set, effort, all)) events.push(event)
  const done = events.at(-1)!
  assert.ok(done.type === 'done')
  const answers = events.flatMap((event) => (event.type === 'answer' ? [event] : []))
  return { report: done.report, answers: answers.sort((left, right) => left.puzzle - right.puzzle) }
}

test('one attempt is an evaluation: with all steps, and ended as the model ends', async () => {
  for (const [subject, stop, halting] of [
    [plain, 'never', 'full'],
    [plain, 'halting', 'early'],
    [denoiser, 'never', 'full'],
    [denoiser, 'still', 'early'],
  ] as const) {
    const { report, answers } = await attempted({ stop }, {}, subject)
    for await (const event of evaluate(executor, subject.model, subject.set, { halting, ...subject.rule })) {
      if (event.type === 'answer') assert.deepEqual(answers[event.puzzle]!.chosen.answer, event.answer)
      if (event.type !== 'done') continue
      assert.equal(report.exactAccuracy, event.report.exactAccuracy)
      assert.equal(report.validAccuracy, event.report.validAccuracy)
      assert.equal(report.meanSteps, event.report.meanSteps)
    }
  }
})

test('puzzles without labels count in no accuracy', async () => {
  const { set } = plain
  const { cells } = set
  const reportsOf = async (labels: Int32Array) => {
    const asked = { ...set, labels }
    const attempts = await attempted({ stop: 'never' }, {}, { ...plain, set: asked })
    for await (const event of evaluate(executor, model, asked, plain.rule))
      if (event.type === 'done') return [event.report, attempts.report] as const
    return assert.fail('no report')
  }
  const whole = await reportsOf(set.labels)
  const none = await reportsOf(new Int32Array(set.labels.length).fill(ignoredLabel))
  for (const report of none) {
    assert.deepEqual([report.puzzles, report.labelled], [40, 0])
    assert.deepEqual([report.exactAccuracy, report.exactInterval], [null, null])
  }
  const [{ cellAccuracy, haltAccuracy, validAccuracy, byStep }] = none
  assert.deepEqual([cellAccuracy, haltAccuracy], [null, null])
  assert.ok(byStep.every((step) => step.exactAccuracy === null && step.cellAccuracy === null))
  // A rule needs no label.
  assert.equal(validAccuracy, whole[0].validAccuracy)

  // Of half of them the accuracies are those of that half.
  const half = set.labels.slice().fill(ignoredLabel, 20 * cells)
  const first = selectPuzzles(
    set,
    Array.from({ length: 20 }, (_, index) => index),
  )
  for (const [place, report] of (await reportsOf(half)).entries()) {
    assert.deepEqual([report.puzzles, report.labelled], [40, 20])
    const alone = await attempted({ stop: 'never' }, {}, { ...plain, set: first })
    assert.equal(report.exactAccuracy, alone.report.exactAccuracy, String(place))
    assert.deepEqual(report.exactInterval, alone.report.exactInterval)
  }
})

test('an answer that stands still ends its attempt, and an accepted one the attempts', async () => {
  const { report } = await attempted({ stop: 'still', maxSteps: 32 })
  assert.ok(report.meanSteps >= 6 && report.meanSteps < 32)
  assert.ok(report.settled > 0.5)
  const several = await attempted({ attempts: 5, maxSteps: 2, stop: 'never' })
  for (const { attempts, chosen } of several.answers) {
    assert.equal(attempts.filter(({ valid }) => valid).length, chosen.valid ? 1 : 0)
    assert.ok(chosen.valid ? attempts.at(-1) === chosen : attempts.length === 5)
  }
})

test('more attempts solve more by the rule than one, and a seed gives the same again', async () => {
  const little = { maxSteps: 1, stop: 'never' } as const
  const one = await attempted(little)
  assert.ok(one.report.validAccuracy! < 1, 'there is something to gain')
  const many = await attempted(
    { ...little, attempts: 20, symmetries: true },
    {
      symmetry: boardOfData(recipe.data, model.config)!.symmetry!,
    },
  )
  assert.ok(many.report.validAccuracy! > one.report.validAccuracy!)
  assert.ok(many.report.meanAttempts > 1 && many.report.meanAttempts < 20)
  assert.equal(many.report.flopPerPuzzle / one.report.flopPerPuzzle, many.report.meanSteps)
  const [noisy, again] = [
    await attempted({ ...little, attempts: 3 }),
    await attempted({ ...little, attempts: 3 }),
  ]
  assert.deepEqual(
    noisy.answers.map(({ attempts }) => attempts.map(({ haltLogit }) => haltLogit)),
    again.answers.map(({ attempts }) => attempts.map(({ haltLogit }) => haltLogit)),
  )
  const first = noisy.answers.find(({ attempts }) => attempts.length === 3)!.attempts
  assert.notEqual(first[0]!.haltLogit, first[1]!.haltLogit, 'another attempt begins elsewhere')
})

test('a vote takes the most frequent answer', async () => {
  const { answers } = await attempted({
    attempts: 5,
    pick: 'vote',
    accept: 'nothing',
    maxSteps: 1,
    stop: 'never',
  })
  for (const { attempts, chosen } of answers) {
    const votes = (wanted: Int32Array) =>
      attempts.filter(({ answer }) => answer.join() === wanted.join()).length
    assert.equal(attempts.length, 5)
    for (const { answer } of attempts) assert.ok(votes(answer) <= votes(chosen.answer))
  }
})

test('symmetries are undone by their inverse', async () => {
  const maze = await loadDataSets(
    {
      kind: 'maze-generated',
      size: 5,
      minDensity: 0,
      maxDensity: 0.3,
      minPath: 2,
      train: 1,
      validation: 0,
      test: 3,
      augment: false,
      seed: 0,
    },
    () => assert.fail('generated'),
  )
  const ofMaze = boardOf({ puzzle: 'maze', size: 5 }).symmetry!
  const ofSudoku = boardOfData(denoiser.recipe.data, denoiser.model.config)!.symmetry!
  for (let index = 0; index < 12; index++) {
    for (const [draw, tokens] of [
      [ofMaze, selectPuzzles(maze.test, [0]).labels],
      [ofSudoku, denoiser.set.labels.slice(0, 16)],
    ] as const) {
      const { apply, invert } = draw(new RandomStream(index, 'draw'))
      assert.deepEqual(invert(apply(tokens)), tokens)
    }
  }
})
