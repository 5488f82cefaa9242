import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { compareWithGolden, type Variation } from '../src/parity/compare.ts'
import { type Deviation, withinTolerance, worstOfEach } from '../src/parity/deviations.ts'
import { readGolden } from '../src/parity/golden.ts'

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

/**
 * These models are chaotic: from step to step they multiply the rounding of float32 by about ten (trm_mlp) or three
 * (trm_singlez), so that the recorded numbers cannot be met exactly, not even by exact ones. Of trm_singlez only the
 * logits leave their tolerance, from step 3 on; float64 is 8.7e-5 away from them there, ONNX Runtime 2.4e-4. Of
 * trm_mlp the reference executor, in float64, is this far away:
 *
 * | step               | 1       | 2       | 3       | 4       | 5       | evaluation |
 * | loss               | 1.4e-7  | 2.9e-6  | 2.4e-5  | 1.4e-5  | 1.7e-4  |            |
 * | halting loss       | 1.8e-7  | 7.1e-6  | 3.0e-5  | 1.0e-5  | 1.6e-4  |            |
 * | logits             | 1.7e-5  | 2.3e-4  | 8.0e-3  | 2.0e-3  | 2.4e-2  | 4.6e-3     |
 * | halt logits        | 8.9e-7  | 4.1e-5  | 1.8e-4  | 5.3e-5  | 7.9e-4  | 3.1e-4     |
 *
 * Each quantity is held to its tolerance before the step named here, where float64 begins to fail it, and from there
 * to the bound beside. First gradients (float64: 1.3e-5), weights (4.7e-5), averages (1.2e-5), halting and counts
 * are met throughout. Puzzle rows move by the sign of their gradient, and a sign that rounding turns moves a number
 * by twice the learning rate of at most 0.01.
 */
type Chaos = Readonly<Record<string, { readonly from: number; readonly bound: number }>>

const chaosOfSingleState: Chaos = { logits: { from: 3, bound: 1e-3 } }

const chaosOfMlp: Chaos = {
  loss: { from: 3, bound: 1e-2 },
  answerLoss: { from: 3, bound: 1e-2 },
  haltLoss: { from: 3, bound: 1e-2 },
  logits: { from: 2, bound: 0.5 },
  'halt logits': { from: 3, bound: 0.05 },
  'continue logits': { from: 3, bound: 0.05 },
}

function allowedInChaos({ quantity, where, allowed }: Deviation, chaos: Chaos): number {
  const step = Number(/^step (\d+)$/.exec(where)?.[1] ?? 0)
  const known = chaos[quantity]
  return known && step >= known.from ? known.bound : allowed
}

function allowedForMlp(deviation: Deviation): number {
  const { quantity, where } = deviation
  if (quantity === 'evaluation logits') return 0.1
  if (quantity === 'final weights' && where === 'puzzleTable') return 0.02
  return allowedInChaos(deviation, chaosOfMlp)
}

const loose: Readonly<Record<string, (deviation: Deviation) => number>> = {
  trm_mlp: allowedForMlp,
  trm_singlez: (deviation) => allowedInChaos(deviation, chaosOfSingleState),
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
