import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Evaluation, RunSeries } from '../../src/charts/series.ts'
import { describeAnswers, describeLearning, explainRise, solvedFrom } from '../../src/train/captions.ts'

const evaluation = (step: number, cellAccuracy: number, exactAccuracy: number): Evaluation => ({
  step,
  cellAccuracy,
  exactAccuracy,
  puzzles: 50,
  exactByStep: [],
  elapsedMs: 0,
  isBest: true,
})
const learned = [evaluation(10, 0.54, 0), evaluation(20, 0.82, 0.06), evaluation(30, 0.94, 0.62)]
const answer = (wrong: number) => ({
  answer: new Int32Array(),
  confidence: new Float32Array(),
  wrong: Array.from({ length: wrong }, (_, cell) => cell),
  isSolved: wrong === 0,
})

describe('the caption of learning', () => {
  test('tells what has changed', () => {
    assert.equal(describeLearning(learned, 5), 'Nothing has been evaluated yet.')
    assert.equal(describeLearning(learned, 12), '54 % of the cells are right, and no whole puzzle yet.')
    assert.equal(
      describeLearning(learned, 20),
      'For the first time 3 whole puzzles of 50, with 82 % of the cells right.',
    )
    assert.equal(
      describeLearning(learned, 30),
      'Since step 20: right cells 82 % → 94 %, whole puzzles 6 % → 62 %.',
    )
    const still = [...learned, evaluation(40, 0.94, 0.62)]
    assert.equal(
      describeLearning(still, 40),
      'Since step 30: right cells still 94 %, whole puzzles still 62 %.',
    )
  })

  test('tells what became of the puzzle', () => {
    assert.equal(describeAnswers([answer(3)], undefined), 'In the end 3 cells are wrong.')
    assert.equal(describeAnswers([answer(1)], [answer(3)]), 'In the end 1 cell is wrong, down from 3.')
    const fromTwo = [answer(1), answer(0)]
    assert.equal(describeAnswers(fromTwo, [answer(3)]), 'Solved from step 2 on, for the first time.')
    assert.equal(describeAnswers([answer(0)], fromTwo), 'Solved at the first step, before from step 2 on.')
    assert.equal(solvedFrom([answer(0), answer(1)]), null)
  })

  test('explains a loss that rises from halting, and only that', () => {
    const seriesOf = (answerLoss: (step: number) => number, haltLoss: (step: number) => number) => {
      const series = new RunSeries()
      for (let step = 1; step <= 200; step++)
        series.add({
          type: 'step',
          step,
          answerLoss: answerLoss(step),
          haltLoss: haltLoss(step),
          loss: answerLoss(step) + 0.5 * haltLoss(step),
        })
      return series.view
    }
    const falling = (step: number): number => 1 / (1 + step / 40)
    const text = explainRise(seriesOf(falling, (step) => step / 50))
    assert.match(text ?? '', /^The loss rises since step \d+ because of halting/)
    assert.equal(explainRise(seriesOf(falling, () => 0.1)), null)
    assert.equal(
      explainRise(
        seriesOf(
          (step) => step / 50,
          () => 0.1,
        ),
      ),
      null,
    )
  })
})
