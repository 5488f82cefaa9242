import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onednnVersion, openExecutor, openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { compareWithGolden } from '../src/parity/compare.ts'
import { type Deviation, withinTolerance } from '../src/parity/deviations.ts'
import { Float64Runs } from '../src/parity/float64.ts'
import { closestOfEach, isWithin, judge } from '../src/parity/judge.ts'
import { readGolden } from '../src/parity/read-golden.ts'
import type { Variation } from '../src/parity/repeat.ts'

// Values recorded from the official code in float32: five training steps of a batch of 5, then an evaluation with the
// final weights. The tolerances are in src/parity/compare.ts: losses and metrics 1e-5 relative, logits 1e-4,
// first gradients 1e-4 of their norm, final and averaged weights 1e-4 (all together 1e-5), halting and step counts
// identical,
// evaluation logits 1e-3.
const executor = await openOrtExecutor({ device: 'cpu', threads: 1 })

const goldenOf = (name: string) => readGolden(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)))

function assertWithin(deviations: readonly Deviation[]): void {
  const beyond = deviations.filter((deviation) => !withinTolerance(deviation))
  assert.deepEqual(beyond, [])
}

const always = [
  'learning rate',
  'loss',
  'count',
  'cellAccuracy',
  'exactAccuracy',
  'haltAccuracy',
  'steps',
  'answerLoss',
  'haltLoss',
  'continueLoss',
  'halted',
  'final weights',
  'all final weights',
  'averaged weights',
  'all averaged weights',
  'evaluation logits',
]
const wholeBatchesOnly = ['logits', 'halt logits', 'continue logits', 'gradient']

const variations: readonly (readonly [string, Variation])[] = [
  ['in one piece', {}],
  ['in pieces of one puzzle', { microBatch: 1 }],
  ['recomputed', { recompute: true }],
  ['recomputed, in micro-batches of one puzzle', { microBatch: 1, recompute: true }],
]

for (const name of ['trm_att', 'trm_att_learned', 'trm_att_noemb', 'trm_hier6', 'hrm', 'direct']) {
  describe(name, () => {
    for (const [description, variation] of variations) {
      test(`computes what the official code computes, ${description}`, async () => {
        const deviations = await compareWithGolden(executor, await goldenOf(name), variation)
        const expected = new Set(variation.microBatch ? always : [...always, ...wholeBatchesOnly])
        if (name !== 'trm_att_noemb') expected.add('turned rows')
        assert.deepEqual(new Set(deviations.map(({ quantity }) => quantity)), expected)
        assertWithin(deviations)
      })
    }
  })
}

// These two multiply rounding from step to step, by about ten and three.
for (const name of ['trm_mlp', 'trm_singlez']) {
  const float64 = new Float64Runs(await goldenOf(name))
  describe(name, () => {
    for (const [description, variation] of variations) {
      test(`computes what the official code computes, as far as float64 does, ${description}`, async () => {
        const verdicts = await float64.judge(
          await compareWithGolden(executor, await goldenOf(name), variation),
        )
        assert.deepEqual(
          verdicts.filter((verdict) => !isWithin(verdict)),
          [],
        )
        // No chance turns halting in these two.
        assertWithin(verdicts.filter(({ kind }) => kind === 'differences'))
      })
    }
  })
}

test('trm_singlez is as close by standard operators, which are not fused', async () => {
  const recorded = await goldenOf('trm_singlez')
  const plain = await openOrtExecutor({ device: 'cpu', threads: 1, plain: true })
  const deviations = await compareWithGolden(plain, recorded)
  // On a processor without AVX-512 its products round otherwise, by 1.7e-4 at the fifth step.
  const verdicts = await new Float64Runs(recorded).judge(deviations)
  assert.deepEqual(
    verdicts.filter((verdict) => !isWithin(verdict)),
    [],
  )
})

test('a wrong formula is not excused by float64, which runs it too', async () => {
  const recorded = await goldenOf('trm_att')
  const train = { ...recorded.settings.train, beta2: 0.9 }
  const wrong = { ...recorded, settings: { ...recorded.settings, train } }
  const verdicts = await new Float64Runs(wrong).judge(await compareWithGolden(executor, wrong))
  const quantities = verdicts.filter((verdict) => !isWithin(verdict)).map(({ quantity }) => quantity)
  assert.deepEqual(quantities, ['all final weights'])
})

const withOnednn = (await onednnVersion()) !== null

describe('with products by oneDNN', { skip: withOnednn ? false : 'oneDNN is not installed' }, () => {
  for (const name of ['trm_att', 'trm_hier6', 'hrm', 'direct', 'trm_singlez'])
    for (const threads of [1, 2])
      test(`${name} is what the official code computes, ${threads} threads`, async () => {
        const onednn = await openExecutor({ executor: 'onednn', threads })
        const recorded = await goldenOf(name)
        const deviations = await compareWithGolden(onednn, recorded)
        if (deviations.every(withinTolerance)) return
        const verdicts = await new Float64Runs(recorded).judge(deviations)
        assert.deepEqual(
          verdicts.filter((verdict) => !isWithin(verdict)),
          [],
        )
      })
})

// A quarter of a minute on a software adapter.
const withWebgpu = process.env.TRM_TEST_WEBGPU === '1'

test('webgpu computes what the official code computes', {
  skip: withWebgpu ? false : 'TRM_TEST_WEBGPU is not 1',
}, async () => {
  const webgpu = await openOrtExecutor({ device: 'webgpu', refuseFallback: true })
  assertWithin(await compareWithGolden(webgpu, await goldenOf('trm_att')))
})

describe('the judgement', () => {
  const at = (largest: number, step = 2, quantity = 'loss'): Deviation => {
    return { quantity, kind: 'relative', largest, allowed: 1e-5, where: `step ${step}`, step }
  }
  const judged = (deviation: Deviation, ...runs: Deviation[][]) => judge([deviation], runs)[0]!

  test('the tolerance is enough, whatever float64 does', () => {
    assert.deepEqual(judged(at(1e-5), [at(0)]), { ...at(1e-5), float64: 0, limit: 1e-5 })
    assert.ok(isWithin(judged(at(1e-5), [at(0)])))
    assert.ok(!isWithin(judged(at(1.1e-5), [at(0)])))
    assert.ok(!isWithin(judged(at(1.1e-5))))
  })

  test('four times the farthest run of float64 is enough, of the same quantity and no later step', () => {
    assert.deepEqual(judged(at(3e-4), [at(1e-4)]), { ...at(3e-4), float64: 1e-4, limit: 4e-4 })
    assert.ok(isWithin(judged(at(3e-4), [at(1e-5)], [at(1e-4)])))
    assert.ok(!isWithin(judged(at(5e-4), [at(1e-5)], [at(1e-4)])))
    assert.ok(!isWithin(judged(at(3e-4, 2), [at(1e-4, 3)])))
    assert.ok(isWithin(judged(at(3e-4, 3), [at(1e-4, 2), at(0, 3)])))
    assert.ok(!isWithin(judged(at(3e-4), [at(1e-4, 2, 'haltLoss')])))
  })

  test('the first step and all weights together are held to their tolerance alone', () => {
    assert.deepEqual(judged(at(3e-4, 1), [at(1e-4, 1)]), { ...at(3e-4, 1), float64: 1e-4, limit: 1e-5 })
    for (const kind of ['root mean square', 'share'] as const)
      assert.ok(!isWithin(judged({ ...at(3e-4), kind }, [{ ...at(1e-4), kind }])))
  })

  test('NaN is beyond every limit, and excuses nothing', () => {
    assert.ok(!isWithin(judged(at(Number.NaN), [at(1)])))
    assert.ok(!isWithin(judged(at(1), [at(Number.NaN)])))
    assert.equal(withinTolerance(at(Number.NaN)), false)
  })

  test('of a quantity the verdict closest to its limit is shown', () => {
    const closest = (...largest: number[]) =>
      closestOfEach(
        judge(
          largest.map((value, index) => at(value, index + 2)),
          [[at(0), at(1e-3, 3)]],
        ),
      ).map(({ step }) => step)
    assert.deepEqual(closest(9e-6, 1e-3), [2])
    assert.deepEqual(closest(9e-6, 3.9e-3), [3])
    assert.deepEqual(closest(9e-6, Number.NaN, 1), [3])
    assert.deepEqual(closest(0, 0), [2])
  })
})
