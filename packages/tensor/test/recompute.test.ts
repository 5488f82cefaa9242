import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradients } from '../src/autodiff/gradient.ts'
import { evaluate } from '../src/executors/reference/evaluate.ts'
import { recomputeFarAway } from '../src/executors/wasm/recompute.ts'
import { planSteps } from '../src/executors/wasm/steps.ts'
import { type Program, trace } from '../src/graph/program.ts'
import { linear, rmsNorm, swiglu } from '../src/ops/fused.ts'
import * as ops from '../src/ops/primitives.ts'
import { expandProgram, simplifyProgram } from '../src/ops/rewrite.ts'
import { RandomStream } from '../src/random/random-stream.ts'

const [rows, width, layers] = [6, 8, 12]

/** Gradient of a stack of layers with SwiGLU, which share their weights. */
function stack(): Program {
  const types = {
    feeds: {
      x: { shape: [rows, width], dtype: 'float32' },
      gate: { shape: [width, width], dtype: 'float32' },
      up: { shape: [width, width], dtype: 'float32' },
    },
    states: {},
  } as const
  const program = trace('stack', types, ({ feeds: { x, gate, up } }) => {
    let h = x
    for (let layer = 0; layer < layers; layer++)
      h = rmsNorm(ops.add(h, swiglu(linear(h, gate), linear(h, up))))
    const [gateGradient, upGradient] = gradients(ops.sumAll(ops.multiply(h, x)), [gate, up])
    return { outputs: { h, gate: gateGradient!, up: upGradient! } }
  })
  return simplifyProgram(expandProgram(program, () => false))
}

/** The most numbers that steps have to keep for later ones. */
function mostKept(program: Program): number {
  const { steps } = planSteps(program)
  const last = new Map(steps.flatMap(({ reads }, step) => reads.map(({ value }) => [value, step] as const)))
  const kept = steps.map((_, at) => {
    const values = new Set(steps.slice(0, at).flatMap(({ writes }) => writes.map(({ value }) => value)))
    return [...values]
      .filter((value) => (last.get(value) ?? -1) >= at)
      .reduce((sum, { shape }) => sum + shape.reduce((all, length) => all * length, 1), 0)
  })
  return Math.max(...kept)
}

test('what is computed again need not be kept, and no number changes', () => {
  const program = stack()
  assert.equal(recomputeFarAway(program), program, 'too small to be worth it')
  const again = recomputeFarAway(program, () => false, {
    distance: 64,
    mostKept: 0.5,
    leastBytes: 0,
    mostTimes: Number.POSITIVE_INFINITY,
  })
  const [before, after] = [mostKept(program), mostKept(again)]
  // Of the sigmoid, the gate with it, their product with `up` and `up`, two are left: gate and up.
  assert.ok(after < 0.75 * before, `${after} of ${before} numbers`)
  const random = new RandomStream(5, 'stack')
  const values = Object.fromEntries(
    Object.entries(program.feeds).map(([name, { shape }]) => {
      const data = Float32Array.from({ length: shape[0]! * shape[1]! }, () => random.float() - 0.5)
      return [name, { dtype: 'float32' as const, shape, data }]
    }),
  )
  assert.deepEqual(evaluate(again, values), evaluate(program, values))
})

test('a program without distant users stays the same program', () => {
  const types = { feeds: { x: { shape: [4, 4], dtype: 'float32' } }, states: {} } as const
  const program = trace('short', types, ({ feeds: { x } }) => ({
    outputs: { y: ops.sigmoid(ops.matmul(x, x)) },
  }))
  assert.equal(recomputeFarAway(program), program)
})
