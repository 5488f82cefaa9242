import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { linear, matmulOperations, type Program, sumAll, trace } from '@tiny-recursive-models/tensor'
import { type ExecutorName, onednnVersion } from '@tiny-recursive-models/tensor/node'
import type { ModelConfig } from '../../src/models/config.ts'
import {
  chooseExecutor,
  type ExecutorChoiceEvent,
  thinkingWorkload,
  trainingWorkload,
  type Workload,
} from '../../src/node/executor/choose-executor.ts'
import {
  allRememberedSpeeds,
  rememberedSpeeds,
  rememberSpeeds,
  speedMemoryPath,
} from '../../src/node/executor/speed-memory.ts'
import { recipes } from '../../src/recipes/index.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-choice-'))
after(() => rmSync(parent, { recursive: true, force: true }))
process.env.XDG_CACHE_HOME = join(parent, 'cache')
delete process.env.TRM_EXECUTOR

let traced = 0
function traceProduct(size: number): Program {
  traced++
  const type = { shape: [size, size], dtype: 'float32' } as const
  return trace('product', { feeds: { x: type }, states: { w: type } }, ({ feeds, states }) => ({
    outputs: { y: sumAll(linear(feeds.x, states.w)) },
  }))
}

/** @param runs 2 · size³ operations each */
const workload = (runs: number, size = 32): Workload => ({
  name: `a product of ${size}`,
  shape: ['product', size],
  trace: () => traceProduct(size),
  runs,
  lighter: (times) => (size > 32 ? workload(runs, Math.floor(size / Math.cbrt(times))) : null),
})
const [much, little] = [workload(1e9), workload(10)]

interface Choice {
  readonly executor: ExecutorName | null
  /** Whether anything was measured for it. */
  readonly isMeasured: boolean
  readonly told: Extract<ExecutorChoiceEvent, { type: 'chosen' }> | undefined
}

async function choose(
  work: Workload,
  options: Parameters<typeof chooseExecutor>[1] = { threads: 1 },
): Promise<Choice> {
  let [isMeasured, told]: [boolean, Choice['told']] = [false, undefined]
  const choice = chooseExecutor(work, options)
  for (;;) {
    const { done, value } = await choice.next()
    if (done) return { executor: value, isMeasured, told }
    if (value.type === 'chosen') told = value
    else isMeasured = true
  }
}

const nothing: Choice = { executor: null, isMeasured: false, told: undefined }
const forget = () => rmSync(dirname(speedMemoryPath()), { recursive: true, force: true })

test('it measures once, takes the faster one, says why and remembers it', async () => {
  forget()
  const { executor, isMeasured, told } = await choose(much)
  assert.ok(isMeasured && told)
  assert.equal(told.work, 'a product of 32')
  const { wasm, onnxruntime, onednn } = told.speeds
  assert.ok(wasm && onnxruntime)
  assert.equal(onednn !== undefined, (await onednnVersion()) !== null)
  assert.equal(told.speeds[executor!], Math.min(wasm, onnxruntime, onednn ?? Number.POSITIVE_INFINITY))
  assert.deepEqual([told.executor, told.isRemembered], [executor, false])
  const before = traced
  for (const work of [much, little])
    assert.deepEqual(await choose(work), {
      executor,
      isMeasured: false,
      told: { ...told, isRemembered: true },
    })
  assert.equal(traced, before, 'nothing is traced for that')
  assert.ok((await choose(much, { threads: 2 })).isMeasured, 'another number of threads is another case')
})

test('what takes too long at once is measured in smaller pieces', async () => {
  forget()
  // 34 GFLOP a run, which would take seconds.
  const { told } = await choose(workload(10, 2560))
  assert.equal(told?.work, 'a product of 2154', 'of 20 GFLOP')
  assert.ok((await choose(workload(10, 2560))).told?.isRemembered)
  assert.equal((await choose(workload(1, 2154))).told, undefined, 'what it was measured by is another case')
})

test('workloads of models get lighter until nothing is left to leave out', () => {
  const recipe = recipes['sudoku-4x4-trm']
  const config: ModelConfig = { ...recipe.model, cells: 16, symbols: 6, identifiers: 1 }
  const step = { model: config, optimizer: recipe.optimizer, batch: 12, microBatch: 6, recompute: false }
  for (const [whole, names] of [
    [
      trainingWorkload(step, 10),
      [
        'a training step of 6 puzzles',
        'a training step of 3 puzzles',
        'a training step of 1 puzzle',
        'a training step of 1 puzzle at the least depth',
      ],
    ],
    [
      thinkingWorkload(config, 4),
      [
        'a step of thought about 4 puzzles',
        'a step of thought about 2 puzzles',
        'a step of thought about 1 puzzle',
        'a step of thought about 1 puzzle at the least depth',
      ],
    ],
  ] as const) {
    const found: string[] = []
    let before = Number.POSITIVE_INFINITY
    for (let work: Workload | null = whole; work; work = work.lighter(2)) {
      found.push(work.name)
      const operations = matmulOperations(work.trace())
      assert.ok(operations < before)
      before = operations
    }
    assert.deepEqual(found, names)
  }
  assert.equal(trainingWorkload(step, 10).runs, 20, 'two pieces a step')
})

test('too little work, another device or a choice that is made are not measured', async () => {
  forget()
  assert.deepEqual(await choose(little), nothing)
  assert.deepEqual(await choose(much, { device: 'webgpu' }), nothing)
  for (const name of ['wasm', 'auto']) {
    process.env.TRM_EXECUTOR = name
    const named = await choose(much)
    delete process.env.TRM_EXECUTOR
    assert.deepEqual(named, nothing, name)
  }
})

test('a damaged memory is measured anew and mended', async () => {
  for (const text of ['', '{"format":1', '{"format":1,"speeds":{"x":{"wasm":-1}}}', '[]']) {
    mkdirSync(dirname(speedMemoryPath()), { recursive: true })
    writeFileSync(speedMemoryPath(), text)
    assert.ok((await choose(much)).isMeasured, text)
    assert.ok(!(await choose(much)).isMeasured, text)
  }
})

test('a memory that cannot be written fails nothing', async () => {
  forget()
  writeFileSync(join(parent, 'file'), '')
  process.env.XDG_CACHE_HOME = join(parent, 'file')
  const { executor, isMeasured } = await choose(much)
  process.env.XDG_CACHE_HOME = join(parent, 'cache')
  assert.ok(isMeasured)
  assert.notEqual(executor, null)
})

test('of too many measurements the oldest are forgotten', async () => {
  forget()
  mkdirSync(dirname(speedMemoryPath()), { recursive: true })
  const now = Date.now()
  const entries = Array.from({ length: 500 }, (_, index) => [
    `key${index}`,
    { work: 'x', wasm: 1, onnxruntime: 2, measuredMs: now - 1000 * index },
  ])
  writeFileSync(speedMemoryPath(), JSON.stringify({ format: 1, speeds: Object.fromEntries(entries) }))
  await rememberSpeeds('new', { work: 'y', wasm: 1, onnxruntime: 2 })
  const { speeds } = JSON.parse(readFileSync(speedMemoryPath(), 'utf8'))
  assert.equal(Object.keys(speeds).length, 500)
  assert.ok('key498' in speeds && !('key499' in speeds))
  assert.deepEqual(await rememberedSpeeds('new'), { work: 'y', wasm: 1, onnxruntime: 2 })
})

test('what is remembered is kept apart by its facts, and for a month', async () => {
  forget()
  await rememberSpeeds('one', { work: 'x', wasm: 1, onnxruntime: 2 })
  // Another millisecond.
  await new Promise((resolve) => setTimeout(resolve, 2))
  await rememberSpeeds('other', { work: 'y', wasm: 4, onnxruntime: 3 })
  assert.deepEqual(await rememberedSpeeds('one'), { work: 'x', wasm: 1, onnxruntime: 2 })
  assert.deepEqual(await rememberedSpeeds('other'), { work: 'y', wasm: 4, onnxruntime: 3 })
  assert.equal(await rememberedSpeeds('third'), null)
  assert.deepEqual(
    (await allRememberedSpeeds()).map(({ work }) => work),
    ['y', 'x'],
  )
  const path = speedMemoryPath()
  // Of the first one alone.
  const older = (_: string, before: string): string => `${before}1`
  writeFileSync(path, readFileSync(path, 'utf8').replace(/("onnxruntime": 2,\s*"measuredMs": )\d+/, older))
  assert.equal(await rememberedSpeeds('one'), null)
  assert.deepEqual(await rememberedSpeeds('other'), { work: 'y', wasm: 4, onnxruntime: 3 })
})
