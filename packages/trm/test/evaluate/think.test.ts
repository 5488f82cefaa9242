import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { readLogits, type Thought, think, thinkWith } from '../../src/evaluate/think.ts'
import { Thinker } from '../../src/evaluate/thinker.ts'
import { modelConfig } from '../../src/models/config.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { findRecipe } from '../../src/recipes/index.ts'

const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
const settings = {
  ...findRecipe('sudoku-4x4-trm').model,
  width: 32,
  prefixTokens: 3,
  puzzleEmbeddingWidth: 32,
}
const config = modelConfig(settings, { cells: 16, symbols: 6, identifiers: 1 })
const model = { config, weights: initialWeights(config, 0), puzzleTable: new PuzzleTable(1, 32) }
const question = Int32Array.from({ length: 16 }, (_, cell) => 1 + (cell % 5))

async function thoughtsOf(withStates: boolean): Promise<Thought[]> {
  const thoughts: Thought[] = []
  for await (const thought of think(executor, model, question, { maxSteps: 3, withStates }))
    thoughts.push(thought)
  return thoughts
}

test('states are told on demand, those of the cells alone', async () => {
  const thoughts = await thoughtsOf(true)
  for (const { states } of thoughts) {
    assert.deepEqual(Object.keys(states!).sort(), ['answer', 'latent'])
    for (const state of Object.values(states!)) assert.equal(state.length, 16 * 32)
  }
  // The states move about as much as the reported change says, which also counts the tokens in front.
  const norm = (values: Float32Array): number => Math.hypot(...values)
  const [before, after] = [thoughts[1]!.states!.answer!, thoughts[2]!.states!.answer!]
  const moved = norm(after.map((value, at) => value - before[at]!))
  assert.ok(moved > 0 && moved < 3 * thoughts[2]!.answerChange * norm(after))
  assert.equal((await thoughtsOf(false))[0]!.states, undefined)
})

const near = (got: Float32Array, expected: readonly number[]): void =>
  expected.forEach((value, index) => {
    assert.ok(Math.abs(got[index]! - value) < 1e-6, `${got} instead of ${expected}`)
  })

test('probabilities are those of the loss, also of logits far from 0', () => {
  // stablemax: 1 + x from 0 up, 1 / (1 − x) below.
  near(readLogits(Float32Array.of(3, 0, -1), 3, 'stablemax').probabilities, [4 / 5.5, 1 / 5.5, 0.5 / 5.5])
  const shares = [1, Math.exp(-1), Math.exp(-2)].map((weight, _, all) => weight / all.reduce((a, b) => a + b))
  for (const shift of [0, 500, -500]) {
    const logits = Float32Array.from([-2, 0, -1], (value) => value + shift)
    const { answer, confidence, probabilities } = readLogits(logits, 3, 'softmax')
    assert.deepEqual([...answer], [1])
    near(probabilities, [shares[2]!, shares[0]!, shares[1]!])
    near(confidence, [shares[0]!])
  }
})

test('the answer is the largest logit where probabilities round alike, and a token where there are none', () => {
  const close = Float32Array.of(1e9, 1e9 + 64, 0)
  assert.equal(readLogits(close, 3, 'stablemax').answer[0], 1)
  assert.equal(readLogits(new Float32Array(3).fill(Number.NaN), 3, 'softmax').answer[0], 0)
})

test('a thinker that has thought before, and was left, gives the same thoughts', async () => {
  const thinker = await Thinker.create(executor, model, 1)
  const other = question.map((token) => 5 - token)
  for await (const { step } of thinkWith(thinker, other, { maxSteps: 3 })) if (step === 2) break
  const thoughts: Thought[] = []
  for await (const thought of thinkWith(thinker, question, { maxSteps: 3, withStates: true }))
    thoughts.push(thought)
  assert.deepEqual(thoughts, await thoughtsOf(true))
  await thinker.close()
})
