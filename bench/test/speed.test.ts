import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inTurn, type Side } from '../src/speed/contestants.ts'
import { benchModels } from '../src/speed/models.ts'
import { measureShares } from '../src/speed/shares.ts'
import { peerOf, peerSides } from '../src/speed/sides.ts'
import { structuredRecipe, structuredRecipes } from '../src/speed/training.ts'

/** A process that writes its name into a file at every run. */
const side = (label: string, log: string): Side => ({
  label,
  command: process.execPath,
  args: [
    '-e',
    `let runs = 0
     console.log('a line that is no answer')
     require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
       if (line === 'end') { console.log(JSON.stringify({ peakMiB: 7 })); process.exit() }
       require('node:fs').appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(label)})
       console.log(JSON.stringify([++runs]))
     })`,
  ],
})

test('sides run in turn, and one that does not open is left out with its reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const log = join(folder, 'log')
    const broken = {
      label: 'broken',
      command: process.execPath,
      args: ['-e', 'throw new TypeError("no such library")'],
    }
    const absent = { label: 'absent', command: join(folder, 'python'), args: [] }
    const told: string[] = []
    const measured = await inTurn(
      [side('a', log), broken, absent, side('b', log)],
      { repetitions: 3, seconds: 60 },
      (text) => told.push(text),
    )
    assert.equal(await readFile(log, 'utf8'), 'abababab')
    assert.deepEqual(
      measured.map(({ side, runs, facts }) => [side.label, runs, facts]),
      ['a', 'b'].map((label) => [label, [[2], [3], [4]], { peakMiB: 7 }]),
    )
    const reasons = told.filter((text) => text.includes('left out'))
    assert.match(reasons[0]!, /^broken: left out, .*no such library/)
    assert.match(reasons[1]!, /^absent: left out, .*ENOENT/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the shares of a step count the time of all its products', async () => {
  const { ms, gflopPerSecond } = await measureShares('sudoku-4x4', 1)
  for (const kind of ['products', 'sparse products', 'loops', 'loops with reductions', 'copies'] as const)
    assert.ok(ms[kind] > 0, kind)
  assert.ok(gflopPerSecond > 0)
})

test('recipes of the table mix by structure and need no file', () => {
  for (const name of structuredRecipes) {
    const { model, data } = structuredRecipe(name)
    assert.match(data.kind, /-generated$/)
    assert.ok(['fields', 'neighbours', 'groups'].includes(model.mixer), name)
  }
})

test('the published code is compared in four modes, where both of its names are given', () => {
  assert.equal(peerOf({ TRM_PYTHON: 'python3' }), undefined)
  const peer = peerOf({ TRM_PYTHON: 'python3', TRM_REPO: 'code' })!
  const sides = peerSides(peer, benchModels[0]!, 2)
  assert.deepEqual(
    sides.map(({ label }) => label),
    ['eager float32', 'compiled float32', 'eager bfloat16', 'compiled bfloat16'].map(
      (mode) => `PyTorch ${mode}, 2 threads`,
    ),
  )
  assert.equal(sides[0]!.environment!.TRM_REPO, 'code')
})
