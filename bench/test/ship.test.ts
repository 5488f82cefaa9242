import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import {
  decodeTrainingState,
  findRecipe,
  findShippedModel,
  modelOfState,
  overrideRecipe,
  parseShippedModels,
} from '@tiny-recursive-models/trm'
import { listShippedModels, runTraining, shippedModelPath } from '@tiny-recursive-models/trm/node'
import { modelCard } from '../src/ship/model-card.ts'
import { prepareModel } from '../src/ship/prepare-model.ts'
import { readFinishedRun } from '../src/ship/read-finished-run.ts'
import { writeShippedModels } from '../src/ship/write-shipped-models.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-ship-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const recipe = overrideRecipe(findRecipe('sudoku-4x4'), [
  'data.minimal=false',
  'data.train=40',
  'data.validation=10',
  'data.test=6',
  'model.width=16',
  'model.latentUpdates=1',
  'optimizer.warmupSteps=2',
  'training.batch=8',
  'training.microBatch=4',
  'training.steps=12',
  'training.evaluateEvery=6',
])
const run = join(folder, 'run')
for await (const _ of runTraining({ folder: run, recipe, threads: 1 }));

test('the best weights of a run become a file and its facts', async () => {
  const [report, state] = [
    JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')),
    decodeTrainingState(readFileSync(join(run, 'best.safetensors')), 'best'),
  ]
  const lines: string[] = []
  const executor = await openOrtExecutor({ threads: 1 })
  const commit = 'a'.repeat(40)
  const ready = await prepareModel(executor, { folder: run, report, state }, commit, (line) =>
    lines.push(line),
  )
  assert.equal(lines.length, 7, 'two precisions, each with two ways of halting, and three efforts')
  const { facts, bytes } = ready
  assert.equal(facts.float32.exact, report.test.full.exactAccuracy, 'as the report of the run')
  assert.equal(facts.float32.early.exact, report.test.early.exactAccuracy)
  const costs =
    facts.float16.exact < facts.float32.exact || facts.float16.early.exact < facts.float32.early.exact
  assert.equal(facts.precision, costs ? 'float32' : 'float16')
  const written = decodeTrainingState(bytes, 'written')
  for (const tensor of written.tensors.values()) assert.equal(tensor.dtype, facts.precision)
  const [before, afterwards] = [modelOfState(state, 'best'), modelOfState(written, 'written')]
  for (const [name, { data }] of Object.entries(before.weights)) {
    const rounded = afterwards.weights[name]!.data
    data.forEach((weight, index) => {
      const allowed = facts.precision === 'float32' ? 0 : 2 ** -24 + Math.abs(weight) * 2 ** -11
      assert.ok(Math.abs(rounded[index]! - weight) <= allowed, `${name}[${index}]`)
    })
  }

  const shipped = await listShippedModels()
  const models = await writeShippedModels(folder, shipped, [ready])
  assert.deepEqual(
    models.map(({ name }) => name),
    shipped.map(({ name }) => name),
    'in place of the one of its name',
  )
  const index = parseShippedModels(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')))
  assert.deepEqual(index, models)
  assert.deepEqual(
    index.find(({ name }) => name === 'sudoku-4x4'),
    facts,
  )
  assert.deepEqual(readFileSync(join(folder, facts.file)), Buffer.from(bytes))
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /^## sudoku-4x4$/m)
})

test('a run is refused that has changed the recipe, or has not ended', async () => {
  await assert.rejects(readFinishedRun(run), /the recipe sudoku-4x4 as it is in the project/)
  rmSync(join(run, 'report.json'))
  await assert.rejects(readFinishedRun(run), /expected a finished run, with report\.json/)
})

test('weights that are not those of the report are refused', async () => {
  writeFileSync(join(run, 'report.json'), JSON.stringify({ format: 1, weights: { which: 'best', step: 7 } }))
  await assert.rejects(readFinishedRun(run), /the weights that the report is about \(best, step 7\)/)
})

test('a run that was ended early is taken: the recipe that counts is that of its weights', async () => {
  const shipped = findShippedModel(await listShippedModels(), 'sudoku-4x4')
  const ended = overrideRecipe(findRecipe('sudoku-4x4'), ['training.steps=199'])
  writeFileSync(join(run, 'recipe.json'), JSON.stringify(ended))
  copyFileSync(shippedModelPath(shipped), join(run, 'best.safetensors'))
  const weights = { which: 'best', step: shipped.weightsStep }
  writeFileSync(join(run, 'report.json'), JSON.stringify({ format: 1, weights }))
  const { state } = await readFinishedRun(run)
  assert.deepEqual(state.recipe, findRecipe('sudoku-4x4'))
})

test('the card in the repository is that of its index', async () => {
  const models = await listShippedModels()
  const card = readFileSync(join(shippedModelPath(models[0]!), '..', 'README.md'), 'utf8')
  assert.equal(card, modelCard(models), 'npm run ship, without a run, writes it anew')
})
