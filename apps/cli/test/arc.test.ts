import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { InputError } from '@tiny-recursive-models/trm'
import { scoreSubmission } from '@tiny-recursive-models/trm/evaluate/arc'
import { type Grid, gridFromJson } from '@tiny-recursive-models/trm/puzzles/arc'
import { zipSync } from 'fflate'
import { describeDifference, differingCells } from '../src/arc/picture.ts'
import { findArcTask } from '../src/arc/task.ts'
import { describeScore } from '../src/commands/arc-score.ts'
import { attemptsFor } from '../src/commands/arc-show.ts'
import { describeLeak } from '../src/output/arc-build.ts'
import { type CellGrid, linesOf, type Picture } from '../src/output/picture.ts'
import { pictureSvg } from '../src/output/picture-svg.ts'
import { drawPicture } from '../src/output/picture-terminal.ts'
import { escapeXml } from '../src/output/svg.ts'
import { runTrm } from './run-trm.ts'

const task = {
  train: [{ input: [[1, 0]], output: [[0], [1]] }],
  test: [{ input: [[2, 0, 3]] }, { input: [[4]] }],
}
const solutions = { t1: [[[2], [0], [3]], [[4]]], t2: [[[1, 1]]] }
const challenges = { t1: task, t2: { ...task, test: [{ input: [[9]] }] } }
const submission = {
  t1: [
    { attempt_1: [[2], [9], [3]], attempt_2: [[2]] },
    { attempt_1: [[4]], attempt_2: [] },
  ],
}

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trm-arc-'))
  const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value))
  await mkdir(join(folder, 'data'))
  await mkdir(join(folder, 'single', 'mine'), { recursive: true })
  await write('data/arc-agi_evaluation2-current_challenges.json', { t2: challenges.t2 })
  await write('data/arc-agi_evaluation_challenges.json', challenges)
  await writeFile(
    join(folder, 'data/arc-agi_evaluation_solutions.json.gz'),
    gzipSync(JSON.stringify(solutions)),
  )
  await write('single/mine/t3.json', {
    train: task.train,
    test: [{ input: [[5]], output: [[6]] }],
  })
  await write('s.json', submission)
  await write('z.json', solutions)
  await mkdir(join(folder, 'answers'))
  await write('answers/t2.json', [{ attempt_1: { answer: [[1, 1]], correct: true }, attempt_2: null }])
  await mkdir(join(folder, 'sets'))
  const solved = { train: task.train, test: [{ input: [[5]], output: [[6]] }] }
  await write('sets/arc1.json', { train: { t4: solved }, eval: { t5: { ...solved, test: task.train } } })
  await mkdir(join(folder, 'pairs', 'tasks'), { recursive: true })
  await write('pairs/tasks/t6.json', task.train)
  await write('pairs/metadata.json', { t6: { n_examples: 1 } })
  await mkdir(join(folder, 'twice'))
  await writeFile(
    join(folder, 'twice/arc-agi_evaluation_challenges.json'),
    `{"t1": ${JSON.stringify(task)}, "t1": ${JSON.stringify(task)}}`,
  )
  await writeFile(join(folder, 'twice.json'), '{"t2": [[[1, 1]]], "t2": [[[1, 2]]]}')
})
after(() => rm(folder, { recursive: true, force: true }))

test('arc score prints both shares and names what is missing', async () => {
  const { code, stdout } = await runTrm(folder, 'arc', 'score', 's.json', '--solutions', 'z.json')
  assert.equal(code, 0)
  assert.equal(
    stdout,
    [
      'warning: 1 task is not in the submission, which counts as wrong: t2',
      'pass@1  25.00 % of 2 tasks (1 of 3 test outputs correct)',
      'pass@2  25.00 % of 2 tasks (1 of 3 test outputs correct)',
      '',
    ].join('\n'),
  )
  const json = await runTrm(folder, 'arc', 'score', 's.json', '--solutions', 'z.json', '--json')
  assert.deepEqual(JSON.parse(json.stdout), {
    passAt: { 1: 0.25, 2: 0.25 },
    tasks: 2,
    outputs: 3,
    right: { 1: 1, 2: 1 },
    missingTasks: ['t2'],
    shortTasks: [],
  })
})

test('arc show draws a task and marks what differs in the attempts', async () => {
  const arguments_ = ['arc', 'show', 't1', '--from', 'data', '--submission', 's.json']
  const { code, stdout } = await runTrm(folder, ...arguments_, '--svg', 'p.svg')
  assert.equal(code, 0)
  assert.equal(
    stdout,
    `t1 · evaluation · 1 training pair, 2 test inputs

training pair 1
input 1×2   output 2×1
┌────┐      ┌──┐
│ 1 ·│      │ ·│
└────┘      │ 1│
            └──┘

test input 1
input 1×3   solution 3×1   attempt 1             attempt 2
┌──────┐    ┌──┐           ┌──┐                  ┌──┐
│ 2 · 3│    │ 2│           │ 2│                  │ 2│
└──────┘    │ ·│           │*9│                  └──┘
            │ 3│           │ 3│                  1×1 instead of 3×1
            └──┘           └──┘
                           1 of 3 cells differ

test input 2
input 1×1   solution 1×1   attempt 1   attempt 2
┌──┐        ┌──┐           ┌──┐        (empty)
│ 4│        │ 4│           │ 4│        0×0 instead of 1×1
└──┘        └──┘           └──┘
                           correct
`,
  )
  const svg = await readFile(join(folder, 'p.svg'), 'utf8')
  assert.equal(svg.match(/stroke-width="2"/g)?.length, 1, 'one cell is crossed')
  const json = await runTrm(folder, ...arguments_, '--json')
  const { test: shown } = JSON.parse(json.stdout) as {
    test: { answers: { right: boolean; differing: number[] }[] }[]
  }
  assert.deepEqual(
    shown.map(({ answers }) => answers.map(({ right, differing }) => [right, differing])),
    [
      [
        [false, [1]],
        [false, []],
      ],
      [
        [true, []],
        [false, []],
      ],
    ],
  )
})

test('every test output can be listed', () => {
  const grids = (colours: number[]) => colours.map((colour) => gridFromJson([[colour]], 'grid'))
  const submission = new Map([
    ['a', [[...grids([1, 2])] as [Grid, Grid], [...grids([3, 4])] as [Grid, Grid]]],
  ])
  const score = scoreSubmission(submission, new Map([['a', grids([2, 3])]]), 's.json')
  assert.equal(
    describeScore(score, true),
    [
      'task  test input  attempt 1  attempt 2',
      'a              1  wrong      correct',
      'a              2  correct    wrong',
      '',
      'pass@1  50.00 % of 1 task (1 of 2 test outputs correct)',
      'pass@2  100.00 % of 1 task (2 of 2 test outputs correct)',
    ].join('\n'),
  )
})

test('a submission without the task is refused', async () => {
  const task = await findArcTask('t2', [join(folder, 'data')])
  const path = join(folder, 's.json')
  await assert.rejects(attemptsFor(task, path), {
    message: `${path}: expected attempts for task t2, got 1 other task. Use the submission for the set that contains the task.`,
  })
})

test('a task is found in challenges with their solutions, in task files and in folders of them', async () => {
  const at = (...parts: string[]) => join(folder, ...parts)
  const found = await findArcTask('t2', [at('data')])
  assert.equal(found.subset, 'evaluation', 'sets in the order of their publication')
  assert.deepEqual([...found.test[0]!.output!.colours], [1, 1])
  const single = await findArcTask('t3', [at('data'), at('single')])
  assert.deepEqual([single.subset, single.test[0]!.output!.colours[0]], ['mine', 6])
  assert.equal((await findArcTask('t3', [at('single', 'mine', 't3.json')])).id, 't3')
  const unsolved = at('data', 'arc-agi_evaluation2-current_challenges.json')
  assert.equal((await findArcTask('t2', [unsolved])).test[0]!.output, null)
})

test('a task that is nowhere is refused', async () => {
  const data = join(folder, 'data')
  await assert.rejects(findArcTask('t9', [data]), (error) => {
    assert.ok(error instanceof InputError)
    assert.equal(
      error.message,
      `${data}: expected a task t9, got no such task in 2 files. Use --from to name arc-agi_*_challenges.json, a task file or a folder of them; task ids look like 0b17323b.`,
    )
    return true
  })
  await assert.rejects(findArcTask('toString', [data]), /expected a task toString/)
  await assert.rejects(findArcTask('t1', [join(folder, 'nowhere')]), /no such file or folder/)
})

test('cells outside of the solution differ, and its size is named', () => {
  const [answer, solution] = [
    gridFromJson(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'answer',
    ),
    gridFromJson([[1], [2], [3]], 'solution'),
  ]
  assert.deepEqual([...differingCells(answer, solution)], [1, 2, 3, 4, 5])
  assert.equal(describeDifference(answer, solution), '2×3 instead of 3×1')
  assert.equal(describeDifference(solution, solution), 'correct')
})

const palette = [
  { colour: '#000000', sign: '.' },
  { colour: '#ffdc00', sign: '4' },
]
const grid: CellGrid = { rows: 1, columns: 3, cells: [0, 1, 1], marked: new Set([2]) }
const picture = (...groups: Picture['rows'][0]['groups']): Picture => ({
  title: 'a <b>',
  palette,
  rows: [{ groups }],
})

test('cells are grounds of their colour, in 24 bits or in the palette of 256', () => {
  const [, , , , full] = drawPicture(picture([{ title: 'g', grid }]), { colours: 'full', width: 80 }).split(
    '\n',
  )
  assert.equal(full, '│\x1b[48;2;0;0;0m  \x1b[48;2;255;220;0;38;2;0;0;0m  ><\x1b[0m│')
  const indexed = drawPicture(picture([{ title: 'g', grid }]), { colours: 'indexed', width: 80 }).split(
    '\n',
  )[4]
  assert.equal(indexed, '│\x1b[48;5;16m  \x1b[48;5;220;38;5;16m  ><\x1b[0m│')
})

test('what does not fit becomes narrow where there are colours, and stands below where not', () => {
  const panels = [{ title: 'g', grid }]
  const narrow = drawPicture(picture(panels, panels), { colours: 'full', width: 15 }).split('\n')
  assert.equal(narrow[3], '┌───┐   ┌───┐')
  assert.ok(narrow[4]!.includes(' ×\x1b[0m│'))
  const below = drawPicture(picture(panels, panels), { colours: 'none', width: 15 })
  assert.equal(below, 'a <b>\n\ng\n┌──────┐\n│ . 4*4│\n└──────┘\n\ng\n┌──────┐\n│ . 4*4│\n└──────┘')
})

test('groups stay together where a line is too short for all', () => {
  const items = [1, 2, 3, 4].map((name) => ({ name, width: 10 }))
  const groups = [items.slice(0, 1), items.slice(1)]
  const names = (width: number) => linesOf(groups, width, 2).map((line) => line.map(({ name }) => name))
  assert.deepEqual(names(46), [[1, 2, 3, 4]])
  assert.deepEqual(names(45), [[1], [2, 3, 4]])
  assert.deepEqual(names(33), [[1], [2, 3], [4]])
  assert.deepEqual(names(5), [[1], [2], [3], [4]])
})

test('an SVG has one shape for equal neighbours, and nothing that XML cannot hold', () => {
  const svg = pictureSvg(picture([{ title: 'g', grid, caption: 'c' }]))
  // The ground, then one black and one yellow shape.
  assert.deepEqual(svg.match(/fill="#[0-9a-f]+"\/>/g), [
    'fill="#fff"/>',
    'fill="#000000"/>',
    'fill="#ffdc00"/>',
  ])
  assert.match(svg, />a &#60;b&#62;</)
  assert.equal(escapeXml('\u0000\ufffe\n"&'), '��\n&#34;&#38;')
  assert.ok(!/NaN|Infinity|undefined/.test(svg))
})

test('only leaks of the published set itself are told as such', () => {
  const pair = { heldOut: '070dd51e', shownBy: '40853293', shownIn: 'training', what: 'pair' } as const
  assert.equal(
    describeLeak(pair),
    'note: a test pair of 070dd51e is a training pair of 40853293 (training), also in the published set',
  )
  assert.equal(
    describeLeak({ ...pair, shownBy: 'mine', shownIn: 'extra' }),
    'leak: a test pair of 070dd51e is a training pair of mine (extra)',
  )
  assert.equal(
    describeLeak({ ...pair, what: 'task', shownBy: '070dd51e', shownIn: 'training2' }),
    'leak: test task 070dd51e is also in training2',
  )
})

test('arc score reads a folder of answers, and attempts that are null', async () => {
  const { code, stdout } = await runTrm(folder, 'arc', 'score', 'answers', '--solutions', 'z.json')
  assert.equal(code, 0)
  assert.equal(
    stdout,
    [
      'warning: 1 task is not in the submission, which counts as wrong: t1',
      'pass@1  50.00 % of 2 tasks (1 of 3 test outputs correct)',
      'pass@2  50.00 % of 2 tasks (1 of 3 test outputs correct)',
      '',
    ].join('\n'),
  )
})

test('an archive of a folder is read like the folder', async () => {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const solved = { train: task.train, test: [{ input: [[5]], output: [[6]] }] }
  const files = {
    'arc-main/data/train/t4.json': text(solved),
    'arc-main/data/eval/t5.json': text({ ...solved, test: [{ input: [[5, 1]], output: [[6]] }] }),
    '__MACOSX/arc-main/._data': new Uint8Array(9),
  }
  await writeFile(join(folder, 'arc.zip'), zipSync(files))
  await writeFile(join(folder, 'more.zip'), zipSync({ ...files, 'arc-main/README.md': new Uint8Array(3) }))
  const build = ['--subsets', 'train,eval', '--test', 'eval', '--augmentations', '1', '--canvas', '3']
  for (const place of ['arc.zip', 'more.zip/data', 'more.zip/data/']) {
    const { code, stderr, stdout } = await runTrm(folder, 'data', 'arc', '--from', place, ...build)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^2 tasks, /m)
    const found = await findArcTask('t5', [join(folder, place)])
    assert.deepEqual([found.id, found.subset], ['t5', 'eval'])
  }
  const set = [
    'path="arc.zip"',
    'subsets=["train","eval"]',
    'test="eval"',
    'canvas=3',
    'longestSide=3',
    'validation=0',
  ]
  const settings = [...set, 'augmentations=1'].flatMap((setting) => ['--set', `data.${setting}`])
  const info = await runTrm(folder, 'data', 'arc-small', ...settings)
  assert.equal(info.code, 0, info.stderr)
  assert.match(info.stdout, /^2 tasks with/m)
  const { stderr } = await runTrm(folder, 'data', 'arc', '--from', 'more.zip', ...build)
  assert.match(stderr, /expected {2}arc-agi_train_challenges\.json .*\n.*got {7}README\.md, data/)
  assert.match(
    (await runTrm(folder, 'data', 'arc', '--from', 'more.zip/no', ...build)).stderr,
    /README\.md, data/,
  )
})

test('sets in one file are built and found', async () => {
  const { code, stderr, stdout } = await runTrm(
    folder,
    ...['data', 'arc', '--from', 'sets', '--subsets', 'train', '--test', 'train'],
    ...['--augmentations', '1', '--canvas', '3'],
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^1 task, /m)
  const found = await findArcTask('t5', [join(folder, 'sets')])
  assert.deepEqual([found.id, found.subset], ['t5', 'eval'])
})

test('pairs without a test are named by every command', async () => {
  const got = /got {7}a list of 1 pair without a test, as RE-ARC has them/
  for (const line of ['data arc --from pairs --subsets tasks --test tasks', 'arc show t6 --from pairs']) {
    const { code, stderr } = await runTrm(folder, ...line.split(' '))
    assert.equal(code, 1)
    assert.match(stderr, got)
  }
})

test('a task that is there twice is refused by every command', async () => {
  for (const [line, id] of [
    ['data arc --from twice --subsets evaluation', 't1'],
    ['arc show t1 --from twice', 't1'],
    ['arc score s.json --solutions twice.json', 't2'],
    ['arc score twice.json --solutions z.json', 't2'],
  ] as const) {
    const { code, stderr } = await runTrm(folder, ...line.split(' '))
    assert.equal(code, 1, line)
    assert.match(stderr, new RegExp(`got {7}${id} twice in one object`))
  }
})
