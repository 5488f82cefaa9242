import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createReferenceExecutor, createWasmExecutor, type Executor } from '@tiny-recursive-models/tensor'
import { onednnVersion, openExecutor, openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { loadDataSets, overrideRecipe, recipes, train } from '@tiny-recursive-models/trm'
import { bfloat16Products } from '../../packages/tensor/test/support/bfloat16-products.ts'
import { type Found, withCheckedRoundings } from '../../packages/tensor/test/support/checked-roundings.ts'
import type { Golden } from '../src/parity/golden.ts'
import { readGolden } from '../src/parity/read-golden.ts'
import { openRecordedStart, repeatSteps } from '../src/parity/repeat.ts'

const withOnednn = (await onednnVersion()) !== null

const executors: readonly (readonly [string, () => Promise<Executor>])[] = [
  ['wasm', () => openExecutor({ executor: 'wasm', threads: 1 })],
  ['wasm, products of bfloat16', async () => createWasmExecutor({ products: bfloat16Products })],
  ...(withOnednn ? [['oneDNN', () => openExecutor({ executor: 'onednn', threads: 2 })] as const] : []),
  ['ONNX Runtime', () => openOrtExecutor({ device: 'cpu', threads: 1 })],
]

/** A recorded run whose model computes in bfloat16; what was recorded in float32 is of no use then. */
async function inBfloat16(name: string): Promise<Golden> {
  const golden = await readGolden(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)))
  return { ...golden, config: { ...golden.config, precision: 'bfloat16' } }
}

/** Share of the numbers that float64 may round to the other neighbour; 1 to 3 in 100,000 were found. */
const mostTies = 1e-4

/** The five steps of a recorded run, with logits and gradients, every run checked. */
async function checkSteps(executor: Executor, golden: Golden): Promise<Found> {
  const found = { rounded: 0, ties: 0 }
  const engine = await openRecordedStart(withCheckedRoundings(executor, found), golden)
  let steps = 0
  for await (const { outcome } of repeatSteps(engine, golden)) {
    steps++
    assert.ok(outcome.outputs.logits && outcome.outputs['gradient.answerHead'])
  }
  await engine.close()
  assert.equal(steps, 5)
  return found
}

for (const [name, open] of executors)
  describe(`${name} computes in bfloat16 what float64 does that is rounded in the same places`, () => {
    for (const recording of ['trm_att', 'trm_mlp'])
      test(`five steps of ${recording}: states, logits, gradients and new weights`, async () => {
        const { rounded, ties } = await checkSteps(await open(), await inBfloat16(recording))
        assert.ok(
          rounded > 100_000 && ties / rounded < mostTies,
          `${ties} of ${rounded} to the other neighbour`,
        )
      })

    for (const mixer of ['groups', 'fields', 'neighbours'])
      test(`training and evaluation of a model that mixes by ${mixer}`, async () => {
        const recipe = overrideRecipe(recipes['sudoku-4x4'], [
          `model.mixer=${mixer}`,
          'model.precision=bfloat16',
          'model.width=8',
          'model.hiddenWidth=12',
          'model.groupWidth=12',
          'model.latentUpdates=2',
          'data.train=20',
          'data.validation=4',
          'data.test=4',
          'optimizer.warmupSteps=1',
          'training.batch=4',
          'training.workers=1',
          'training.steps=2',
          'training.evaluateEvery=2',
          'training.evaluatePuzzles=4',
        ])
        const data = await loadDataSets(recipe.data, () => assert.fail('generated data needs no file'))
        const found = { rounded: 0, ties: 0 }
        const executor = withCheckedRoundings(await open(), found)
        const events: string[] = []
        for await (const { type } of train({ executor, data, recipe })) events.push(type)
        assert.ok(events.includes('evaluation') && events.includes('done'))
        assert.ok(found.rounded > 10_000 && found.ties / found.rounded < mostTies, JSON.stringify(found))
      })
  })

test('an executor that rounds elsewhere is found out', async () => {
  const exact = createReferenceExecutor()
  const golden = await inBfloat16('trm_att')
  // Down instead of to the nearest.
  const wrong: Executor = {
    ...exact,
    async compile(program) {
      const executable = await exact.compile(program)
      return {
        ...executable,
        async run(feeds, states) {
          const result = await executable.run(feeds, states)
          for (const [name, { data }] of Object.entries(result.outputs)) {
            if (!name.startsWith('rounding')) continue
            const bits = new Uint32Array(data.buffer)
            if (bits[0]) bits[0] += 0x10000
          }
          return result
        },
      }
    },
  }
  await assert.rejects(checkSteps(wrong, golden), /^AssertionError.*rounding \d+ \[.*was rounded to/)
})
