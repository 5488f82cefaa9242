import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { type Thought, think } from '../../src/evaluate/think.ts'
import { modelConfig } from '../../src/models/config.ts'
import { PuzzleTable } from '../../src/models/puzzle-table.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { findRecipe } from '../../src/recipes/index.ts'

const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })
const settings = { ...findRecipe('sudoku-4x4').model, width: 32, prefixTokens: 3, puzzleEmbeddingWidth: 32 }
const config = modelConfig(settings, { cells: 16, symbols: 6, identifiers: 1 })
const model = { config, weights: initialWeights(config, 0), puzzleTable: new PuzzleTable(1, 32) }
const question = Int32Array.from({ length: 16 }, (_, cell) => 1 + (cell % 5))

async function thoughtsOf(withStates: boolean): Promise<Thought[]> {
  const thoughts: Thought[] = []
  for await (const thought of think(executor, model, question, { maximumSteps: 3, withStates }))
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
