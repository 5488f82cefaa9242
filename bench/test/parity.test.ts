import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { compareWithGolden, type Variation } from '../src/parity/compare.ts'
import { type Deviation, withinTolerance, worstOfEach } from '../src/parity/deviations.ts'
import { readGolden } from '../src/parity/read-golden.ts'
import { loose } from './chaos.ts'

// Values recorded from the official code in float32: five training steps of a batch of 5, then an evaluation with the
// final weights. The tolerances stand in src/parity/compare.ts: losses and metrics 1e-5 relative, logits 1e-4,
// first gradients 1e-4 of their norm, final and averaged weights 1e-4, halting and step counts identical, evaluation
// logits 1e-3.
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
  'accuracy',
  'exactAccuracy',
  'haltAccuracy',
  'steps',
  'answerLoss',
  'haltLoss',
  'continueLoss',
  'halted',
  'final weights',
  'averaged weights',
  'evaluation logits',
]
const wholeBatchesOnly = ['logits', 'halt logits', 'continue logits', 'gradient']

const variations: readonly (readonly [string, Variation])[] = [
  ['in one piece', {}],
  ['in pieces of one puzzle', { microBatch: 1 }],
  ['recomputed', { recompute: true }],
  ['recomputed, in pieces of one puzzle', { microBatch: 1, recompute: true }],
]

for (const name of ['trm_att', 'trm_att_learned', 'trm_att_noemb', 'trm_hier6', 'hrm', 'direct']) {
  describe(name, () => {
    for (const [description, variation] of variations) {
      test(`computes what the official code computes, ${description}`, async () => {
        const deviations = await compareWithGolden(executor, await goldenOf(name), variation)
        const expected = variation.microBatch ? always : [...always, ...wholeBatchesOnly]
        assert.deepEqual([...worstOfEach(deviations).keys()].sort(), [...expected].sort())
        assertWithin(deviations)
      })
    }
  })
}

for (const [name, allowedOf] of Object.entries(loose))
  describe(name, () => {
    for (const [description, variation] of variations) {
      test(`computes what the official code computes, as far as numbers tell, ${description}`, async () => {
        const deviations = await compareWithGolden(executor, await goldenOf(name), variation)
        assertWithin(deviations.map((deviation) => ({ ...deviation, allowed: allowedOf(deviation) })))
      })
    }
  })

test('trm_singlez is within every tolerance by standard operators, which are not fused', async () => {
  const plain = await openOrtExecutor({ device: 'cpu', threads: 1, plain: true })
  assertWithin(await compareWithGolden(plain, await goldenOf('trm_singlez')))
})

// A quarter of a minute on a software adapter.
const withWebgpu = process.env.TRM_TEST_WEBGPU === '1'

test('webgpu computes what the official code computes', {
  skip: withWebgpu ? false : 'TRM_TEST_WEBGPU is not 1',
}, async () => {
  const webgpu = await openOrtExecutor({ device: 'webgpu', refuseFallback: true })
  assertWithin(await compareWithGolden(webgpu, await goldenOf('trm_att')))
})

describe('deviations', () => {
  const at = (largest: number): Deviation => {
    return { quantity: 'loss', kind: 'relative', largest, allowed: 1e-5, where: `${largest}` }
  }

  test('the worst counts, and NaN is the worst', () => {
    assert.equal(worstOfEach([at(1), at(3), at(2)]).get('loss')!.where, '3')
    assert.equal(worstOfEach([at(1), at(Number.NaN), at(2)]).get('loss')!.where, 'NaN')
    assert.equal(withinTolerance(at(Number.NaN)), false)
    assert.equal(withinTolerance(at(1e-5)), true)
  })
})
