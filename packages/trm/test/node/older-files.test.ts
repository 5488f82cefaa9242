import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import * as onnxruntime from 'onnxruntime-node'
import type { RunReport } from '../../src/evaluate/run-facts.ts'
import { think } from '../../src/evaluate/think.ts'
import { importFile } from '../../src/node/import-file.ts'
import { openModel } from '../../src/node/model-files.ts'
import { openRunFolder } from '../../src/node/run-folder.ts'
import { runTraining } from '../../src/node/run-training.ts'
import { parseRecipe, type Recipe } from '../../src/recipes/index.ts'
import { parseShippedModels, type ShippedModel } from '../../src/shipped/shipped-models.ts'

interface ExpectedThought {
  readonly answer: string
  /** Of the first four cells. */
  readonly confidence: readonly number[]
  readonly haltProbability: number
  readonly answerChange: number
}

interface Expected {
  readonly tokens: string
  /** The steps after the checkpoint. */
  readonly resumed: readonly { step: number; loss: number; gradientNorm: number }[]
  readonly run: readonly ExpectedThought[]
  readonly resumedRun: readonly ExpectedThought[]
  readonly model: readonly ExpectedThought[]
  readonly pt: readonly ExpectedThought[]
  readonly safetensors: readonly ExpectedThought[]
  readonly onnx: { readonly answer: string; readonly logits: readonly number[]; readonly haltLogit: number }
}

/** Computed anew on another machine, or traced in another order: float32 rounds differently. */
const tolerance = 2e-6

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/recipe-format-1/${name}`, import.meta.url))
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const expected = readJson(fixture('expected.json')) as Expected
const tokens = Int32Array.from(expected.tokens, Number)

const folder = mkdtempSync(join(tmpdir(), 'trm-older-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function assertNear(got: readonly number[], wanted: readonly number[], what: string): void {
  assert.equal(got.length, wanted.length, what)
  const differences = wanted.map((value, index) => Math.abs(value - got[index]!))
  assert.ok(Math.max(...differences) <= tolerance, `${what}: ${got}, not ${wanted}`)
}

async function assertThinks(path: string, thoughts: readonly ExpectedThought[]): Promise<void> {
  const { model } = await openModel(path)
  const executor = await openOrtExecutor({ threads: 1 })
  const wanted = [...thoughts]
  for await (const thought of think(executor, model, tokens, { halting: 'full' })) {
    const { answer, confidence, haltProbability, answerChange } = wanted.shift()!
    assert.equal(thought.answer.join(''), answer)
    const got = [...thought.confidence.slice(0, 4), thought.haltProbability, thought.answerChange]
    assertNear(got, [...confidence, haltProbability, answerChange], `${path}, step ${thought.step}`)
  }
  assert.deepEqual(wanted, [])
}

const depth = ({ recursions, latentUpdates, supervisionSteps }: Recipe['training']['stages'][number]) => [
  recursions,
  latentUpdates,
  supervisionSteps,
]

test('a recipe', () => {
  const path = fixture('run-to-resume/recipe.json')
  const recipe = parseRecipe(readJson(path), path)
  assert.deepEqual(depth({ until: 1, ...recipe.model }), [3, 2, 3])
  assert.deepEqual(recipe.training.stages.map(depth), [
    [1, 2, 2],
    [1, 3, 2],
  ])
  assert.equal(recipe.optimizer.emaDecay, 0.5)
  assert.equal(recipe.optimizer.minRatio, 0.1)
})

test('a recipe of format 2, and one without a format that has its names', () => {
  const { recipe: written } = readJson(
    fileURLToPath(new URL('../fixtures/older-names/recipe-format-2.json', import.meta.url)),
  ) as { recipe: object }
  const { format, ...unnamed } = written as { format: number }
  assert.equal(format, 2)
  for (const old of [written, unnamed]) {
    const { optimizer, data } = parseRecipe(old, 'old.json')
    assert.equal(optimizer.emaDecay, 0.98)
    assert.equal(optimizer.minRatio, 0.1)
    const { minDensity, maxDensity, minPath } = data as Readonly<Record<string, unknown>>
    assert.deepEqual([minDensity, maxDensity, minPath], [0.3, 0.5, 5])
  }
  const present = { ...written, format: 3 }
  assert.throws(() => parseRecipe(present, 'new.json'), /got "(data\.minimumDensity|optimizer\.\w+)"/)
  const both = { ...written, optimizer: { averageDecay: 0.5, emaDecay: 0.5 } }
  assert.throws(() => parseRecipe(both, 'both.json'), /got "optimizer\.averageDecay"/)
})

test('a checkpoint', () => assertThinks(fixture('run-to-resume'), expected.run))

test('a run folder goes on as it would have', async () => {
  const run = join(folder, 'run')
  cpSync(fixture('run-to-resume'), run, { recursive: true })
  const steps: { step: number; loss: number; gradientNorm: number }[] = []
  for await (const event of runTraining({ folder: run, recipe: null, resume: true, threads: 1 }))
    if (event.type === 'step') steps.push(event)
  assert.deepEqual(
    steps.map(({ step }) => step),
    expected.resumed.map(({ step }) => step),
  )
  const numbers = (list: Expected['resumed']) =>
    list.flatMap(({ loss, gradientNorm }) => [loss, gradientNorm])
  assertNear(numbers(steps), numbers(expected.resumed), 'losses and gradient norms')
  await assertThinks(run, expected.resumedRun)
})

test('a model file', () => assertThinks(fixture('model.safetensors'), expected.model))

test('a file of PyTorch, with the settings that it does not hold', async () => {
  const out = join(folder, 'from-pt')
  const overrides = ['heads=2', 'positions=rotary', 'recursions=3', 'latentUpdates=2', 'supervisionSteps=3']
  await importFile(fixture('official.pt'), {
    out,
    cells: 16,
    overrides: overrides.map((override) => `model.${override}`),
  })
  await assertThinks(out, expected.pt)
})

test('exported safetensors, with the settings that they hold', async () => {
  const out = join(folder, 'from-safetensors')
  const { assumed } = await importFile(fixture('official.safetensors'), { out })
  assert.deepEqual(assumed, {})
  await assertThinks(out, expected.safetensors)
})

test('exported ONNX', async () => {
  const session = await onnxruntime.InferenceSession.create(readFileSync(fixture('step.onnx')), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  const state = new onnxruntime.Tensor('float32', new Float32Array(16 * 4), [16, 1, 4])
  const { answer, logits, halt_logits } = await session.run({
    tokens: new onnxruntime.Tensor('int32', tokens, [1, 16]),
    reset: new onnxruntime.Tensor('int32', Int32Array.of(1), [1]),
    latent_state: state,
    answer_state: state,
  })
  assert.equal([...(answer!.data as Int32Array)].join(''), expected.onnx.answer)
  const numbers = [...(logits!.data as Float32Array).slice(0, 6), (halt_logits!.data as Float32Array)[0]!]
  assertNear(numbers, [...expected.onnx.logits, expected.onnx.haltLogit], 'logits')
  await session.release()
})

test('the report of a run, and the list of shipped models, with their figures under the present names', async () => {
  const old = (name: string): string =>
    fileURLToPath(new URL(`../fixtures/older-names/${name}`, import.meta.url))
  const run = join(folder, 'reported')
  cpSync(fixture('run-to-resume'), run, { recursive: true })
  cpSync(old('report.json'), join(run, 'report.json'))
  const report = (await (await openRunFolder(run)).readJson('report')) as RunReport
  assert.equal(report.test?.full.maxSteps, 8)
  assert.equal(report.test.early.maxSteps, 8)
  assert.doesNotMatch(JSON.stringify(report), /maximumSteps/)

  const [{ test: figures }] = parseShippedModels(readJson(old('index.json'))) as [ShippedModel]
  assert.deepEqual(
    figures.effort?.map(({ maxSteps, attempts }) => [maxSteps, attempts]),
    [
      [16, 1],
      [1_000, 1],
      [1_000, 16],
    ],
  )
})
