import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradients } from '../src/autodiff/gradient.ts'
import { InputError } from '../src/errors.ts'
import {
  type AccessInstruction,
  type AtomicInstruction,
  access,
  atomic,
  FunctionWriter,
  ModuleWriter,
  type PlainInstruction,
  plain,
  type SimdInstruction,
  simd,
} from '../src/executors/wasm/assembler.ts'
import { disassemble } from '../src/executors/wasm/disassemble.ts'
import { similarSteps, workKinds } from '../src/executors/wasm/explain.ts'
import { trace } from '../src/graph/program.ts'
import { codeOfStep, planProgram, profileProgram } from '../src/node/profile.ts'
import * as fused from '../src/ops/fused.ts'
import { matmulOperations } from '../src/ops/matmul-operations.ts'
import * as ops from '../src/ops/primitives.ts'
import { float, layer, layerTypes, readOut } from './support/layer.ts'

/** One transformer layer, its gradient, and a state that takes part: every kind of work. */
const program = trace(
  'layer',
  { feeds: { ...layerTypes, tokens: { shape: [10], dtype: 'int32' } }, states: { table: float(7, 4) } },
  ({ feeds: { tokens, ...feeds }, states: { table } }) => {
    const x = ops.add(feeds.x, ops.reshape(ops.gatherRows(table, tokens), [2, 5, 4]))
    const loss = readOut(layer({ ...feeds, x }))
    const [gradient, ofGate] = gradients(loss, [table, feeds.gate])
    return {
      outputs: { loss, ofGate: ofGate! },
      updates: { table: ops.subtract(table, ops.multiply(gradient!, 0.1)) },
    }
  },
)

test('a plan tells every step, and its products are those of the program', () => {
  const plan = planProgram(program)
  assert.equal(plan.name, 'layer')
  assert.deepEqual(
    plan.steps.map(({ number }) => number),
    plan.steps.map((_, index) => index + 1),
  )
  for (const kind of ['product', 'elementwise', 'reduction', 'rows'] as const)
    assert.ok(
      plan.steps.some((step) => step.kind === kind),
      kind,
    )
  const products = plan.steps.flatMap((step) => (step.product ? [step] : []))
  assert.equal(
    products.reduce((sum, { operationCount }) => sum + operationCount, 0),
    matmulOperations(program),
  )
  const attention = products.find(({ product }) => product!.count === 4)
  assert.ok(attention, 'one product for every head of every puzzle')
  assert.ok(plan.steps.every(({ ms, touchedBytes }) => ms === null && touchedBytes > 0))
  for (const { values, writes } of plan.steps)
    for (const { write, operands } of values) {
      assert.ok(write === null || writes[write])
      assert.ok(operands.length > 0)
    }
})

test('a plan tells where everything lies, and how much that is', () => {
  const { places, memory, steps } = planProgram(program)
  for (const [index, one] of places.entries()) {
    assert.ok(one.offset + one.bytes <= memory.arena && one.from <= one.to, one.name)
    for (const other of places.slice(index + 1)) {
      if (one.to < other.from || other.to < one.from) continue
      const isApart = one.offset + one.bytes <= other.offset || other.offset + other.bytes <= one.offset
      assert.ok(isApart, `${one.name} and ${other.name}`)
    }
  }
  assert.ok(memory.peak <= memory.arena && memory.peakStep <= steps.length)
  assert.ok(memory.peak >= Math.max(...places.map(({ bytes }) => bytes)))
  // The new table is written over the old one.
  assert.deepEqual([memory.states, memory.newStates], [4 * 7 * 4, 0])
  const names = steps.flatMap(({ reads, writes }) => [...reads, ...writes].map(({ name }) => name))
  for (const name of ['feed tokens', 'feed gate', 'state table', 'new table'])
    assert.ok(names.includes(name), name)
  const outside = steps.flatMap(({ reads }) => reads).filter(({ offset }) => offset === null)
  assert.ok(outside.every(({ name }) => /^(state|new|constant)/.test(name)))
})

test('loops, their reductions and views are told as they are computed', () => {
  const types = { feeds: { x: float(3, 4), y: float(4, 3) }, states: {} }
  const small = trace('small', types, ({ feeds: { x, y } }) => ({
    outputs: { z: fused.rmsNorm(ops.add(x, ops.transpose(y, 1, 0))) },
  }))
  const [step, ...others] = planProgram(small).steps
  assert.deepEqual(others, [])
  assert.deepEqual(step!.space, [
    { length: 3, isReduced: false },
    { length: 4, isReduced: true },
  ])
  assert.deepEqual(
    step!.strides.map(({ strides }) => strides),
    [
      [4, 1],
      [1, 3],
      [4, 1],
    ],
  )
  assert.deepEqual(
    step!.values.map(({ operation, role, operands, write }) => [operation, role, operands.join(' '), write]),
    [
      ['add', 'full', 'read 0 read 1', null],
      ['multiply', 'full', 'v0 v0', null],
      ['reduceSum', 'kept', 'v1', null],
      ['multiply', 'kept', 'v2 0.25', null],
      ['add', 'kept', 'v3 0.00001', null],
      ['squareRoot', 'kept', 'v4', null],
      ['reciprocal', 'kept', 'v5', null],
      ['multiply', 'full', 'v0 v6', 0],
    ],
  )
  // 4 operations on 12 numbers each, 4 on 3.
  assert.deepEqual([step!.operationCount, step!.touchedBytes], [4 * 12 + 4 * 3, 4 * 3 * 12])
})

test('a profile times every step, and steps that are alike are told together', async () => {
  let told = 0
  const plan = await profileProgram(program, { maxRuns: 3, onRun: () => told++ })
  assert.equal(told, 4, 'one to warm up')
  assert.equal(plan.timedRuns, 3)
  assert.ok(plan.steps.every(({ ms }) => ms !== null && ms >= 0))
  const groups = similarSteps(plan)
  assert.ok(groups.length < plan.steps.length)
  assert.deepEqual(
    groups.flatMap(({ numbers }) => numbers).sort((a, b) => a - b),
    plan.steps.map(({ number }) => number),
  )
  assert.ok(groups.every(({ ms }, index) => index === 0 || ms! <= groups[index - 1]!.ms!))
  assert.ok(groups.every(({ kind }) => workKinds.includes(kind)))
  const { steps, ...rest } = planProgram(program)
  const { steps: timed, ...same } = plan
  assert.deepEqual({ ...same, timedRuns: 0, memory: null }, { ...rest, memory: null })
  assert.deepEqual(
    timed.map((step) => ({ ...step, ms: null })),
    steps,
    'as without a run',
  )
})

test('a profile is stopped between runs', async () => {
  const plan = await profileProgram(program, { seconds: 1000, shouldStop: () => true })
  assert.equal(plan.timedRuns, 1, 'the one that warms up')
})

test('a program that memory has no room for can be planned, and is refused to run', async () => {
  const side = 20_000
  const types = { feeds: { x: float(side, 8), y: float(side, 8) }, states: {} }
  const large = trace('large', types, ({ feeds: { x, y } }) => {
    const products = [1, 2, 3].map((factor) =>
      ops.matmul(x, ops.multiply(y, factor), { transposeRight: true }),
    )
    return { outputs: { z: ops.sumAll(ops.matmul(ops.matmul(products[0]!, products[1]!), products[2]!)) } }
  })
  assert.ok(planProgram(large).memory.arena > 4 * side * side)
  await assert.rejects(profileProgram(large), (error) => {
    assert.ok(error instanceof InputError)
    assert.match(error.message, /program large.*at most [\d,]+ MiB in all, as .*[\d,]+ MiB/s)
    return true
  })
})

test('the code of a step is that of its function and of those that it calls', () => {
  const { steps } = planProgram(program)
  for (const { number, product } of steps) {
    const [caller, ...called] = codeOfStep(program, number)
    assert.equal(caller!.exportedAs, `step${number - 1}`)
    assert.ok(called.length >= 1, `step ${number}`)
    if (product) assert.ok(called.length >= 2, 'a product has tiles')
  }
  for (const wrong of [0, steps.length + 1, 1.5])
    assert.throws(() => codeOfStep(program, wrong), /program layer: expected a step from 1 to /)
})

test('every instruction that can be written is read back with its bytes', () => {
  const names = <Name extends string>(table: Readonly<Record<Name, unknown>>) => Object.keys(table) as Name[]
  const code = new FunctionWriter(['i32', 'v128'])
  const [pointer, vector] = [code.local('i32'), code.local('v128')]
  code.get(pointer).set(pointer).tee(pointer).get(vector)
  code
    .integer(-1)
    .integer(300)
    .integer(2 ** 31 - 1)
    .long(-129n)
    .long(2n ** 40n)
  code.floats(0.5).integers(1, -2, 3, 4).shuffle(2, 3, 6, 7).call(12)
  code.when(
    () => code.get(pointer),
    () => code.get(vector),
  )
  code.times(3, () => code.plain('drop'))
  for (const name of names<PlainInstruction>(plain)) code.plain(name)
  for (const name of names<SimdInstruction>(simd)) code.simd(name)
  for (const name of names<AtomicInstruction>(atomic)) code.atomic(name, 8)
  for (const name of names<AccessInstruction>(access))
    code.access(name, 1000, name.endsWith('_lane') ? 3 : undefined)
  const module = new ModuleWriter(true)
  module.add(code, 'all')
  const bytes = module.encode()
  const [read] = disassemble(bytes)
  assert.deepEqual(
    [read!.exportedAs, read!.parameters, read!.locals],
    ['all', ['i32', 'v128'], ['i32', 'v128', 'i32']],
  )
  assert.deepEqual(
    read!.instructions.map(({ depth, text }) => ' '.repeat(depth) + text),
    [
      ...['local.get 2', 'local.set 2', 'local.tee 2', 'local.get 3'],
      ...[
        'i32.const -1',
        'i32.const 300',
        'i32.const 2147483647',
        'i64.const -129',
        'i64.const 1099511627776',
      ],
      ...['v128.const f32x4 0.5 0.5 0.5 0.5', 'v128.const i32x4 1 -2 3 4'],
      ...['i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31', 'call 12'],
      ...['if', ' local.get 2', 'else', ' local.get 3', 'end'],
      ...['i32.const 3', 'local.set 4', 'loop', ' drop'],
      ...[' local.get 4', ' i32.const 1', ' i32.sub', ' local.tee 4', ' br_if 0', 'end'],
      ...names(plain),
      ...names(simd),
      ...names(atomic).map((name) => `${name} offset=8`),
      ...names(access).map((name) => `${name} offset=1000${name.endsWith('_lane') ? ' 3' : ''}`),
    ],
  )
  const written = Buffer.from(bytes).toString('hex')
  const joined = read!.instructions.map((each) => Buffer.from(each.bytes).toString('hex')).join('')
  assert.ok(written.includes(joined))
})
