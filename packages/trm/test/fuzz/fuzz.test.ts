import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { makeCase, samplesOf } from './cases.ts'
import { fuzz } from './run.ts'
import { targets } from './targets.ts'
import { processorMsOf, type TimeLimits, Watch } from './watch.ts'

const samples = await samplesOf(targets)
const kinds = Object.keys(targets)
const tellsProcessorTime = processorMsOf(process.pid) !== null

test('every sample is read as it is', async () => {
  for (const [kind, files] of samples) {
    assert.ok(files.length > 0, kind)
    for (const one of files) await assert.doesNotReject(async () => targets[kind]!.read(one), kind)
  }
})

test('a case is a function of its seed and number', () => {
  for (const number of [0, 1, 2, 3, 4, 5, 6, 700, 9_999]) {
    const [first, second] = [1, 1].map((seed) => makeCase(targets, samples, seed, number))
    assert.deepEqual(first, second)
    assert.equal(first!.kind, kinds[number % kinds.length])
  }
  const others = kinds.map((_, number) => makeCase(targets, samples, 2, number).changes)
  const ours = kinds.map((_, number) => makeCase(targets, samples, 1, number).changes)
  assert.notDeepEqual(others, ours)
})

test('damaged files of every kind are refused in words or read soundly, within 1 GiB', async () => {
  const cases = 30 * kinds.length
  const report = await fuzz({
    targetsModule: new URL('targets.ts', import.meta.url).href,
    seed: 1,
    from: 0,
    to: cases,
    limits: { processorMs: 60_000, clockMs: 600_000 },
    maxMebibytes: 1024,
  })
  assert.deepEqual(report.failures, [])
  assert.equal(report.cases, cases)
  assert.deepEqual(Object.keys(report.counts).sort(), [...kinds].sort())
  for (const [kind, { read, refused }] of Object.entries(report.counts)) {
    assert.equal(read + refused, 30, kind)
    assert.ok(refused > 0, kind)
  }
  // Most kinds have cases that are read: the damage reaches what lies behind the first checks.
  const readable = Object.values(report.counts).filter(({ read }) => read > 0)
  assert.ok(readable.length >= kinds.length / 2, `${readable.length} kinds`)
})

/** Cases of readers with faults, among them case 3, which runs for ever, and case 6, which sleeps for ever. */
const fuzzFaulty = (from: number, to: number, limits: TimeLimits) =>
  fuzz({
    targetsModule: new URL('faulty-targets.ts', import.meta.url).href,
    seed: 1,
    from,
    to,
    limits,
    maxMebibytes: 300,
  })

test('faults, hangs, crashes and too much memory are found, each with its case', async () => {
  const report = await fuzzFaulty(0, 6, { processorMs: 2_000, clockMs: 60_000 })
  assert.deepEqual(
    report.failures.map(({ number }) => number),
    [1, 2, 3, 4, 5],
  )
  const reasons = report.failures.map(({ reason }) => reason)
  assert.match(reasons[0]!, /^TypeError: .*\n[\s\S]*after: /)
  assert.match(reasons[1]!, /^RangeError: not wrong input/)
  assert.equal(
    reasons[2],
    tellsProcessorTime ? 'no answer after 2 s of processor time' : 'no answer after 60 s on the clock',
  )
  assert.match(reasons[3]!, /^the child ended with SIGABRT/)
  assert.match(reasons[4]!, /^\d+ MiB of memory, more than 300$/)
  assert.deepEqual(report.counts, {
    sound: { read: 1, refused: 0 },
    'too much memory': { read: 1, refused: 0 },
  })
  assert.equal(report.cases, 6)
})

test('what sleeps or never answers is found, and a case behind it is still run', async () => {
  const report = await fuzzFaulty(6, 9, { processorMs: 60_000, clockMs: 5_000 })
  assert.deepEqual(
    report.failures.map(({ number }) => number),
    [6, 7],
  )
  assert.equal(report.failures[0]!.reason, 'no answer after 5 s on the clock')
  // Node's own word for a promise that nothing can settle any more.
  assert.match(report.failures[1]!.reason, /^the child ended with code 13/)
  assert.deepEqual(report.counts, { sound: { read: 1, refused: 0 } })
})

test('a process that gets no turn is not overdue', { skip: !tellsProcessorTime }, async () => {
  // Stopped for twice what it may use, as on a machine that has no turn for it.
  const child = spawn(process.execPath, ['-e', 'for (;;);'])
  let reason: string | null = null
  const watch = new Watch(child.pid, (overdue) => {
    reason = overdue
  })
  try {
    child.kill('SIGSTOP')
    watch.restart({ processorMs: 1_000, clockMs: 60_000 }, processorMsOf(child.pid!) ?? 0)
    await setTimeout(2_000)
    assert.equal(reason, null)
    child.kill('SIGCONT')
    while (reason === null) await setTimeout(50)
    assert.equal(reason, 'no answer after 1 s of processor time')
  } finally {
    watch.stop()
    child.kill('SIGKILL')
  }
})
