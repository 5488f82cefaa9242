import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { type Launcher, launchers, skipWithoutMpi } from '../../../../testing/mpirun.ts'
import { runTraining } from '../../src/node/run-training.ts'
import { formatSudokuLine } from '../../src/puzzles/sudoku/text.ts'
import { overrideRecipe } from '../../src/recipes/index.ts'
import { generatePuzzles } from '../puzzles/families.ts'
import { apart, course, type RankOptions, recipe, type Told, trainOn, weightsOf } from './mpi-runs.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-mpi-'))
after(() => rmSync(parent, { recursive: true, force: true }))

/** Trains in one process, once for all tests. */
const alone = (() => {
  const folder = join(parent, 'alone')
  let trained: Promise<string> | undefined
  return () => {
    trained ??= (async () => {
      for await (const _ of runTraining({ folder, recipe, threads: 1 }));
      return folder
    })()
    return trained
  }
})()

/** A run on two ranks that nothing happened to. */
const undisturbed = onceFor((launcher: Launcher) => onTwoRanks(launcher, `whole-${launcher.name}`))

async function onTwoRanks(launcher: Launcher, name: string, options: RankOptions = {}): Promise<string> {
  const folder = join(parent, name)
  const { code, complaint } = await trainOn(launcher, 2, folder, options)
  assert.equal(code, 0, complaint)
  return folder
}

function onceFor<Key, Value>(make: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const made = new Map<Key, Promise<Value>>()
  return (key) => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}

/** Asks the last rank for the end when this step is told. */
function stopAt(step: number): (told: Told) => void {
  let last = 0
  return ({ type, pid, step: at }) => {
    if (type === 'process') last = pid!
    if (type === 'step' && at === step) process.kill(last, 'SIGUSR2')
  }
}

/** Where a run stops it has another checkpoint. */
const learning = async (folder: string) =>
  (await course(folder)).filter(({ type }) => type === 'step' || type === 'evaluation')

const seed = Number(process.env.TRM_TEST_SEED ?? 0)
const kills = Number(process.env.TRM_TEST_KILLS ?? 2)
/** More steps than are told before all ranks were killed. */
const untilKilled = overrideRecipe(recipe, [`training.steps=${25 * kills}`])

describe('training over MPI', skipWithoutMpi, () => {
  for (const launcher of launchers) {
    test(`${launcher.name}: two ranks take the puzzles that one process takes, and write what it writes`, async () => {
      const together = await undisturbed(launcher)
      assert.deepEqual(await course(together), await course(await alone()))
      const [found, expected] = [weightsOf(together), weightsOf(await alone())]
      assert.deepEqual(
        [...found.keys()].sort(),
        [...expected.keys()].filter((name) => !name.startsWith('carry.')).sort(),
      )
      for (const [name, data] of expected) assert.ok(apart(found.get(name)!, data) < 2e-3, name)
      const report = JSON.parse(readFileSync(join(together, 'report.json'), 'utf8'))
      assert.equal(report.machine.ranks, 2)
      assert.ok(!existsSync(join(together, 'lock.json')))
    })

    test(`${launcher.name}: ranks killed at any moment; the same command ends with the same bits`, async () => {
      const whole = await onTwoRanks(launcher, `not-killed-${launcher.name}`, { recipe: untilKilled })
      const folder = join(parent, `killed-${launcher.name}`)
      const moments = new RandomStream(seed, `ranks killed, ${launcher.name}`)
      for (let kill = 0; kill < kills; kill++) {
        // From the first word of the ranks on, before there is a step.
        const [victim, lines, pauseMs] = [moments.integer(2), 2 + moments.integer(12), moments.integer(30)]
        const processes = new Map<number, number>()
        let heard = 0
        const { code, told } = await trainOn(launcher, 2, folder, {
          recipe: untilKilled,
          hear: ({ type, rank, pid }) => {
            if (type === 'process') processes.set(rank!, pid!)
            if (++heard === lines) setTimeout(() => process.kill(processes.get(victim)!, 'SIGKILL'), pauseMs)
          },
        })
        const context = `rank ${victim} killed ${pauseMs} ms after line ${lines}, TRM_TEST_SEED=${seed}`
        assert.notEqual(code, 0, context)
        assert.ok(!told.some(({ type }) => type === 'done'), context)
      }
      await onTwoRanks(launcher, `killed-${launcher.name}`, { recipe: untilKilled })
      assert.deepEqual(weightsOf(folder), weightsOf(whole))
      assert.deepEqual(await course(folder), await course(whole))
    })
  }

  const [launcher] = launchers

  test('workers in bfloat16 on our own executor, rows of a puzzle table, gradients as bfloat16: the same bits by any library', async () => {
    const all = overrideRecipe(recipe, [
      'model.precision=bfloat16',
      'model.puzzleEmbeddingWidth=32',
      'optimizer.puzzleLearningRate=0.01',
      'training.workers=2',
      'training.microBatch=1',
      'training.gradientPrecision=bfloat16',
      'training.steps=12',
    ])
    const options = { recipe: all, words: ['--executor', 'wasm'] }
    const found = [...launchers, launcher!].map((by, index) => onTwoRanks(by, `all-${index}`, options))
    const [first, ...others] = (await Promise.all(found)).map(weightsOf)
    assert.ok(others.length > 0)
    for (const other of others) assert.deepEqual(other, first)
  })

  test('one rank, then three, then two: the same puzzles, halting and validation as one throughout', async () => {
    const folder = join(parent, 'changed')
    for (const [count, until] of [
      [1, 8],
      [3, 18],
      [2, 30],
    ] as const) {
      const { code, told, complaint } = await trainOn(launcher!, count, folder, { hear: stopAt(until) })
      if (until === 30) assert.equal(code, 0, complaint)
      else assert.equal(told.at(-1)?.type, 'stopped', complaint)
    }
    assert.deepEqual(await learning(folder), await learning(await alone()))
    const [found, expected] = [weightsOf(folder), weightsOf(await alone())]
    for (const [name, data] of expected) assert.ok(apart(found.get(name)!, data) < 2e-3, name)
  })

  test('data that one rank cannot read, or has otherwise, end all with its message', async () => {
    const [here, elsewhere] = [join(parent, 'here'), join(parent, 'elsewhere')]
    const csv = [...generatePuzzles({ boxRows: 2, boxColumns: 2 }, 24, 0, { minimal: false })].map(
      ({ question }) => formatSudokuLine(question),
    )
    for (const place of [here, elsewhere]) mkdirSync(place)
    writeFileSync(join(here, 'puzzles.csv'), `${csv.join('\n')}\n`)
    const fromFile = overrideRecipe(recipe, [
      `data=${JSON.stringify({
        kind: 'sudoku-file',
        boxRows: 2,
        boxColumns: 2,
        train: '/proc/self/cwd/puzzles.csv',
        test: null,
        trainCount: null,
        validation: 0,
        augment: true,
        seed: 0,
      })}`,
      'training.steps=8',
    ])
    const training = (folder: string) =>
      trainOn(launcher!, 2, join(parent, folder), {
        recipe: fromFile,
        words: ['--common', here, '--elsewhere', elsewhere],
      })
    const missing = await training('missing')
    assert.notEqual(missing.code, 0)
    assert.match(missing.complaint, /rank 1 of 2 \(.*\): .*puzzles\.csv.*no such file/s)

    writeFileSync(join(elsewhere, 'puzzles.csv'), `${csv.slice(1).join('\n')}\n`)
    const other = await training('other')
    assert.notEqual(other.code, 0)
    assert.match(other.complaint, /rank 1 of 2 \(.*\): data \(checksum\): expected .* as on rank 0/)

    cpSync(join(here, 'puzzles.csv'), join(elsewhere, 'puzzles.csv'))
    const { code, complaint } = await training('same')
    assert.equal(code, 0, complaint)
  })

  test('a full disk of rank 0 ends all with its message, and the run goes on when there is space', async (context) => {
    const disk = join(parent, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      context.skip('skipped: no permission to mount')
      return
    }
    try {
      const folder = join(disk, 'run')
      const full = await trainOn(launcher!, 2, folder)
      assert.notEqual(full.code, 0)
      assert.match(full.complaint, /rank 0 of 2 \(.*\): .*a full disk \(ENOSPC\).*Then go on from step \d+/s)
      execFileSync('mount', ['-o', 'remount,size=50m', disk])
      const { code, complaint } = await trainOn(launcher!, 2, folder)
      assert.equal(code, 0, complaint)
      assert.deepEqual(weightsOf(folder), weightsOf(await undisturbed(launcher!)))
    } finally {
      execFileSync('umount', [disk])
    }
  })

  test('a rank that hangs is given up within the time that was asked for', async () => {
    const processes = new Map<number, number>()
    const { code, complaint } = await trainOn(launcher!, 2, join(parent, 'hung'), {
      words: ['--timeout', '3'],
      hear: ({ type, rank, pid, step }) => {
        if (type === 'process') processes.set(rank!, pid!)
        if (type === 'step' && step === 5) process.kill(processes.get(1)!, 'SIGSTOP')
      },
    })
    assert.notEqual(code, 0)
    assert.match(complaint, /rank 0 of 2 .*expected a sign of life .* none from rank 1 of 2 .* for \d+ s/)
  })
})
