import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { think } from '@tiny-recursive-models/trm'
import { openOrtExecutor, openShippedModel } from '@tiny-recursive-models/trm/node'
import { recordFirstThought } from '../build/record.ts'
import { firstModel } from '../src/lib/first-model.ts'
import { openRecording } from '../src/think/recording.ts'

test('the recorded thought is that of the shipped model, on any executor', async () => {
  const stored = await recordFirstThought(
    fileURLToPath(new URL('../../../packages/trm/models', import.meta.url)),
  )
  const { puzzle, thoughts } = openRecording(JSON.parse(JSON.stringify(stored)))
  const { model } = await openShippedModel(firstModel)
  let step = 0
  for await (const own of think(await openOrtExecutor({ threads: 1 }), model, puzzle.question)) {
    const recorded = thoughts[step]!
    step += 1
    assert.equal(recorded.step, own.step)
    assert.deepEqual(recorded.answer, own.answer)
    assert.deepEqual(recorded.changed, own.changed)
    for (const [index, probability] of own.probabilities.entries())
      assert.ok(Math.abs(recorded.probabilities[index]! - probability) < 2e-3)
    for (const [cell, confidence] of own.confidence.entries())
      assert.ok(Math.abs(recorded.confidence[cell]! - confidence) < 2e-3)
    assert.ok(Math.abs(recorded.haltProbability - own.haltProbability) < 1e-3)
    assert.ok(Math.abs(recorded.answerChange - own.answerChange) < 1e-3)
    assert.ok(Math.abs(recorded.latentChange - own.latentChange) < 1e-3)
  }
  assert.equal(step, thoughts.length)
  // Something is to be seen: it is wrong at first, and right in the end.
  assert.notDeepEqual(thoughts[0]!.answer, thoughts.at(-1)!.answer)
})
