import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import {
  applyTransform,
  drawTransform,
  packTransform,
  unpackTransform,
} from '../../../src/puzzles/arc/augment.ts'
import { pairFingerprint, pairOutline, taskDigests } from '../../../src/puzzles/arc/digest.ts'
import { gridKey } from '../../../src/puzzles/arc/grid.ts'
import { type ArcTask, allPairs } from '../../../src/puzzles/arc/task.ts'
import { arcVersions } from '../../../src/puzzles/arc/versions.ts'
import { grid, sampleTask } from './sample-tasks.ts'

/** The whole content under a transform, as a text. */
function content(task: ArcTask, packed: number): string {
  const transform = unpackTransform(packed)
  return allPairs(task)
    .map(({ input, output }) => {
      const key = (value: typeof output) => (value ? gridKey(applyTransform(transform, value)) : 'unknown')
      return `${key(input)}>${key(output)}`
    })
    .sort()
    .join('|')
}

/** Symmetric grids of two colours: 9 · 8 colourings under at most 8 symmetries, many of them alike. */
const symmetric: ArcTask = {
  id: 'symmetric',
  subset: 's',
  train: [{ input: grid([1, 0], [0, 1]), output: grid([2]) }],
  test: [{ input: grid([0, 1], [1, 0]), output: null }],
}

test('versions all differ in content, and none is the published one', () => {
  for (const task of [sampleTask('a', 's'), symmetric]) {
    const { packed, identifiers } = arcVersions([task], { augmentations: 60, seed: 3 })
    const contents = Array.from(packed.subarray(1), (version) => content(task, version))
    assert.equal(packed[0], 0)
    assert.equal(packed[1], 0)
    assert.equal(new Set(contents).size, identifiers - 1)
  }
})

test('digests are equal exactly where contents are', () => {
  const random = new RandomStream(1, 'digests')
  for (const task of [sampleTask('a', 's'), symmetric]) {
    const digestOf = taskDigests(allPairs(task))
    const seen = new Map<string, number>()
    for (let trial = 0; trial < 3000; trial++) {
      const transform = drawTransform(random)
      const key = content(task, packTransform(transform))
      const digest = digestOf(transform)
      assert.equal(seen.get(key) ?? digest, digest)
      seen.set(key, digest)
    }
    assert.equal(new Set(seen.values()).size, seen.size)
  }
})

test('a task with few versions gets those that are found in five tries each', () => {
  // Diagonal and antidiagonal exchange places under quarter turns, but only one of them has a known output:
  // 9 · 8 colourings, each in two ways, without the published one.
  const { identifiers } = arcVersions([symmetric], { augmentations: 1000, seed: 0 })
  const every = new Set<string>()
  for (let packed = 0; packed < 8 * 362_880; packed += 1)
    if (packed < 8 || packed % 97 < 8) every.add(content(symmetric, packed))
  assert.equal(every.size, 144)
  assert.equal(identifiers - 1, 144)
  const few = arcVersions([symmetric], { augmentations: 20, seed: 0 })
  assert.equal(few.identifiers, 1 + 21)
})

test('identifiers go through the tasks in order, and a task does not depend on the others', () => {
  const [a, b] = [sampleTask('a', 's'), sampleTask('b', 's', 1)]
  const both = arcVersions([a, b], { augmentations: 10, seed: 7 })
  assert.deepEqual([...both.starts], [1, 12, 23])
  assert.equal(both.identifiers, 23)
  assert.equal(both.count(1), 11)
  assert.equal(both.identifier(1, 3), 15)
  const alone = arcVersions([b], { augmentations: 10, seed: 7 })
  assert.deepEqual([...alone.packed.subarray(1)], [...both.packed.subarray(12)])
  const longer = arcVersions([b], { augmentations: 20, seed: 7 })
  assert.deepEqual([...longer.packed.subarray(1, 12)], [...alone.packed.subarray(1)])
  const other = arcVersions([b], { augmentations: 10, seed: 8 })
  assert.notDeepEqual([...other.packed], [...alone.packed])
  assert.equal(arcVersions([a, b], { augmentations: 0, seed: 0 }).identifiers, 3)
})

test('pairs have one fingerprint under all symmetries and colours, and others another', () => {
  const random = new RandomStream(2, 'fingerprint')
  const input = grid([1, 2, 0], [3, 3, 5])
  const output = grid([5, 1], [0, 0])
  const outline = pairOutline({ input, output })
  const fingerprint = pairFingerprint({ input, output })
  for (let trial = 0; trial < 100; trial++) {
    const transform = drawTransform(random)
    const changed = { input: applyTransform(transform, input), output: applyTransform(transform, output) }
    assert.equal(pairFingerprint(changed), fingerprint)
    assert.equal(pairOutline(changed), outline)
  }
  assert.notEqual(pairFingerprint({ input: output, output: input }), fingerprint)
  assert.notEqual(pairFingerprint({ input, output: grid([5, 1], [0, 1]) }), fingerprint)
  assert.notEqual(pairFingerprint({ input: grid([1, 2, 0], [3, 3, 0]), output }), fingerprint)
  assert.notEqual(pairFingerprint({ input, output: grid([5, 1, 0, 0]) }), fingerprint)
})
