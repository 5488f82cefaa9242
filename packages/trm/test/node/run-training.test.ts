import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { decodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { openModel } from '../../src/node/model-files.ts'
import { openRunFolder } from '../../src/node/run-folder.ts'
import { type RunTrainingEvent, type RunTrainingOptions, runTraining } from '../../src/node/run-training.ts'
import { trainInWorker } from '../../src/node/train-in-worker.ts'
import { formatSudokuLine } from '../../src/puzzles/sudoku/text.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { generatePuzzles } from '../puzzles/families.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-training-'))
after(() => rmSync(parent, { recursive: true, force: true }))

/** Some hundredths of a second a step: cut off in the middle of everything by chance. */
const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=32',
  'model.latentUpdates=1',
  'data.minimal=false',
  'data.train=60',
  'data.validation=10',
  'data.test=12',
  'optimizer.warmupSteps=5',
  'training.batch=8',
  'training.microBatch=4',
  'training.steps=40',
  'training.evaluateEvery=10',
  'training.checkpointEvery=4',
])

async function trainWhole(options: RunTrainingOptions): Promise<RunTrainingEvent[]> {
  const events: RunTrainingEvent[] = []
  for await (const event of runTraining({ threads: 1, ...options })) events.push(event)
  return events
}

/** The bytes of every tensor, by file and name. */
function tensorBytes(folder: string): Record<string, Buffer> {
  const files = ['best', 'final', 'checkpoints/step-000036', 'checkpoints/step-000040']
  const tensors = files.flatMap((file) => {
    const path = join(folder, `${file}.safetensors`)
    return [...decodeSafetensors(readFileSync(path), path).tensors].map(
      ([name, { data }]) =>
        [`${file} ${name}`, Buffer.from(data.buffer, data.byteOffset, data.byteLength)] as const,
    )
  })
  return Object.fromEntries(tensors)
}

/** What the events say, but for the clock and for how often the run was begun. */
async function facts(folder: string) {
  const events = await (await openRunFolder(folder)).readEvents()
  return events.filter(({ type }) => type !== 'start').map((event) => ({ ...event, elapsedMs: 0 }))
}

const summary = ({ type, step }: { type: string; step?: number }): string => `${type} ${step}`

/** Trains in a child that is killed `afterMs` after its first step; true if it ended before. */
async function trainAndKill(folder: string, afterMs: number): Promise<boolean> {
  const script = fileURLToPath(new URL('train-loop.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, JSON.stringify(recipe)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += String(data)
  })
  const ended = once(child, 'close')
  let timer: NodeJS.Timeout | undefined
  createInterface(child.stdout).on('line', (type) => {
    if (type === 'start') timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  const [code, signal] = (await ended) as [number | null, string | null]
  clearTimeout(timer)
  assert.ok(code === 0 || signal === 'SIGKILL', complaint)
  return code === 0
}

/** Of the moments at which a run is killed. */
const seed = Number(process.env.TRM_TEST_SEED ?? 0)

test('a run killed at any moment ends with bit for bit the weights of one that was not', async () => {
  const [whole, killed] = [join(parent, 'whole'), join(parent, 'killed')]
  const events = await trainWhole({ folder: whole, recipe })
  const report = events.at(-1)
  assert.ok(report?.type === 'report')

  const moments = new RandomStream(seed, 'kills')
  const delays: number[] = []
  let done = false
  // Later and later, so that every attempt gets somewhere on a slow machine too.
  for (let attempt = 0; !done && attempt < 5; attempt++) {
    delays.push(moments.integer(250) + 100 * attempt)
    done = await trainAndKill(killed, delays.at(-1)!)
  }
  if (!done) done = await trainAndKill(killed, 60_000)
  assert.ok(done)
  const context = `killed after ${delays.join(', ')} ms, TRM_TEST_SEED=${seed}`
  const [expected, found] = [tensorBytes(whole), tensorBytes(killed)]
  assert.deepEqual(Object.keys(found), Object.keys(expected), context)
  for (const [name, bytes] of Object.entries(expected))
    assert.ok(bytes.equals(found[name]!), `${name}, ${context}`)
  const [expectedFacts, foundFacts] = [await facts(whole), await facts(killed)]
  assert.deepEqual(foundFacts.map(summary), expectedFacts.map(summary), context)
  for (const [index, fact] of expectedFacts.entries()) assert.deepEqual(foundFacts[index], fact, context)
  const again = JSON.parse(readFileSync(join(killed, 'report.json'), 'utf8')) as typeof report.report
  assert.equal(again.test?.full.exactAccuracy, report.report.test?.full.exactAccuracy)
  assert.deepEqual(
    again.test?.early.byStep.map(({ cellAccuracy }) => cellAccuracy),
    report.report.test?.early.byStep.map(({ cellAccuracy }) => cellAccuracy),
  )
})

test('a worker thread gives the same stream, stops when asked, and carries errors whole', async () => {
  const folder = join(parent, 'worker')
  const training = trainInWorker({ folder, recipe, threads: 1 })
  const types: string[] = []
  let lastStep = 0
  for await (const event of training.events) {
    types.push(event.type)
    if (event.type === 'step') lastStep = event.step
    if (lastStep === 6) training.stop()
  }
  assert.equal(types.at(-1), 'stopped')
  assert.ok(lastStep < 40)
  assert.deepEqual(
    (await (await openRunFolder(folder)).checkpoints())[0]?.step,
    lastStep,
    'the step at hand is saved',
  )
  assert.ok(!existsSync(join(folder, 'lock.json')))

  const again: RunTrainingEvent[] = []
  for await (const event of trainInWorker({ folder, recipe: null, resume: true, threads: 1 }).events)
    again.push(event)
  assert.equal(again.at(-1)?.type, 'report')
  const [expected, found] = [tensorBytes(join(parent, 'whole')), tensorBytes(folder)]
  for (const [name, bytes] of Object.entries(expected)) assert.ok(bytes.equals(found[name]!), name)

  await assert.rejects(
    async () => {
      for await (const _ of trainInWorker({ folder, recipe }).events);
    },
    (error) => {
      assert.ok(error instanceof InputError)
      assert.equal(error.expected, 'a new or empty folder')
      assert.equal(error.got, 'an existing run')
      return true
    },
  )
})

test('a run that is done is reported again without training; a longer one goes on', async () => {
  const folder = join(parent, 'worker')
  const done = await trainWhole({ folder, recipe: null, resume: true })
  assert.deepEqual(
    done.map(({ type }) => type),
    ['folder', 'done', 'report'],
  )
  const longer = await trainWhole({
    folder,
    recipe: overrideRecipe(recipe, ['training.steps=42']),
    resume: true,
  })
  assert.deepEqual(
    longer
      .filter(({ type }) => type === 'step' || type === 'report')
      .map((event) => 'step' in event && event.step),
    [41, 42, 42],
  )
})

test('a checkpoint that was stored but not recorded is recorded on resume', async () => {
  const folder = join(parent, 'unrecorded')
  await trainWhole({ folder, recipe: overrideRecipe(recipe, ['training.steps=8']) })
  const path = join(folder, 'events.jsonl')
  const lines = readFileSync(path, 'utf8').split('\n')
  const typesOf = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(({ type, step, reason }) => [type, step, reason])
  const expected = typesOf(lines.join('\n'))
  const last = lines.findIndex((line) => line.includes('"reason":"end"'))
  writeFileSync(path, `${lines.slice(0, last).join('\n')}\n`)
  await trainWhole({ folder, recipe: null, resume: true })
  assert.deepEqual(typesOf(readFileSync(path, 'utf8')), expected)
})

test('a damaged report is made anew', async () => {
  const folder = join(parent, 'worker')
  const path = join(folder, 'report.json')
  const whole = readFileSync(path, 'utf8')
  writeFileSync(path, whole.slice(0, 100))
  const events = await trainWhole({ folder, recipe: null, resume: true })
  assert.equal(events.at(-1)?.type, 'report')
  const [before, after] = [whole, readFileSync(path, 'utf8')].map(
    (text) => (JSON.parse(text) as { test: { full: { byStep: unknown } } }).test.full.byStep,
  )
  assert.deepEqual(after, before)
})

test('a run of a machine with many more threads goes on with those that are here', async () => {
  const run = await openRunFolder(join(parent, 'worker'))
  const latest = await run.latestCheckpoint()
  assert.ok(latest)
  await run.saveCheckpoint(encodeTrainingState({ ...latest.state, threads: 1_000_000 }), latest.step)
  const events: RunTrainingEvent[] = []
  for await (const event of runTraining({ folder: run.path, recipe: null, resume: true })) events.push(event)
  assert.ok(events[0]?.type === 'folder')
  const threads = availableParallelism()
  assert.deepEqual(events[0].warnings, [
    `the run was started with 1000000 threads, too many for this machine: it resumes with ${threads}, which may round differently`,
  ])
})

test('other puzzles than before are refused', async () => {
  const folder = join(parent, 'data')
  const file = join(parent, 'puzzles.csv')
  const box = { boxRows: 2, boxColumns: 2 }
  const puzzles = [...generatePuzzles(box, 4, 0, { minimal: false })].map(({ question }) =>
    formatSudokuLine(question),
  )
  const fromFile = overrideRecipe(recipe, [
    `data=${JSON.stringify({
      kind: 'sudoku-file',
      ...box,
      train: file,
      test: null,
      trainCount: null,
      validation: 0,
      augment: true,
      seed: 0,
    })}`,
    'training.steps=5',
  ])
  await assert.rejects(trainWhole({ folder, recipe: fromFile }), /puzzles\.csv: .*no such file or folder/)
  assert.ok(!existsSync(folder), 'nothing is begun before the data is there')
  writeFileSync(file, `${puzzles.join('\n')}\n`)
  const events = await trainWhole({ folder, recipe: fromFile })
  const report = events.at(-1)
  assert.ok(report?.type === 'report')
  assert.equal(report.report.test, null, 'no test file')
  assert.equal((await openModel(folder)).which, 'final', 'no validation, so no best')

  writeFileSync(file, `${puzzles.slice(1).join('\n')}\n`)
  await assert.rejects(
    trainWhole({ folder, recipe: null, resume: true }),
    /data: expected the puzzles that the run was started with \(checksum .*\), got different ones/,
  )
  assert.ok(!existsSync(join(folder, 'lock.json')))
})

test('a disk that fills up keeps the last checkpoint, and the run goes on when there is space', async (context) => {
  const disk = join(parent, 'disk')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    context.skip('skipped: no permission to mount')
    return
  }
  try {
    // Room for the first checkpoints, not for the whole run.
    const folder = join(disk, 'run')
    const stored = () => readdirSync(join(folder, 'checkpoints')).sort()
    let hint = ''
    await assert.rejects(trainWhole({ folder, recipe }), (error) => {
      assert.ok(error instanceof InputError)
      assert.ok(error.who.startsWith(folder), error.who)
      assert.equal(error.got, 'a full disk (ENOSPC)')
      hint = error.hint
      return true
    })
    const latest = Number(/^step-0*(\d+)\.safetensors$/.exec(stored().at(-1)!)?.[1])
    const wayOn = `Then go on from step ${latest} (\`resume: true\`).`
    assert.equal(hint, `Free some space, or choose a folder on another disk. ${wayOn}`)
    assert.ok(!existsSync(join(folder, 'lock.json')))
    execFileSync('mount', ['-o', 'remount,size=50m', disk])
    const events = await trainWhole({ folder, recipe: null, resume: true })
    assert.equal(events.find((event) => event.type === 'step')?.step, latest + 1)
    assert.equal(events.at(-1)?.type, 'report')
  } finally {
    execFileSync('umount', [disk])
  }
})

test('models are opened by what a run has stored', async () => {
  const folder = join(parent, 'whole')
  const best = await openModel(folder)
  assert.equal(best.which, 'best')
  assert.ok(best.step >= 10)
  const final = await openModel(folder, 'final')
  assert.equal(final.step, 40)
  assert.equal(final.model.config.cells, 16)
  const latest = await openModel(folder, 'latest')
  assert.deepEqual(latest.model.weights, final.model.weights, 'the average is what counts')
  assert.deepEqual((await openModel(folder, 36)).step, 36)
  assert.equal((await openModel(final.source)).which, 'file')
  await assert.rejects(
    openModel(folder, 3),
    /expected a checkpoint of step 3, got a run with best, final, latest, 40, 36\. Choose one of those with `checkpoint`/,
  )
  await assert.rejects(openModel(join(parent, 'none')), /no such file or folder/)
  const bytes = readFileSync(best.source)
  writeFileSync(best.source, bytes.subarray(0, bytes.length - 1000))
  await assert.rejects(openModel(folder), (error) => {
    assert.ok(error instanceof InputError)
    assert.match(
      error.message,
      /^.*best\.safetensors: expected \d+ bytes of tensors, got \d+ bytes: the file is/,
    )
    assert.equal(error.hint, 'Use other weights of the run: `checkpoint: final or 40 or 36`.')
    return true
  })
  writeFileSync(best.source, bytes)
  await assert.rejects(openModel(join(folder, 'recipe.json')), /recipe\.json: expected /)
})
