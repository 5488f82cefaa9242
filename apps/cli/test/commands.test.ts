import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { boxShapes, checkAnswer, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { runTrm, runTrmInto, startTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const trm = (...arguments_: string[]) => runTrm(folder, ...arguments_)

interface Line {
  readonly type: string
  readonly step?: number
}

test('train gives a stream of JSON lines and a run folder that describes itself', async () => {
  const { code, stdout, stderr } = await trm('train', ...tiny, '--threads', '1', '--json')
  assert.equal(code, 0, stderr)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  assert.deepEqual(
    ['folder', 'start', 'step', 'evaluation', 'checkpoint', 'done', 'report'].filter(
      (type) => !events.some((event) => event.type === type),
    ),
    [],
  )
  assert.equal(events.filter(({ type }) => type === 'step').length, 20)
  const run = join(folder, 'runs', 'sudoku-4x4-trm-0')
  const report = JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')) as Record<string, unknown>
  assert.equal(report.steps, 20)
  assert.match(
    String(report.command),
    /^trm train sudoku-4x4-trm --set data\.minimal=false .* --threads 1 --json$/,
  )
  assert.equal((report.test as { full: { puzzles: number } }).full.puzzles, 10)
  assert.equal((report.machine as { threads: number }).threads, 1)
  const curve = readFileSync(join(run, 'curve.svg'), 'utf8')
  assert.match(curve, /^<svg .*<\/svg>\n$/s)
  assert.ok(!curve.includes('NaN'))
})

test('a run that is there is refused, resumed and made longer', async () => {
  const refused = await trm('train', ...tiny)
  assert.equal(refused.code, 1)
  assert.equal(
    refused.stderr,
    [
      'trm: runs/sudoku-4x4-trm-0',
      '  expected  a new or empty folder',
      '  got       an existing run',
      '  hint      Resume it with --resume, or choose another folder.',
      '',
    ].join('\n'),
  )
  const longer = await trm('train', '--resume', '--out', 'runs/sudoku-4x4-trm-0', '--steps', '22')
  assert.equal(longer.code, 0, longer.stderr)
  assert.match(longer.stderr, /sudoku-4x4-trm resumed from step 20 in runs\/sudoku-4x4-trm-0/)
  assert.match(longer.stdout, /^loss {8}[▁-█]{22} [\d.]+ → [\d.]+$/m)
  assert.match(longer.stdout, /trained 22 steps in [\d.]+ s, [\d,]+ parameters/)
  assert.match(
    longer.stdout,
    /all 4 steps {4}[\d.]+ % exact \(95 %: [\d.]+ % to [\d.]+ %\), [\d.]+ puzzles\/s/,
  )
})

test('a run is not made shorter than what is done of it', async () => {
  const { code, stderr } = await trm('train', '--resume', '--out', 'runs/sudoku-4x4-trm-0', '--steps', '10')
  assert.equal(code, 1)
  assert.equal(
    stderr,
    [
      'trm: runs/sudoku-4x4-trm-0: --steps',
      '  expected  at least 22, the steps already done',
      '  got       10',
      '  hint      Set more steps, or start a new run in another folder.',
      '',
    ].join('\n'),
  )
  const { stdout } = await trm('runs', 'runs/sudoku-4x4-trm-0')
  assert.match(stdout, / 22 \/ 22 /)
})

test('runs lists one run too, and none where nothing was begun', async () => {
  const one = await trm('runs', 'runs/sudoku-4x4-trm-0')
  assert.equal(one.code, 0, one.stderr)
  assert.match(one.stdout, /\nsudoku-4x4-trm-0 +sudoku-4x4-trm +done /)
  const fresh = mkdtempSync(join(folder, 'fresh-'))
  assert.deepEqual(await runTrm(fresh, 'runs'), {
    code: 0,
    stdout: 'No runs in runs. Start one with: trm train sudoku-6x6\n',
    stderr: '',
  })
  assert.equal((await runTrm(fresh, 'runs', 'elsewhere')).code, 1)
})

test('a run that was begun with relative paths goes on from any folder', async () => {
  const data = join(folder, 'data')
  const other = join(folder, 'other')
  for (const place of [data, other]) mkdirSync(place)
  for (const [name, seed] of [
    ['a.csv', '1'],
    ['b.csv', '2'],
  ] as const)
    await runTrm(
      data,
      'data',
      'generate',
      'sudoku-4x4',
      '--set',
      'data.minimal=false',
      '--count',
      '30',
      '--seed',
      seed,
      '--out',
      name,
    )
  const section = {
    kind: 'sudoku-file',
    boxRows: 2,
    boxColumns: 2,
    train: 'a.csv',
    trainCount: null,
    validation: 5,
    test: 'b.csv',
    augment: false,
    seed: 0,
  }
  const settings = [
    ...tiny.filter(
      (word, index) =>
        !(word === '--set' && tiny[index + 1]!.startsWith('data.')) && !word.startsWith('data.'),
    ),
    '--set',
    `data=${JSON.stringify(section)}`,
  ]
  const begun = await runTrm(data, 'train', ...settings, '--threads', '1', '--out', 'run')
  assert.equal(begun.code, 0, begun.stderr)

  const run = join('..', 'data', 'run')
  const longer = await runTrm(other, 'train', '--resume', '--out', run, '--steps', '22')
  assert.equal(longer.code, 0, longer.stderr)
  assert.match(longer.stdout, /trained 22 steps/)
  assert.equal((await runTrm(other, 'eval', run, '--json')).code, 0)

  // Away from where it was begun, the present folder is looked in, and both are named where neither has it.
  renameSync(join(data, 'a.csv'), join(other, 'a.csv'))
  const { code, stderr } = await runTrm(folder, 'train', '--resume', '--out', 'data/run', '--steps', '24')
  assert.equal(code, 1)
  assert.equal(
    stderr,
    [
      'trm: a.csv',
      '  expected  a file to read',
      `  got       no file of that name in ${data}, where the run was started, or in ${folder}`,
      '  hint      The path is relative: put the file there, or run the command in the folder it refers to.',
      '',
    ].join('\n'),
  )
  assert.equal((await runTrm(other, 'train', '--resume', '--out', run, '--steps', '24')).code, 0)
})

test('Ctrl-C saves, ends with 130 and says how to go on', async () => {
  const { child, ended } = startTrm(
    ['train', ...tiny, '--out', 'stopped', '--threads', '1', '--steps', '100000'],
    folder,
  )
  child.stderr.on('data', (data) => {
    if (String(data).includes('parameters')) setTimeout(() => child.kill('SIGINT'), 400)
  })
  const { code, stdout, stderr } = await ended
  assert.equal(code, 130, stderr)
  assert.match(stderr, /Stopping after this step and saving. Press Ctrl-C again to quit now./)
  assert.match(stdout, /stopped and saved; resume with: trm train --resume --out stopped/)
  assert.ok(!existsSync(join(folder, 'stopped', 'lock.json')))
})

test('closing the terminal saves too', async () => {
  const words = ['train', ...tiny, '--out', 'hung-up', '--threads', '1', '--steps', '100000']
  const { child, ended } = startTrm(words, folder)
  child.stderr.on('data', (data) => {
    if (!String(data).includes('parameters')) return
    // A terminal that is gone takes both streams with it.
    child.stdout.destroy()
    child.stderr.destroy()
    setTimeout(() => child.kill('SIGHUP'), 400)
  })
  const { code } = await ended
  assert.notEqual(code, null)
  assert.equal(readdirSync(join(folder, 'hung-up', 'checkpoints')).length > 0, true)
  assert.ok(!existsSync(join(folder, 'hung-up', 'lock.json')))
  rmSync(join(folder, 'hung-up'), { recursive: true })
})

test('training ends and saves when the reader of its stream is gone', async () => {
  const words = ['train', ...tiny, '--out', 'unread', '--threads', '1', '--steps', '100000', '--json']
  const { child, ended } = startTrm(words, folder)
  child.stdout.once('data', () => child.stdout.destroy())
  const { code, stderr } = await ended
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(readdirSync(join(folder, 'unread', 'checkpoints')).length > 0, true)
  assert.ok(!existsSync(join(folder, 'unread', 'lock.json')))
  rmSync(join(folder, 'unread'), { recursive: true })
})

test('training goes on when nobody can read its progress', async () => {
  const { child, ended } = startTrm(['train', ...tiny, '--out', 'silent', '--threads', '1'], folder)
  child.stderr.once('data', () => child.stderr.destroy())
  const { code, stdout } = await ended
  assert.equal(code, 0)
  assert.match(stdout, /trained 20 steps/)
  rmSync(join(folder, 'silent'), { recursive: true })
})

test('a full disk behind stdout is an error', {
  skip: existsSync('/dev/full') ? false : 'no /dev/full',
}, () => {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = runTrmInto(full, folder, 'recipes')
  closeSync(full)
  assert.equal(status, 1)
  assert.equal(
    stderr,
    [
      'trm: standard output',
      '  expected  a file or terminal that can be written to',
      '  got       a full disk (ENOSPC)',
      '  hint      Free some space, or send the output somewhere else.',
      '',
    ].join('\n'),
  )
})

test('eval measures the test set of the run or a file', async () => {
  const { code, stdout, stderr } = await trm(
    'eval',
    'runs/sudoku-4x4-trm-0',
    '--early',
    '--threads',
    '1',
    '--json',
  )
  assert.equal(code, 0, stderr)
  const { full, early, checkpoint } = JSON.parse(stdout) as {
    full: { puzzles: number; byStep: unknown[]; exactInterval: number[] }
    early: { halting: string }
    checkpoint: { which: string }
  }
  assert.equal(full.puzzles, 10)
  assert.equal(full.byStep.length, 4)
  assert.equal(full.exactInterval.length, 2)
  assert.equal(early.halting, 'early')
  assert.equal(checkpoint.which, 'best')

  assert.equal(
    (
      await trm(
        'data',
        'generate',
        'sudoku-4x4',
        '--set',
        'data.minimal=false',
        '--count',
        '6',
        '--out',
        'six.csv',
      )
    ).code,
    0,
  )
  const sample = ['--data', 'six.csv', '--limit', '5', '--max-steps', '20', '--checkpoint', 'final']
  const table = await trm('eval', 'runs/sudoku-4x4-trm-0', ...sample, '--threads', '1')
  assert.equal(table.code, 0, table.stderr)
  assert.match(table.stdout, /^final weights, step 22, on 5 puzzles of six\.csv\nstep +exact +cells\n/)
  assert.match(table.stdout, /^all 20 steps +[\d.]+ % exact/m)
})

test('solve shows the grid after every step and what is wrong with the answer', async () => {
  const question = '..1.3....32.12.4'
  const { code, stdout, stderr } = await trm('solve', 'runs/sudoku-4x4-trm-0', question, '--watch')
  assert.equal(code, 0, stderr)
  assert.ok(stdout.startsWith(' · · │ 1 ·\n 3 · │ · ·\n─────┼─────\n · 3 │ 2 ·\n 1 2 │ · 4\n'))
  assert.equal(
    stdout.match(
      /^step {2}(?:1 · +first answer|\d · [ \d]+ cells? changed) · predicts it is correct: [ \d.]+ % · lowest cell confidence [ \d]+ % · /gm,
    )?.length,
    4,
  )
  const facts = JSON.parse((await trm('solve', 'runs/sudoku-4x4-trm-0', question, '--json')).stdout) as {
    readonly answer: string
    readonly solved: boolean
    readonly problems: readonly string[]
  }
  const tokensOf = (line: string) => parseSudoku(line).tokens
  const wrong = checkAnswer(boxShapes['4x4'], tokensOf(question), tokensOf(facts.answer)).length
  assert.equal(facts.problems.length, wrong)
  assert.equal(facts.solved, wrong === 0)
  const [first] = facts.problems
  const verdict =
    wrong === 0
      ? 'solved after 4 steps: a valid solution'
      : `not solved: ${wrong} ${wrong === 1 ? 'problem' : 'problems'}\n  ${first}`
  assert.ok(stdout.includes(`\n${verdict}\n`), `${verdict} in ${stdout}`)

  const json = await trm(
    'solve',
    'runs/sudoku-4x4-trm-0',
    'six.csv',
    '--row',
    '2',
    '--max-steps',
    '3',
    '--json',
  )
  const { answer, steps } = JSON.parse(json.stdout) as { answer: string; steps: unknown[] }
  assert.equal(answer.length, 16)
  assert.equal(steps.length, 3)
})

test('runs are listed', async () => {
  const { stdout } = await trm('runs')
  assert.match(stdout, /^run +recipe +status +step +validation +test +test, early +training\n/)
  assert.match(stdout, /\nsudoku-4x4-trm-0 +sudoku-4x4-trm +done +22 \/ 22 /)
  const [line] = JSON.parse((await trm('runs', '.', '--json')).stdout) as { name: string; status: string }[]
  assert.deepEqual([line?.name, line?.status], ['stopped', 'stopped'])
})

test('quickstart goes on with its run, measures and solves', async () => {
  const settings = [...tiny.slice(1), '--set', 'training.steps=22']
  const run = ['--recipe', 'sudoku-4x4-trm', '--out', 'runs/sudoku-4x4-trm-0']
  const { code, stdout, stderr } = await trm('quickstart', ...run, ...settings, '--threads', '1')
  assert.equal(code, 0, stderr)
  assert.match(stderr, /resumed from step 22/)
  assert.match(stdout, /on 10 unseen puzzles/)
  assert.match(stdout, /^The time left .*\n {2}1\. a trained model solves a hard 9×9 Sudoku\n/)
  assert.match(stdout, /^1\. sudoku-extreme, [\d,]+ parameters:\n\n( [·\d]){3} │/m)
  assert.match(
    stdout,
    /^solved after (1\d|2\d) steps: a valid solution\nThe answer has not changed since step \d+\./m,
  )
  assert.match(stdout, /^3\. A puzzle that it has never seen, (one|the slowest of 10):\n\n( [·\d]){2} │/m)
  const picture = readFileSync(join(folder, 'runs/sudoku-4x4-trm-0/solved.svg'), 'utf8')
  assert.equal(picture.match(/>step \d+: /g)?.length, stdout.split('\n3. ')[1]!.match(/^step /gm)?.length)

  const json = await trm('quickstart', ...run, ...settings, '--threads', '1', '--json')
  assert.equal(json.code, 0, json.stderr)
  assert.equal(json.stderr, '')
  const events = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; answer?: string; steps?: unknown[] })
    // Told only where making the puzzles takes long.
    .filter(({ type }) => type !== 'data')
  assert.deepEqual(
    events.map(({ type }) => type),
    ['folder', 'done', 'report', 'solve'],
  )
  assert.match(events[3]?.answer ?? '', /^[1-4.]{16}$/)
  assert.ok(events[3]?.steps?.length)
})
