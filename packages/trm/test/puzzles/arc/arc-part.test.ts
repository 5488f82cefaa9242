import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arcSetOfTask, arcWithAugmentations, sampleArcSet } from '../../../src/puzzles/arc/arc-part.ts'
import { type ArcPuzzleSet, arcPuzzleSet } from '../../../src/puzzles/arc/arc-puzzle-set.ts'
import type { ArcTask } from '../../../src/puzzles/arc/task.ts'
import { arcVersions } from '../../../src/puzzles/arc/versions.ts'
import { sampleTask } from './sample-tasks.ts'

/** Task b has two test inputs. */
const tasks: ArcTask[] = [0, 1, 2, 3].map((shift) => {
  const task = sampleTask('abcd'[shift]!, 'evaluation', shift)
  return shift === 1 ? { ...task, test: [...task.test, task.train[1]!] } : task
})
const versions = arcVersions(tasks, { augmentations: 4, seed: 1 })
const set = arcPuzzleSet({
  name: 'whole',
  canvas: 5,
  versions,
  identifierDigest: '',
  tasks,
  asked: [1, 2, 3],
})

const asked = (part: ArcPuzzleSet) =>
  Array.from({ length: part.count }, (_, index) => {
    const { task, taskIndex, testIndex, version } = part.arcAt(index)
    assert.equal(part.tasks[taskIndex]!.id, task)
    return `${task}${testIndex} ${version}`
  })

test('fewer augmentations are a part of the same questions, in the same order', () => {
  const part = arcWithAugmentations(set, 1)
  assert.deepEqual(asked(part), ['b0 0', 'b1 0', 'c0 0', 'd0 0', 'b0 1', 'b1 1', 'c0 1', 'd0 1'])
  assert.deepEqual([part.count, part.inputs, part.name], [8, 4, 'whole, 1 augmentation'])
  assert.deepEqual(asked(arcWithAugmentations(set, 0)), ['b0 0', 'b1 0', 'c0 0', 'd0 0'])
  assert.equal(arcWithAugmentations(set, 4), set)
  assert.equal(arcWithAugmentations(set, 1000), set)
  for (const index of [0, 5, 7]) assert.deepEqual(part.at(index), set.at(index))
  assert.throws(() => part.at(8), {
    message:
      'puzzle set "whole, 1 augmentation": expected a puzzle from 0 to 7, got 8. Puzzles are counted from 0.',
  })
})

test('a sample asks every test input as long as it can, then whole tasks', () => {
  assert.equal(sampleArcSet(set, 20, 0), set)
  const smaller = sampleArcSet(set, 6, 0)
  assert.deepEqual(asked(smaller), ['b0 0', 'b1 0', 'c0 0', 'd0 0', 'b0 1', 'b1 1'])
  assert.deepEqual([smaller.tasks.length, smaller.inputs], [3, 4])
  const seen = new Set<string>()
  for (let seed = 0; seed < 20; seed++) {
    const part = sampleArcSet(set, 2, seed)
    const names = asked(part)
    assert.equal(names.length, part.count)
    assert.deepEqual([part.count, part.inputs], [2, 2])
    assert.deepEqual(
      part.tasks.map(({ id }) => id),
      [...new Set(names.map((name) => name[0]))],
    )
    assert.deepEqual(asked(sampleArcSet(set, 2, seed)), names, 'the same seed gives the same sample')
    seen.add(names.join())
  }
  assert.deepEqual([...seen].sort(), ['b0 0,b1 0', 'c0 0,d0 0'])
})

test('one task has all its versions, and counts as the only one', () => {
  const part = arcSetOfTask(set, 'c')
  assert.deepEqual(asked(part), ['c0 0', 'c0 1', 'c0 2', 'c0 3', 'c0 4'])
  assert.deepEqual([part.tasks.length, part.inputs], [1, 1])
  assert.throws(() => arcSetOfTask(set, 'a'), {
    message:
      'puzzle set "whole": expected a task a, got 3 others. Name a task of the set that the run is tested on.',
  })
})

test('parts have checksums of their own', () => {
  const parts = [set, arcWithAugmentations(set, 1), arcWithAugmentations(set, 2), arcSetOfTask(set, 'c')]
  assert.equal(new Set(parts.map(({ checksum }) => checksum)).size, 4)
  assert.equal(arcWithAugmentations(set, 1).checksum, parts[1]!.checksum)
})
