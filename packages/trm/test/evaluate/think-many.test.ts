import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import { endsByStandingStill } from '../../src/evaluate/stands-still.ts'
import { thinkWith } from '../../src/evaluate/think.ts'
import { type ManyThoughts, thinkMany } from '../../src/evaluate/think-many.ts'
import { Thinker } from '../../src/evaluate/thinker.ts'
import { openShippedModel } from '../../src/node/index.ts'
import { newPuzzle } from '../../src/puzzles/new-puzzle.ts'
import { boxShapes } from '../../src/puzzles/sudoku/shape.ts'

const { model } = await openShippedModel('sudoku-4x4')
const kind = { puzzle: 'sudoku', shape: boxShapes['4x4'] }
const executor = await openExecutor()
const questions = [1, 2, 3].map((seed) => newPuzzle(kind, null, seed)!.question)

test('each of many puzzles gets the answers that it gets alone', async () => {
  const many = await Thinker.create(executor, model, 5)
  const steps: ManyThoughts[] = []
  for await (const step of thinkMany(many, questions, { maxSteps: 6 })) steps.push(step)
  await many.close()
  assert.ok(steps.length > 1)
  const alone = await Thinker.create(executor, model, 1)
  for (const [puzzle, question] of questions.entries()) {
    let step = 0
    const options = {
      maxSteps: steps.length,
      halting: 'full',
      ...(model.cellLoss && { cellLoss: model.cellLoss }),
    } as const
    for await (const { answer, haltProbability } of thinkWith(alone, question, options)) {
      const together = steps[step++]!
      assert.deepEqual(together.answers[puzzle], answer)
      assert.ok(Math.abs(together.haltProbabilities[puzzle]! - haltProbability) < 1e-4)
    }
  }
  await alone.close()
})

test('ends where the answers of all stand still, if the model does', async () => {
  assert.equal(endsByStandingStill(model.config), true)
  const thinker = await Thinker.create(executor, model, 3)
  let last = 0
  for await (const { step } of thinkMany(thinker, questions, { maxSteps: 200 })) last = step
  assert.ok(last < 200)
  await thinker.close()
})

test('refuses a question of another size', async () => {
  const thinker = await Thinker.create(executor, model, 2)
  await assert.rejects(thinkMany(thinker, [new Int32Array(36)]).next(), /tokens/)
  await thinker.close()
})
