import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCase, samplesOf } from './cases.ts'
import { fuzz } from './run.ts'
import { targets } from './targets.ts'

const samples = await samplesOf(targets)
const kinds = Object.keys(targets)

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
    timeoutMs: 120_000,
    maximumMebibytes: 1024,
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

test('faults, hangs, crashes and too much memory are found, each with its case', async () => {
  const report = await fuzz({
    targetsModule: new URL('faulty-targets.ts', import.meta.url).href,
    seed: 1,
    from: 0,
    to: 7,
    timeoutMs: 15_000,
    maximumMebibytes: 300,
  })
  assert.deepEqual(
    report.failures.map(({ number }) => number),
    [1, 2, 3, 4, 5],
  )
  const reasons = report.failures.map(({ reason }) => reason)
  assert.match(reasons[0]!, /^TypeError: .*\n[\s\S]*after: /)
  assert.match(reasons[1]!, /^RangeError: not wrong input/)
  assert.equal(reasons[2], 'no answer after 15 s')
  assert.match(reasons[3]!, /^the child ended with SIGABRT/)
  assert.match(reasons[4]!, /^\d+ MiB of memory, more than 300$/)
  assert.deepEqual(report.counts, {
    sound: { read: 2, refused: 0 },
    'too much memory': { read: 1, refused: 0 },
  })
  assert.equal(report.cases, 7)
})
