import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { onednnVersion } from '@tiny-recursive-models/trm/node'
import { runTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-executor-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('wasm trains, resumes, evaluates and solves', async () => {
  const trm = (...words: string[]) => runTrm(folder, ...words)
  const wasm = ['--executor', 'wasm', '--threads', '1']
  const trained = await trm('train', ...tiny, '--out', 'run', ...wasm)
  assert.match(trained.stderr, /, wasm, 1 thread\n/)
  assert.match(trained.stdout, /trained 20 steps in /, trained.stderr)
  const longer = await trm('train', '--resume', '--out', 'run', '--steps', '22')
  assert.match(longer.stderr, /, wasm, 1 thread\n/)
  assert.doesNotMatch(longer.stderr, /warning/)
  const report = JSON.parse(readFileSync(join(folder, 'run/report.json'), 'utf8'))
  assert.equal(report.machine.executor, 'wasm, 1 thread')
  const measured = await trm('eval', 'run', '--json', ...wasm)
  assert.equal(JSON.parse(measured.stdout).executor, 'wasm, 1 thread', measured.stderr)
  const runtime = await trm('eval', 'run', '--json', '--executor', 'onnxruntime', '--threads', '1')
  assert.equal(JSON.parse(runtime.stdout).executor, 'onnxruntime cpu, 1 thread', runtime.stderr)
  const solved = await trm('solve', '..1.3....32.12.4', ...wasm)
  assert.match(solved.stdout, /solved after 6 steps: a valid solution\n$/, solved.stderr)
})

test('auto measures where there is much to do, says what it takes and why, and remembers it', async (context) => {
  process.env.TRM_EXECUTOR = ''
  context.after(() => {
    delete process.env.TRM_EXECUTOR
  })
  const trm = (...words: string[]) => runTrm(folder, ...words)
  // More than it will ever take.
  const endless = [...tiny, '--set', 'training.steps=1000000', '--set', 'training.stopAfterSeconds=0.1']
  const chosen = /^computing with (wasm|onednn|onnxruntime): [\d.,]+ ms for a training step of 8 puzzles, /m
  const first = await trm('train', ...endless, '--out', 'first', '--threads', '1')
  const [line, executor] = chosen.exec(first.stderr) ?? []
  assert.match(first.stderr, /ms \(measured now\)$/m, first.stderr)
  const second = await trm('train', ...endless, '--out', 'second', '--threads', '1')
  assert.ok(second.stderr.includes(line!), second.stderr)
  assert.match(second.stderr, /ms \(measured before\)$/m)
  const report = JSON.parse(readFileSync(join(folder, 'second/report.json'), 'utf8'))
  assert.equal(report.machine.executor.split(/[ ,]/)[0], executor)
  const resumed = await trm('train', '--resume', '--out', 'first', '--set', 'training.stopAfterSeconds=0.2')
  assert.doesNotMatch(resumed.stderr, /measured|warning/, 'as it was begun')
  const { stdout } = await trm('doctor', '--executor', 'wasm', '--threads', '1', '--json')
  const { executors, auto } = JSON.parse(stdout)
  assert.deepEqual(
    executors.map((one: { executor: string }) => one.executor),
    ['wasm'],
  )
  assert.deepEqual(
    auto.measured.map((one: { work: string }) => one.work),
    ['a training step of 8 puzzles'],
  )
  assert.equal(auto.environment, null)
})

const onednn = await onednnVersion()

test('oneDNN trains, resumes and evaluates', {
  skip: onednn ? false : 'oneDNN is not installed',
}, async () => {
  const trm = (...words: string[]) => runTrm(folder, ...words)
  const trained = await trm('train', ...tiny, '--out', 'onednn', '--executor', 'onednn', '--threads', '2')
  const name = `onednn ${onednn}, 2 threads`
  assert.ok(trained.stderr.includes(`, ${name}\n`), trained.stderr)
  const longer = await trm('train', '--resume', '--out', 'onednn', '--steps', '22')
  assert.ok(longer.stderr.includes(`, ${name}\n`), longer.stderr)
  assert.doesNotMatch(longer.stderr, /warning/)
  const other = await trm('train', '--resume', '--out', 'onednn', '--steps', '24', '--executor', 'wasm')
  assert.match(
    other.stderr,
    /warning.*started with onednn: it resumes with wasm, which may round differently/,
  )
  const measured = await trm('eval', 'run', '--json', '--executor', 'onednn', '--threads', '1')
  assert.equal(JSON.parse(measured.stdout).executor, `onednn ${onednn}, 1 thread`, measured.stderr)
})

test('a library that is none is refused, with what to do', async () => {
  process.env.TRM_ONEDNN = join(folder, 'nothing.so')
  try {
    const { code, stderr } = await runTrm(folder, ...'solve ..1.3....32.12.4 --executor onednn'.split(' '))
    assert.equal(code, 1)
    assert.match(stderr, /^trm: oneDNN\n {2}expected {2}a library that loads from .*nothing\.so\n/m)
    assert.match(stderr, /hint {6}.*TRM_ONEDNN/)
  } finally {
    delete process.env.TRM_ONEDNN
  }
})

test('what wasm does not have is refused in the words of the command line', async () => {
  const { code, stderr } = await runTrm(
    folder,
    ...'solve ..1.3....32.12.4 --executor wasm --device webgpu'.split(' '),
  )
  assert.equal(code, 1)
  assert.match(stderr, /hint {6}Leave the device out, or use --executor onnxruntime\./)
  const unknown = await runTrm(folder, 'solve', '..1.3....32.12.4', '--executor', 'torch')
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /Allowed choices are auto, wasm, onednn, onnxruntime\./)
})
