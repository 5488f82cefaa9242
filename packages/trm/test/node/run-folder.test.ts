import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { createRunFolder, openRunFolder } from '../../src/node/run-folder.ts'
import { listRuns } from '../../src/node/run-list.ts'
import { readLock, takeLock } from '../../src/node/run-lock.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'
import { runAndKill } from './killed-child.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-runs-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], ['training.keepCheckpoints=2', 'training.steps=400'])

const stateAt = (step: number, of = recipe) =>
  encodeTrainingState({
    recipe: of,
    sizes: null,
    step,
    nextDraw: step * 64,
    slotDraws: [],
    best: null,
    dataChecksum: '',
    microBatch: 2,
    elapsedMs: 0,
    threads: 1,
    device: 'cpu',
    tensors: new Map([['weights.w', { dtype: 'float32', shape: [3], data: Float32Array.of(step, 0, 0) }]]),
  })

async function messageOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

/** A run with two checkpoints and events up to step 25, as a killed trainer leaves it: still locked by nobody. */
async function interruptedRun(name: string): Promise<string> {
  const path = join(parent, name)
  const run = await createRunFolder(path, recipe)
  await run.appendEvent({ type: 'start' })
  for (let step = 5; step <= 25; step += 5) {
    await run.appendEvent({ type: 'step', step, loss: 1 })
    if (step === 10 || step === 20) {
      await run.saveCheckpoint(stateAt(step), step)
      await run.appendEvent({ type: 'checkpoint', step })
    }
  }
  await run.close()
  return path
}

test('a run folder holds what was put in and is read back', async () => {
  const path = join(parent, 'deep', 'er', 'run')
  const run = await createRunFolder(path, recipe)
  await run.appendEvent({ type: 'evaluation', step: 5, exactAccuracy: 0.25 })
  await run.saveCheckpoint(stateAt(5), 5)
  await run.saveWeights('best', Uint8Array.of(1, 2))
  await run.saveReport({ exactAccuracy: 0.25 })
  assert.deepEqual(readdirSync(path).sort(), [
    'best.safetensors',
    'checkpoints',
    'events.jsonl',
    'lock.json',
    'recipe.json',
    'report.json',
  ])
  assert.deepEqual(readdirSync(join(path, 'checkpoints')), ['step-000005.safetensors'])
  await run.close()
  assert.ok(!existsSync(join(path, 'lock.json')))

  const again = await openRunFolder(path)
  assert.deepEqual(again.recipe, recipe)
  assert.deepEqual(await again.readEvents(), [{ type: 'evaluation', step: 5, exactAccuracy: 0.25 }])
  assert.deepEqual(await again.readWeights('best'), Uint8Array.of(1, 2))
  assert.equal(await again.readWeights('final'), null)
  const latest = await again.latestCheckpoint()
  assert.equal(latest?.step, 5)
  assert.equal(latest.state.nextDraw, 320)
  assert.deepEqual(latest.warnings, [])
  assert.equal(JSON.parse(readFileSync(join(path, 'report.json'), 'utf8')).exactAccuracy, 0.25)
})

test('a folder that is in use for something is refused', async () => {
  const path = await interruptedRun('refuse')
  assert.equal(
    await messageOf(() => createRunFolder(path, recipe)),
    `${path}: expected a new or empty folder, got an existing run. Resume it with \`resume: true\`, or choose another folder.`,
  )
  const other = join(parent, 'other')
  mkdirSync(other)
  assert.equal(
    await messageOf(() => openRunFolder(other)),
    `${other}: expected a run folder (with recipe.json), got an empty folder. Name the folder that the training wrote.`,
  )
  writeFileSync(join(other, 'thesis.txt'), '')
  assert.equal(
    await messageOf(() => createRunFolder(other, recipe)),
    `${other}: expected a new or empty folder, got a folder with "thesis.txt" in it, which is not a run. Choose another folder: nothing was changed.`,
  )
  assert.deepEqual(readdirSync(other), ['thesis.txt'])
  const file = join(other, 'thesis.txt')
  assert.match(
    await messageOf(() => createRunFolder(file, recipe)),
    /something that already exists \(EEXIST\)/,
  )
  assert.match(await messageOf(() => openRunFolder(file)), /a file where a folder should be \(ENOTDIR\)/)
  assert.match(
    await messageOf(() => openRunFolder(join(parent, 'none'))),
    /no such file or folder \(ENOENT\)/,
  )
})

test('a damaged recipe.json is refused by its path', async () => {
  const path = await interruptedRun('bad-recipe')
  writeFileSync(join(path, 'recipe.json'), '{"name":')
  assert.equal(
    await messageOf(() => openRunFolder(path)),
    `${join(path, 'recipe.json')}: expected JSON, got text that is not JSON. Restore the file from a copy, or start a new run.`,
  )
  writeFileSync(join(path, 'recipe.json'), '{"name":"x"}')
  assert.match(
    await messageOf(() => openRunFolder(path)),
    /recipe\.json: model: expected an object, got nothing/,
  )
})

test('only the newest checkpoints stay', async () => {
  const run = await createRunFolder(join(parent, 'prune'), recipe)
  for (const step of [1, 2, 10, 999_999, 1_000_000]) await run.saveCheckpoint(stateAt(step), step)
  assert.deepEqual(
    (await run.checkpoints()).map(({ step }) => step),
    [1_000_000, 999_999],
  )
  await run.close()
})

test('resuming drops what came after the checkpoint, and a torn line', async () => {
  const path = await interruptedRun('resume')
  appendFileSync(join(path, 'events.jsonl'), '{"type":"step","st')
  assert.equal((await (await openRunFolder(path)).readEvents()).length, 8)
  writeFileSync(join(path, 'checkpoints', '.step-000030.safetensors.4194305-0123456789ab.tmp'), 'x')

  const run = await openRunFolder(path)
  const latest = await run.resume()
  assert.equal(latest?.step, 20)
  assert.deepEqual(
    (await run.readEvents()).map(({ type, step }) => `${type} ${step}`),
    ['start undefined', 'step 5', 'step 10', 'checkpoint 10', 'step 15', 'step 20', 'checkpoint 20'],
  )
  assert.deepEqual(readdirSync(join(path, 'checkpoints')).sort(), [
    'step-000010.safetensors',
    'step-000020.safetensors',
  ])
  await run.appendEvent({ type: 'step', step: 21 })
  assert.deepEqual((await run.readEvents()).at(-1), { type: 'step', step: 21 })
  await run.close()
})

test('resuming allows a longer run and refuses another one', async () => {
  const path = await interruptedRun('other-recipe')
  const run = await openRunFolder(path)
  assert.match(
    await messageOf(() => run.resume(overrideRecipe(recipe, ['optimizer.beta2=0.5']))),
    /other-recipe: optimizer\.beta2: expected 0\.95, as the run was started with, got 0\.5/,
  )
  assert.ok(!existsSync(join(path, 'lock.json')), 'the lock is given back')
  assert.equal((await run.resume(overrideRecipe(recipe, ['training.steps=800'])))?.step, 20)
  await run.close()
  assert.equal((await openRunFolder(path)).recipe.training.steps, 800)
})

test('a damaged newest checkpoint gives way to the one before it, with a warning', async () => {
  const path = await interruptedRun('damaged')
  const newest = join(path, 'checkpoints', 'step-000020.safetensors')
  truncateSync(newest, 100)
  const run = await openRunFolder(path)
  const latest = await run.latestCheckpoint()
  assert.equal(latest?.step, 10)
  assert.equal(latest.warnings.length, 1)
  assert.match(
    latest.warnings[0]!,
    /step-000020\.safetensors: expected a header of \d+ bytes, got a file that ends 92 bytes/,
  )

  assert.equal((await run.resume())?.step, 10)
  assert.deepEqual(readdirSync(join(path, 'checkpoints')).sort(), [
    'step-000010.safetensors',
    'step-000020.safetensors.damaged',
  ])
  assert.deepEqual((await run.readEvents()).at(-1), { type: 'checkpoint', step: 10 })
  await run.close()

  writeFileSync(join(path, 'checkpoints', 'step-000010.safetensors'), 'x')
  assert.match(
    await messageOf(() => run.latestCheckpoint()),
    /checkpoints: expected a readable checkpoint, got 1 that cannot be read \(.*Restore a checkpoint from a copy/,
  )
  // A checkpoint under the name of another step is no checkpoint of that step.
  writeFileSync(join(path, 'checkpoints', 'step-000010.safetensors'), stateAt(9))
  assert.match(await messageOf(() => run.latestCheckpoint()), /expected the state after step 10, got step 9/)
})

test('a run without a checkpoint begins anew', async () => {
  const path = join(parent, 'fresh')
  const first = await createRunFolder(path, recipe)
  await first.appendEvent({ type: 'step', step: 1 })
  await first.close()
  const run = await openRunFolder(path)
  assert.equal(await run.resume(), null)
  assert.deepEqual(await run.readEvents(), [])
  await run.close()
})

test('a run whose checkpoints are gone does not begin anew over its weights', async () => {
  const path = await interruptedRun('lost')
  rmSync(join(path, 'checkpoints'), { recursive: true })
  const run = await openRunFolder(path)
  assert.equal(
    await messageOf(() => run.resume()),
    `${join(path, 'checkpoints')}: expected a checkpoint, such as that of step 20, got none. Restore the folder from a copy, or start a new run in another folder.`,
  )
  assert.equal((await run.readEvents()).length, 8, 'nothing is cut')
  assert.ok(!existsSync(join(path, 'lock.json')))
})

test('a line that is no event is refused unless it is the last', async () => {
  const path = await interruptedRun('events')
  const events = join(path, 'events.jsonl')
  appendFileSync(events, '\0\0\0\0\n')
  const run = await openRunFolder(path)
  assert.equal((await run.readEvents()).length, 8)
  appendFileSync(events, '{"type":"step"}\n')
  assert.equal(
    await messageOf(() => run.readEvents()),
    `${events}, line 9: expected an event as JSON with a type, got "\\u0000\\u0000\\u0000\\u0000". The file was changed by hand or damaged: remove this line.`,
  )
})

test('one trainer at a time; locks of processes that are gone do not count', async () => {
  const path = await interruptedRun('locked')
  const lock = join(path, 'lock.json')
  const [first, second] = [await openRunFolder(path), await openRunFolder(path)]
  await first.resume()
  assert.match(
    await messageOf(() => second.resume()),
    /lock\.json: expected a run folder that no other trainer uses, got the lock of process \d+ on .+\. Wait for it to end or stop it; if you are sure that it is gone, delete the lock file\./,
  )
  assert.equal((await readLock(lock)).kind, 'held')
  await first.close()
  assert.equal((await readLock(lock)).kind, 'free')

  const written = JSON.stringify({ pid: process.pid, host: 'elsewhere', started: null })
  writeFileSync(lock, written)
  assert.equal((await readLock(lock)).kind, 'held', 'another machine cannot be asked')
  const host = (await import('node:os')).hostname()
  for (const stale of [
    '',
    'null',
    JSON.stringify({ pid: 2 ** 22 + 1, host, started: null }),
    ...(existsSync('/proc/self/stat') ? [JSON.stringify({ pid: process.pid, host, started: 'boot/1' })] : []),
  ]) {
    writeFileSync(lock, stale)
    assert.equal((await readLock(lock)).kind, 'stale', stale)
    const release = await takeLock(lock)
    assert.equal((await readLock(lock)).kind, 'held')
    await release()
    assert.deepEqual(
      readdirSync(path).filter((name) => name.startsWith('lock')),
      [],
    )
  }
})

test('of many that want a stale lock at once, one gets it', async () => {
  const lock = join(parent, 'lock.json')
  for (let round = 0; round < 20; round++) {
    writeFileSync(lock, '')
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(lock)))
    const releases = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    assert.equal(releases.length, 1)
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') assert.match(String(attempt.reason), /no other trainer uses/)
    }
    await releases[0]!()
  }
  writeFileSync(lock, '')
  writeFileSync(`${lock}.takeover`, '')
  utimesSync(`${lock}.takeover`, 0, 0)
  await (await takeLock(lock))()
  assert.deepEqual(
    readdirSync(parent).filter((name) => name.startsWith('lock.')),
    [],
  )
})

test('runs are listed with their key figures', async () => {
  const place = join(parent, 'list')
  mkdirSync(place)
  mkdirSync(join(place, 'not-a-run'))
  const done = await createRunFolder(join(place, 'a-done'), recipe)
  await done.appendEvent({ type: 'evaluation', step: 100, exactAccuracy: 0.5 })
  await done.appendEvent({ type: 'evaluation', step: 200, exactAccuracy: 0.25 })
  await done.appendEvent({ type: 'done', step: 200 })
  await done.close()
  const running = await createRunFolder(join(place, 'b-running'), recipe)
  const broken = await createRunFolder(join(place, 'c-broken'), recipe)
  await broken.close()
  writeFileSync(join(place, 'c-broken', 'recipe.json'), '[]')

  const runs = await listRuns(place)
  assert.deepEqual(
    runs.map(({ name, recipe: of, step, steps, bestExactAccuracy, status }) => [
      name,
      of,
      step,
      steps,
      bestExactAccuracy,
      status,
    ]),
    [
      ['a-done', 'sudoku-4x4-trm', 200, 400, 0.5, 'done'],
      ['b-running', 'sudoku-4x4-trm', 0, 400, null, 'running'],
      ['c-broken', null, 0, null, null, 'damaged'],
    ],
  )
  assert.match(runs[2]!.problem ?? '', /recipe\.json: expected an object, got \[\]/)
  await running.close()
  assert.equal((await listRuns(place))[1]!.status, 'stopped')
  assert.match(
    await messageOf(() => listRuns(join(place, 'none'))),
    /expected a folder of runs, got no such file/,
  )
})

test('a trainer killed at any moment can be resumed', { timeout: 30_000 }, async () => {
  const path = join(parent, 'killed')
  let before = 0
  for (const [round, afterMs] of [1, 13, 23].entries()) {
    await runAndKill('./run-loop.ts', round === 0 ? [path] : [path, 'resume'], afterMs)
    assert.equal((await readLock(join(path, 'lock.json'))).kind, 'stale')
    const run = await openRunFolder(path)
    const latest = await run.resume()
    assert.ok(latest !== null && latest.step > before, `${latest?.step} after ${before}`)
    assert.deepEqual(latest.warnings, [])
    const steps = (await run.readEvents()).filter(({ type }) => type === 'step').map(({ step }) => step)
    assert.deepEqual(
      steps,
      Array.from({ length: latest.step }, (_, index) => index + 1),
    )
    before = latest.step
    await run.close()
  }
})

test('a read-only disk is named as what it is', async (context) => {
  const disk = join(parent, 'read-only')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    context.skip('skipped: no permission to mount')
    return
  }
  try {
    const path = join(disk, 'run')
    assert.equal(
      await messageOf(() => createRunFolder(path, recipe)),
      `${path}: expected a folder that can be made, got a read-only file system (EROFS). Choose a folder on a disk that can be written.`,
    )
  } finally {
    execFileSync('umount', [disk])
  }
})
