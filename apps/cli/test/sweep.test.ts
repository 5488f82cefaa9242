import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { SweepTable } from '@tiny-recursive-models/trm/node'
import { runTrm, startTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-sweep-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const out = join(folder, 'sweep')
const vary = ['--vary', 'optimizer.learningRate=1e-3,2e-3,4e-3', '--vary', 'model.width=16..32/2']
const sweep = ['sweep', ...tiny, '--set', 'training.steps=10', ...vary, '--seeds', '2', '--jobs', '1']
const command = [...sweep, '--out', 'sweep']

const reports = () => readdirSync(out).filter((name) => existsSync(join(out, name, 'report.json')))
const writtenAt = (name: string) => statSync(join(out, name, 'report.json')).mtimeMs
const stepsOf = (name: string): number[] =>
  readFileSync(join(out, name, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; step: number })
    .flatMap(({ type, step }) => (type === 'step' ? [step] : []))

test('12 runs in 3 shards, one killed and started again: 12 reports, none twice', async () => {
  const shards = ['0/3', '1/3', '2/3'].map((shard) =>
    startTrm([...command, '--shard', shard, '--json'], folder),
  )
  const [, victim] = shards
  // In the middle of its second run: jobs 1, 3, 8 and 10 are its own.
  victim!.child.stdout.on('data', (data) => {
    if (/"job":3,"event":\{"type":"step"/.test(String(data))) victim!.child.kill('SIGKILL')
  })
  const ended = await Promise.all(shards.map(({ ended }) => ended))
  assert.deepEqual(
    ended.map(({ code }) => code),
    [0, null, 0],
    ended.map(({ stderr }) => stderr).join(''),
  )
  const before = reports()
  assert.equal(before.length, 9)
  const times = before.map(writtenAt)

  const again = await runTrm(folder, ...command, '--shard', '1/3', '--json')
  assert.equal(again.code, 0, again.stderr)
  const events = again.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; job: number; before?: boolean })
  assert.deepEqual(
    events.flatMap(({ type, job, before }) => (type === 'finished' ? [[job, before]] : [])),
    [
      [1, true],
      [3, false],
      [8, false],
      [10, false],
    ],
  )
  assert.equal(reports().length, 12)
  assert.deepEqual(before.map(writtenAt), times, 'what was done is left alone')
  const all = Array.from({ length: 10 }, (_, index) => index + 1)
  for (const name of reports()) assert.deepEqual(stepsOf(name), all, `every step of ${name} once`)

  const whole = await runTrm(folder, ...command)
  assert.equal(whole.code, 0, whole.stderr)
  assert.match(whole.stdout, /^sweep: 12 of 12 runs finished$/m)
  const table = await runTrm(folder, 'sweep', '--table', 'sweep', '--json')
  const { rows, fields, finished, total } = JSON.parse(table.stdout) as SweepTable
  assert.deepEqual(fields.toSorted(), ['model.width', 'optimizer.learningRate'])
  assert.deepEqual([finished, total, rows.length], [12, 12, 6])
  for (const { exactAccuracy, trainingFlop, runs } of rows) {
    assert.equal(exactAccuracy?.count, 2)
    assert.ok(trainingFlop!.mean > 0)
    assert.deepEqual(
      runs.map(({ seed }) => seed),
      [0, 1],
    )
  }
  const csv = await runTrm(folder, 'sweep', '--table', 'sweep', '--csv')
  const [header, ...lines] = csv.stdout.trim().split('\n')
  assert.match(header!, /^run,.*training\.seed,exactAccuracy,/)
  assert.equal(lines.length, 12)
})

test('a run that fails is told, the others continue, and the exit code is 1', async () => {
  const words = ['sweep', ...tiny, '--vary', 'optimizer.learningRate=1e-3,10', '--out', 'wild']
  const wild = [...words, '--set', 'optimizer.weightDecay=1000']
  const { code, stdout, stderr } = await runTrm(folder, ...wild)
  assert.equal(code, 1)
  assert.match(stdout, /^wild: 1 of 2 runs finished$/m)
  assert.match(
    stderr,
    /^1 run failed:\n {2}optimizer\.learningRate=10 seed 0: training step \d+: expected a finite loss/m,
  )
  // It would diverge again: it is told, and trained only when asked for.
  const events = join(folder, 'wild', 'learningRate-10_seed-0', 'events.jsonl')
  const written = statSync(events).mtimeMs
  const again = await runTrm(folder, ...wild)
  assert.equal(again.code, 1)
  assert.match(again.stdout, /\b0 of 1, 1 diverged$/m)
  assert.match(again.stderr, /seed 0: training step \d+: expected a finite loss.*\n.*--retry-diverged/)
  assert.equal(statSync(events).mtimeMs, written)
  const listed = await runTrm(folder, 'runs', 'wild')
  assert.match(listed.stdout, /^learningRate-10_seed-0 .* diverged /m)
  const retried = await runTrm(folder, ...wild, '--retry-diverged')
  assert.equal(retried.code, 1)
  assert.ok(statSync(events).mtimeMs > written)
})

test('a run that a process on another machine has locked is left to it, or taken over', async () => {
  const words = [
    'sweep',
    ...tiny,
    '--set',
    'training.steps=2',
    '--vary',
    'model.width=16,32',
    '--out',
    'locked',
  ]
  const planned = await runTrm(folder, ...words, '--plan', '--json')
  const [first] = JSON.parse(planned.stdout) as { folder: string }[]
  const place = join(folder, first!.folder)
  mkdirSync(place, { recursive: true })
  const lock = join(place, 'lock.json')
  writeFileSync(lock, JSON.stringify({ pid: 1, host: 'some-other-machine', started: null }))
  const left = await runTrm(folder, ...words)
  assert.equal(left.code, 0, left.stderr)
  assert.match(left.stderr, /^model\.width=16 seed 0: in the hands of process 1 on some-other-machine$/m)
  assert.ok(!existsSync(join(place, 'report.json')))
  const taken = await runTrm(folder, ...words, '--take-over')
  assert.equal(taken.code, 0, taken.stderr)
  assert.ok(existsSync(join(place, 'report.json')))
})

test('what cannot be planned is refused before anything is made', async () => {
  const first = async (...words: string[]) => {
    const { code, stderr } = await runTrm(folder, 'sweep', ...words, '--out', 'refused')
    return [code, stderr.split('\n')[0]]
  }
  assert.deepEqual(await first('sudoku-4x4-trm'), [1, 'trm: trm sweep'])
  assert.deepEqual(await first('sudoku-4x4-trm', '--vary', 'model.width=16..64'), [
    1,
    'trm: sweep: model.width',
  ])
  assert.equal((await first('sudoku-4x4-trm', '--vary', 'model.width=64..16/3'))[0], 2)
  assert.equal((await first('sudoku-4x4-trm', '--seeds', '3', '--shard', '3/3'))[0], 2)
  assert.equal((await first('sudoku-4x4-trm', '--vary', 'model.widht=16,32'))[0], 1)
  assert.ok(!existsSync(join(folder, 'refused')))
})
