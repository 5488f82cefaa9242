import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { applyTransform, invertTransform } from '../../../src/puzzles/arc/augment.ts'
import { type ArcBuildOptions, buildArc } from '../../../src/puzzles/arc/build.ts'
import { cropTokens, encodeGrid } from '../../../src/puzzles/arc/encode.ts'
import { gridsEqual } from '../../../src/puzzles/arc/grid.ts'
import { findArcLeaks } from '../../../src/puzzles/arc/leaks.ts'
import { readArcSubset } from '../../../src/puzzles/arc/read.ts'
import type { ArcTask } from '../../../src/puzzles/arc/task.ts'
import { grid, sampleTask } from './sample-tasks.ts'

const training = [sampleTask('a', 'training'), sampleTask('b', 'training', 1)]
const evaluation = [sampleTask('c', 'evaluation', 2), sampleTask('d', 'evaluation', 3)]
/** Samples are recoloured copies of each other: their pairs are the same up to colours. */
const unlike = (task: ArcTask, ...row: number[]): ArcTask => ({
  ...task,
  test: [{ input: grid(row), output: grid([...row].reverse()) }],
})
const options: ArcBuildOptions = {
  testSubset: 'evaluation',
  validation: 0,
  augmentations: 5,
  seed: 1,
  canvas: 6,
}
const tests = [unlike(evaluation[0]!, 1, 2, 1), unlike(evaluation[1]!, 1, 2, 3, 3)]
const sets = [[unlike(training[0]!, 0, 1, 1, 2), unlike(training[1]!, 1, 0, 0, 2)], tests]

test('test pairs of the test set are held out, all others are trained on', () => {
  const { tasks, trainingPairs, test: asked, versions, validation } = buildArc(sets, options)
  assert.deepEqual(
    tasks.map(({ id }) => id),
    ['a', 'b', 'c', 'd'],
  )
  assert.deepEqual(
    trainingPairs.map((pairs) => pairs.length),
    [4, 4, 3, 3],
  )
  assert.equal(versions.identifiers, 1 + 4 * 6)
  assert.deepEqual([asked.inputs, asked.count, validation.count], [2, 12, 0])
  assert.deepEqual(
    asked.tasks.map(({ id }) => id),
    ['c', 'd'],
  )
})

test('validation holds out tasks outside the test set, and no pair that another task shows', () => {
  const { tasks, trainingPairs, validation } = buildArc(sets, { ...options, validation: 1 })
  const held = tasks.findIndex(({ id }) => id === validation.tasks[0]!.id)
  assert.ok(held === 0 || held === 1)
  assert.deepEqual(
    trainingPairs.map((pairs) => pairs.length),
    held === 0 ? [3, 4, 3, 3] : [4, 3, 3, 3],
  )
  assert.equal(validation.count, 6)
  // The test pair of b is now a training pair of c.
  const shown = {
    ...tests[0]!,
    train: [...tests[0]!.train, { input: grid([2, 0, 0, 1]), output: grid([1, 0, 0, 2]) }],
  }
  const one = buildArc([sets[0]!, [shown, tests[1]!]], { ...options, validation: 1 })
  assert.equal(one.validation.tasks[0]!.id, 'a')
  assert.throws(() => buildArc([sets[0]!, [shown, tests[1]!]], { ...options, validation: 2 }), {
    message:
      'ARC validation: expected at most 1 tasks, the number outside the test set "evaluation", got 2. Lower data.validation, or add a set to data.subsets.',
  })
})

test('questions come by version, and undone they are those of the task', () => {
  const { test: asked } = buildArc(sets, options)
  const order = Array.from({ length: asked.count }, (_, index) => {
    const { task, version } = asked.arcAt(index)
    return `${task}${version}`
  })
  assert.deepEqual(order, ['c0', 'd0', 'c1', 'd1', 'c2', 'd2', 'c3', 'd3', 'c4', 'd4', 'c5', 'd5'])
  const identifiers = new Set<number>()
  for (let index = 0; index < asked.count; index++) {
    const { taskIndex, testIndex, transform } = asked.arcAt(index)
    const { inputs, labels, identifier } = asked.at(index)
    const { input, output } = asked.tasks[taskIndex]!.test[testIndex]!
    const undo = invertTransform(transform)
    assert.ok(gridsEqual(applyTransform(undo, cropTokens(inputs, 6)), input))
    assert.ok(gridsEqual(applyTransform(undo, cropTokens(labels, 6)), output!))
    identifiers.add(identifier)
  }
  assert.deepEqual(
    [...identifiers].sort((x, y) => x - y),
    [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  )
  assert.deepEqual(asked.at(0).inputs, encodeGrid(tests[0]!.test[0]!.input, 6))
  assert.throws(() => asked.arcAt(12), {
    message: 'puzzle set "evaluation": expected a puzzle from 0 to 11, got 12. Puzzles are counted from 0.',
  })
})

test('an unknown solution is asked but not scored', () => {
  const unsolved = tests.map((task) => ({ ...task, test: [{ ...task.test[0]!, output: null }] }))
  const { test: asked } = buildArc([sets[0]!, unsolved], options)
  assert.ok(asked.at(3).labels.every((label) => label === -100))
})

test('tasks that are too large are left out, and nothing left is an error', () => {
  const build = buildArc(sets, { ...options, longestSide: 3 })
  assert.deepEqual([build.tooLarge, build.tasks.map(({ id }) => id)], [3, ['c']])
  assert.equal(build.validation.count, 0)
  assert.throws(() => buildArc(sets, { ...options, longestSide: 2 }), {
    message:
      'ARC test set "evaluation": expected at least one task with grids of at most 2×2, got 2 larger ones. Set data.test to one of data.subsets, and allow larger grids.',
  })
  assert.throws(() => buildArc([sets[0]!], options), {
    message:
      'ARC test set "evaluation": expected at least one task with grids of at most 6×6, got a set that is not among those read. Set data.test to one of data.subsets, and allow larger grids.',
  })
})

test('a test task that another set has too is refused by its id', () => {
  const other = [{ ...unlike(sampleTask('c', 'training2', 5), 7, 7, 0, 7), subset: 'training2' }]
  assert.throws(() => buildArc([...sets, other], options), {
    name: 'InputError',
    message:
      'ARC test set "evaluation": expected test tasks with no test pair in training, got 1 in "training2", such as task c. Leave that set out of data.subsets. (With data.allowLeak=true they are trained on, and the score means nothing.)',
  })
  const forced = buildArc([...sets, other], { ...options, allowLeak: true })
  assert.deepEqual([forced.tasks.length, forced.repeated], [4, 1])
  assert.deepEqual(
    forced.trainingPairs.map((pairs) => pairs.length),
    [4, 4, 4, 3],
  )
  assert.deepEqual(
    forced.leaks.map(({ heldOut, shownIn, what }) => [heldOut, shownIn, what]),
    [['c', 'training2', 'task']],
  )
})

test('a test pair in another task is refused by its content, also turned and recoloured', () => {
  // Test pair of d: 1 2 3 3 > 3 3 2 1, turned upright, colours renamed.
  const copy = { input: grid([8], [8], [5], [4]), output: grid([4], [5], [8], [8]) }
  const showing = (id: string, subset: string, train: boolean): ArcTask => {
    const task = unlike(sampleTask(id, subset), 9, 0, 0, 0)
    return train ? { ...task, train: [...task.train, copy] } : { ...task, test: [copy] }
  }
  for (const train of [true, false]) {
    assert.throws(() => buildArc([...sets, [showing('x', 'more', train)]], options), {
      message: /got 1 in "more", such as a test pair of d, which x shows\. Leave/,
    })
  }
  // A task of the test set shows training pairs only.
  assert.throws(() => buildArc([...sets, [showing('x', 'evaluation', true)]], options), {
    message: /got 1 in "evaluation", such as a test pair of d, which x shows/,
  })
  assert.deepEqual(findArcLeaks([...tests, showing('x', 'evaluation', false)], []), [])
})

test('a checksum depends on tasks, seed, augmentations and canvas, and on the split', () => {
  const of = (changed: Partial<ArcBuildOptions>) => {
    const build = buildArc(sets, { ...options, ...changed })
    return `${build.checksum}-${build.validation.checksum}-${build.test.checksum}`
  }
  const all = [of({}), of({ seed: 2 }), of({ augmentations: 4 }), of({ canvas: 7 }), of({ validation: 1 })]
  assert.equal(new Set(all).size, all.length)
  assert.equal(of({}), all[0])
})

const shared = new URL('../../../../../../shared/data/arc', import.meta.url)
const skip = existsSync(shared) ? false : 'skipped: ../shared/data is not here'
const folder = shared.pathname
const files = { read: (path: string) => readFile(path), list: (path: string) => readdir(path) }
const readSets = (...names: string[]) => Promise.all(names.map((name) => readArcSubset(folder, name, files)))
const small = { validation: 0, augmentations: 1, seed: 0, canvas: 30 }

test('the published sets have their published sizes', { skip }, async () => {
  const counts: Record<string, number> = {}
  for (const name of ['training', 'evaluation', 'training2', 'evaluation2', 'evaluation2-current', 'concept'])
    counts[name] = (await readArcSubset(folder, name, files)).length
  assert.deepEqual(counts, {
    training: 400,
    evaluation: 400,
    training2: 1000,
    evaluation2: 120,
    'evaluation2-current': 120,
    concept: 160,
  })
  const one = buildArc(await readSets('training', 'evaluation', 'concept'), {
    ...small,
    testSubset: 'evaluation',
  })
  assert.deepEqual([one.tasks.length, one.test.inputs, one.test.tasks.length], [960, 419, 400])
  assert.equal(
    one.trainingPairs.reduce((sum, pairs) => sum + pairs.length, 0),
    1302 + 416 + 1363 + 427 + 480,
  )
  assert.deepEqual(
    one.leaks.map(({ heldOut, shownBy }) => [heldOut, shownBy]),
    [
      ['070dd51e', '40853293'],
      ['50a16a69', 'caa06a1f'],
    ],
  )
  const two = buildArc(await readSets('training2', 'evaluation2', 'concept'), {
    ...small,
    testSubset: 'evaluation2',
  })
  assert.deepEqual([two.tasks.length, two.test.inputs, two.leaks], [1280, 172, []])
})

test('leaking combinations of the published sets are refused', { skip }, async () => {
  const message = async (testSubset: string, ...names: string[]) => {
    const read = await readSets(...names)
    try {
      return String(buildArc(read, { ...small, augmentations: 0, testSubset }).tasks.length)
    } catch (error) {
      return (error as Error).message.match(/got (.*?), such as/)?.[1]
    }
  }
  assert.equal(await message('evaluation', 'training2', 'evaluation'), '376 in "training2"')
  assert.equal(
    await message('evaluation', 'training', 'evaluation', 'evaluation2', 'concept'),
    '6 in "evaluation2"',
  )
  assert.equal(await message('evaluation2', 'training2', 'evaluation', 'evaluation2'), '6 in "evaluation"')
  assert.equal(
    await message('evaluation2', 'evaluation2-current', 'evaluation2'),
    '120 in "evaluation2-current"',
  )
  assert.equal(
    await message('evaluation2', 'training', 'training2', 'evaluation2'),
    String(400 + 1000 - 391 + 120),
  )
})

test('the full ARC-AGI-1 build has 876,410 identifiers', { skip }, async () => {
  const build = buildArc(await readSets('training', 'evaluation', 'concept'), {
    ...small,
    testSubset: 'evaluation',
    augmentations: 1000,
  })
  assert.equal(build.versions.identifiers, 876_410)
  assert.equal(build.test.count, 385_817)
  assert.equal(build.checksum, '9c1c8f59c2fcac2c')
})
