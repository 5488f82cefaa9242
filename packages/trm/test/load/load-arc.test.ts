import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReadDataFile } from '../../src/data/parts.ts'
import { puzzleAt, selectPuzzles } from '../../src/data/puzzle-set.ts'
import { isArcPuzzleSet } from '../../src/puzzles/arc/arc-puzzle-set.ts'
import { gridToJson } from '../../src/puzzles/arc/grid.ts'
import type { ArcRecord } from '../../src/puzzles/arc/load-arc.ts'
import type { ArcTask } from '../../src/puzzles/arc/task.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { grid, memoryFiles, sampleTask } from '../puzzles/arc/sample-tasks.ts'

const json = ({ train, test }: ArcTask) => ({
  train: train.map(({ input, output }) => ({ input: gridToJson(input), output: gridToJson(output) })),
  test: test.map(({ input, output }) => ({ input: gridToJson(input), output: gridToJson(output!) })),
})
const unlike = (task: ArcTask, ...row: number[]): ArcTask => ({
  ...task,
  test: [{ input: grid(row), output: grid([...row].reverse()) }],
})
const { read, list } = memoryFiles({
  'arc/training/a.json': json(unlike(sampleTask('a', 'training'), 1, 1, 2)),
  'arc/training/b.json': json(unlike(sampleTask('b', 'training', 1), 1, 0, 2)),
  'arc/evaluation/c.json': json(unlike(sampleTask('c', 'evaluation', 2), 0, 1, 1)),
  'arc/training2/c.json': json(unlike(sampleTask('c', 'training2', 2), 0, 1, 1)),
})
const readFile: ReadDataFile = Object.assign((path: string) => read(path), { list })
const data = {
  kind: 'arc',
  path: 'arc',
  subsets: ['training', 'evaluation'],
  test: 'evaluation',
  validation: 1,
  augmentations: 3,
  canvas: 5,
  longestSide: null,
  allowLeak: false,
  seed: 4,
} as const

test('ARC data gives a stream to train on, and questions to validate and test on', async () => {
  const { train, validation, test: asked, record, checksum } = await loadDataSets(data, readFile)
  assert.deepEqual([train.count, train.cells, train.symbols, train.identifiers], [40, 25, 12, 13])
  assert.deepEqual([validation.count, asked.count], [4, 4])
  assert.ok(isArcPuzzleSet(asked) && isArcPuzzleSet(validation))
  assert.equal(asked.arcAt(3).version, 3)
  const { arc, ...rest } = record as typeof record & { arc: ArcRecord }
  assert.deepEqual(
    { ...arc, validationTasks: arc.validationTasks.length },
    {
      tasks: 3,
      tooLarge: 0,
      repeated: 0,
      leaks: [],
      validationInputs: 1,
      testInputs: 1,
      validationTasks: 1,
    },
  )
  assert.deepEqual([rest.kind, rest.augment, rest.identifiers], ['arc', 'arc', 13])
  assert.equal(checksum, [train.checksum, record.validation.checksum, record.test.checksum].join('-'))
  const { inputs, labels, identifier } = train.examples(0).draw(0)
  assert.deepEqual([inputs.length, labels.length], [25, 25])
  assert.ok(identifier >= 1 && identifier < 13)
  const stored = selectPuzzles(asked, [2, 0])
  assert.deepEqual(puzzleAt(stored, 0), puzzleAt(asked, 2))
})

test('the same data is the same puzzles, and another seed is others', async () => {
  const [first, again, other] = await Promise.all([
    loadDataSets(data, readFile),
    loadDataSets(data, readFile),
    loadDataSets({ ...data, seed: 5 }, readFile),
  ])
  assert.equal(first.checksum, again.checksum)
  assert.notEqual(first.checksum, other.checksum)
})

test('leaks are refused, and recorded where they are forced', async () => {
  const leaking = { ...data, subsets: ['training', 'training2', 'evaluation'] }
  await assert.rejects(loadDataSets(leaking, readFile), {
    name: 'InputError',
    message: /^ARC test set "evaluation": expected .*, got 1 in "training2", such as task c\./,
  })
  const { record } = await loadDataSets({ ...leaking, allowLeak: true }, readFile)
  assert.deepEqual([(record.arc as ArcRecord).leaks, (record.arc as ArcRecord).repeated], [['c'], 1])
})

test('ARC data needs a folder, and a reader that lists it', async () => {
  await assert.rejects(loadDataSets({ ...data, path: null }, readFile), {
    message:
      'data.path: expected a folder of ARC files (arc-agi_<set>_challenges.json and _solutions.json, plain or .gz), got null. Set `data.path=FOLDER`.',
  })
  await assert.rejects(loadDataSets(data, read), {
    message:
      'loadDataSets: expected a function that reads files and, for ARC data, lists folders, got one without `list`. Pass readDataFile of @tiny-recursive-models/trm/node, or add `list`.',
  })
})
