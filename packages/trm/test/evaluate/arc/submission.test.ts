import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { InputError } from '@tiny-recursive-models/tensor'
import { scoreSubmission } from '../../../src/evaluate/arc/score.ts'
import { readSolutions } from '../../../src/evaluate/arc/solutions.ts'
import {
  formatSubmission,
  noGrid,
  readSubmission,
  readSubmissionFolder,
  type Submission,
} from '../../../src/evaluate/arc/submission.ts'
import { type Grid, gridFromJson } from '../../../src/puzzles/arc/grid.ts'

const grid = (...rows: number[][]): Grid => gridFromJson(rows, 'test grid')
const bytesOf = (text: string) => new TextEncoder().encode(text)
const read = (text: string) => readSubmission(bytesOf(text), 's.json')

const [one, two, three] = [grid([1]), grid([2, 2], [0, 2]), grid([3])]

const submission: Submission = new Map([
  ['b', [[one, two] as const, [two, noGrid] as const]],
  ['a', [[three, three] as const]],
])

test('a submission is written in the published layout and read back, plain and gzip', async () => {
  const text = formatSubmission(submission)
  assert.equal(
    text,
    '{"b": [{"attempt_1":[[1]],"attempt_2":[[2,2],[0,2]]}, {"attempt_1":[[2,2],[0,2]],"attempt_2":[]}],\n' +
      '"a": [{"attempt_1":[[3]],"attempt_2":[[3]]}]}\n',
  )
  assert.deepEqual(await read(text), submission)
  assert.deepEqual(await readSubmission(gzipSync(text), 's.json.gz'), submission)
})

test('an attempt that was not made, null, is none', async () => {
  const text =
    '{"a": [{"attempt_1": [[1]], "attempt_2": null}], "b": [{"attempt_1": null, "attempt_2": null}]}'
  assert.deepEqual(
    await read(text),
    new Map([
      ['a', [[one, noGrid]]],
      ['b', [[noGrid, noGrid]]],
    ]),
  )
})

test('a folder of answers is read, with the grid beside what is known of it', async () => {
  const answers = [
    {
      attempt_1: { answer: [[1]], metadata: { model: 'm' }, correct: true },
      attempt_2: { answer: [], metadata: {}, correct: false },
    },
    { attempt_1: { answer: null }, attempt_2: null },
  ]
  const files: Record<string, unknown> = {
    'a1.json': answers,
    'b2.json': [{ attempt_1: [[3]], attempt_2: [[3]] }],
  }
  const folder = (more: Record<string, unknown> = {}) => {
    const all = { ...files, ...more }
    return {
      list: async () => [...Object.keys(all), 'notes.txt'],
      read: async (path: string) => bytesOf(JSON.stringify(all[path.replace('answers/', '')])),
    }
  }
  const expected = new Map([
    ['a1', [[one, noGrid] as const, [noGrid, noGrid] as const]],
    ['b2', [[three, three] as const]],
  ])
  assert.deepEqual(await readSubmissionFolder('answers', folder()), expected)
  await assert.rejects(readSubmissionFolder('answers', folder({ 'all.json': { a1: answers } })), {
    message:
      'answers/all.json: expected one file of answers per task, got a second one for a1. Remove one of the files.',
  })
  await assert.rejects(readSubmissionFolder('answers', { ...folder(), list: async () => ['notes.txt'] }), {
    message: /expected files <task>\.json with answers, got none/,
  })
  await assert.rejects(
    readSubmissionFolder('answers', folder({ 'c3.json': [{ attempt_1: { answer: [[10]] } }] })),
    {
      message: /^answers\/c3\.json: task c3, test input 0/,
    },
  )
})

test('a name that means something to JavaScript is a name', async () => {
  const text = '{"__proto__": [{"attempt_1": [[1]], "attempt_2": [[2]]}], "7": []}'
  assert.deepEqual([...(await read(text)).keys()], ['7', '__proto__'])
})

const hint =
  'A submission is {"task": [{"attempt_1": grid, "attempt_2": grid}, …], …}, one entry for every test input.'
const malformed: readonly (readonly [what: string, text: string, message: string])[] = [
  ['a list', '[]', `s.json: expected an object of tasks, got a list. ${hint}`],
  ['null', 'null', `s.json: expected an object of tasks, got null. ${hint}`],
  ['a task that is no list', '{"a": 3}', `s.json: task a: expected a list of entries, got a number. ${hint}`],
  [
    'an entry that is none',
    '{"a": [{"attempt_1": [[1]], "attempt_2": [[1]]}, [[1]]]}',
    `s.json: task a, test input 1: expected attempt_1 and attempt_2, and nothing else, got a list. ${hint}`,
  ],
  [
    'a third attempt',
    '{"a": [{"attempt_1": [[1]], "attempt_2": [[1]], "attempt_3": [[1]]}]}',
    `s.json: task a, test input 0: expected attempt_1 and attempt_2, and nothing else, got attempt_1, attempt_2, attempt_3. ${hint}`,
  ],
  [
    'one attempt only',
    '{"a": [{"attempt_1": [[1]]}]}',
    `s.json: task a, test input 0: expected attempt_1 and attempt_2, and nothing else, got attempt_1. ${hint}`,
  ],
  [
    'a colour that does not exist',
    '{"a": [{"attempt_1": [[1]], "attempt_2": [[1, 10]]}]}',
    's.json: task a, test input 0, attempt_2, row 0, column 1: expected a colour from 0 to 9, got 10. A grid is a list of equally long rows of colours 0 to 9, at most 30 by 30: check the file.',
  ],
  [
    'a task that is there twice',
    '{"a": [], "a": []}',
    's.json: expected unique keys, got a twice in one object. Only one of the two would count: remove or rename the other.',
  ],
]

for (const [what, text, message] of malformed) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(read(text), (error) => error instanceof InputError && error.message === message)
  })
}

test('what is no JSON, or far too large, is refused', async () => {
  await assert.rejects(read('{"a": \x1b[31m'), (error) => {
    assert.ok(error instanceof InputError)
    assert.equal(error.expected, 'JSON')
    assert.ok(!error.message.includes('\x1b'), 'what a terminal would obey is escaped')
    return true
  })
  const bomb = gzipSync(Buffer.alloc(2 ** 25 + 1, ' '))
  await assert.rejects(readSubmission(bomb, 'bomb.gz'), {
    message:
      'bomb.gz: expected at most 33554432 bytes, got more. Raise the limit if the file is meant to be that large.',
  })
})

test('scores average over the outputs of a task, then over tasks; what is missing is wrong and named', () => {
  const solutions = new Map([
    ['b', [two, two]],
    ['a', [three]],
    ['c', [one]],
    ['d', [one, one, one]],
  ])
  const given = new Map([...submission, ['d', [[one, two] as const]]] as const)
  const score = scoreSubmission(given, solutions, 's.json')
  const { perOutput, ...figures } = score
  assert.deepEqual(figures, {
    // b: ½ and 1, a: 1 and 1, c: 0, d: ⅓
    passAt: { 1: (0.5 + 1 + 1 / 3) / 4, 2: (1 + 1 + 1 / 3) / 4 },
    tasks: 4,
    outputs: 7,
    right: { 1: 3, 2: 4 },
    missingTasks: ['c'],
    shortTasks: ['d'],
  })
  assert.deepEqual(
    perOutput.map(({ task, testIndex, attempt1, attempt2 }) => [task, testIndex, attempt1, attempt2]),
    [
      ['b', 0, false, true],
      ['b', 1, true, false],
      ['a', 0, true, true],
      ['c', 0, false, false],
      ['d', 0, true, false],
      ['d', 1, false, false],
      ['d', 2, false, false],
    ],
  )
})

test('tasks and entries that the solutions do not have are refused by name', () => {
  const names = ['\x1b[31mu1', 'u2', 'u3', 'u4', 'u5', 'u6']
  const strange: Submission = new Map([...submission, ...names.map((name) => [name, []] as const)])
  const solutions = new Map([
    ['a', [three]],
    ['b', [one, two]],
  ])
  assert.throws(() => scoreSubmission(strange, solutions, 's.json'), {
    message:
      's.json: expected tasks that have solutions, got 6 others out of 8: \\u001b[31mu1, u2, u3, u4, u5 and 1 more. Use the solutions of the same set, such as evaluation or evaluation2.',
  })
  assert.throws(() => scoreSubmission(submission, new Map([...solutions, ['b', [one]]]), 's.json'), {
    message:
      's.json: task b: expected at most 1 entries, one for each test input, got 2. Use the solutions of the same version of the set.',
  })
})

test('solutions are read, and refused with the task that is wrong', async () => {
  const read = (text: string) => readSolutions(bytesOf(text), 'z.json')
  assert.deepEqual(
    await read('{"b": [[[1]], [[2, 2], [0, 2]]], "a": [[[3]]]}'),
    new Map([
      ['b', [one, two]],
      ['a', [three]],
    ]),
  )
  const solutionsHint =
    'Solutions are {"task": [grid, …], …}, one grid for every test input: arc-agi_*_solutions.json.'
  for (const [text, message] of [
    ['{}', `z.json: expected solutions of at least one task, got none. ${solutionsHint}`],
    ['{"a": []}', `z.json: task a: expected a list of output grids, got an empty one. ${solutionsHint}`],
    ['{"a": {}}', `z.json: task a: expected a list of output grids, got an object. ${solutionsHint}`],
    [
      '{"a": [[]]}',
      'z.json: task a, output 0: expected 1 to 30 rows, got 0 rows. A grid is a list of equally long rows of colours 0 to 9, at most 30 by 30: check the file.',
    ],
  ] as const)
    await assert.rejects(read(text), { message })
})

// ../shared is not part of the project.
const shared = new URL('../../../../../../shared/data/', import.meta.url)
const skip = existsSync(shared) ? false : 'skipped: ../shared/data is not here'

for (const [name, set, first, second] of [
  ['trm_arc1_att', 'evaluation', 0.34375, 0.385],
  ['trm_arc2_att', 'evaluation2', 1 / 30, 1 / 30],
] as const) {
  test(`the published submission ${name} has its published scores, output by output`, { skip }, async () => {
    const file = (path: string) => readFileSync(new URL(path, shared))
    const published = await readSubmission(file(`predictions/${name}_submission.json.gz`), name)
    const solutions = await readSolutions(file(`arc/arc-agi_${set}_solutions.json.gz`), set)
    const { passAt, perOutput, missingTasks } = scoreSubmission(published, solutions, name)
    assert.ok(Math.abs(passAt[1] - first) < 1e-12, String(passAt[1]))
    assert.ok(Math.abs(passAt[2] - second) < 1e-12, String(passAt[2]))
    assert.deepEqual(missingTasks, [])
    const lines = perOutput.map(
      ({ task, testIndex, attempt1, attempt2 }) =>
        `${task},${testIndex},${Number(attempt1)},${Number(attempt2)}`,
    )
    const recorded = file(`predictions/${name}_per_output.csv`).toString().trim().split(/\r?\n/).slice(1)
    assert.deepEqual(lines.sort(), recorded.sort())
  })
}
