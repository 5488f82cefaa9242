import assert from 'node:assert/strict'
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { boardOf, boardSet, findRecipe, overrideRecipe, type RunReport } from '@tiny-recursive-models/trm'
import type { ArcFigures } from '@tiny-recursive-models/trm/evaluate/arc'
import { runTraining } from '@tiny-recursive-models/trm/node'
import { askedPart, refuseArcOptions } from '../src/arc/asked-part.ts'
import { describeReport } from '../src/output/training.ts'
import { runTrm } from './run-trm.ts'

/** The output is the input from right to left; no task has two versions that are alike. */
function taskOf(...colours: readonly number[]) {
  const pair = (...row: number[]) => ({ input: [row], output: [[...row].reverse()] })
  const [a, b, c] = colours as [number, number, number]
  return { train: [pair(a, b, c), pair(b, c, a, 0)], test: [pair(c, a, b, b), pair(a, c)] }
}

const sets = {
  training: { one: taskOf(1, 2, 3), two: taskOf(4, 0, 1) },
  evaluation: { three: taskOf(5, 6, 0), four: taskOf(0, 0, 8) },
}

let folder = ''
let report: RunReport
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trm-arc-run-'))
  await mkdir(join(folder, 'data'))
  for (const [set, tasks] of Object.entries(sets)) {
    const write = (kind: string, value: object) =>
      writeFile(join(folder, 'data', `arc-agi_${set}_${kind}.json`), JSON.stringify(value))
    const entries = Object.entries(tasks)
    await write(
      'challenges',
      Object.fromEntries(
        entries.map(([id, { train, test }]) => [id, { train, test: test.map(({ input }) => ({ input })) }]),
      ),
    )
    await write(
      'solutions',
      Object.fromEntries(entries.map(([id, { test }]) => [id, test.map(({ output }) => output)])),
    )
  }
  const events = runTraining({
    folder: join(folder, 'run'),
    recipe: smallRecipe(),
    threads: 1,
    testPuzzles: 10,
  })
  for await (const event of events) if (event.type === 'report') report = event.report
})
after(() => rm(folder, { recursive: true, force: true }))

const smallRecipe = () =>
  overrideRecipe(findRecipe('arc-small'), [
    `data.path=${join(folder, 'data')}`,
    'data.subsets=["training","evaluation"]',
    'data.test=evaluation',
    'data.validation=0',
    'data.augmentations=6',
    'data.canvas=5',
    'data.longestSide=5',
    'data.allowLeak=true',
    'model.width=16',
    'model.heads=2',
    'model.puzzleEmbeddingWidth=16',
    'model.prefixTokens=1',
    'model.recursions=1',
    'model.latentUpdates=1',
    'model.supervisionSteps=2',
    'optimizer.warmupSteps=2',
    'training.batch=8',
    'training.steps=20',
    'training.evaluateEvery=0',
    'training.checkpointEvery=10',
  ])

test('the report of a run has the vote with all steps and with early halting', async () => {
  const { arc } = report
  assert.ok(arc?.passAt)
  assert.deepEqual([arc.tasks, arc.testInputs, arc.predictions], [2, 4, 10])
  assert.deepEqual([arc.early.tasks, arc.early.testInputs, arc.early.predictions], [2, 4, 10])
  assert.deepEqual(Object.keys(arc.passAt), ['1', '2', '5', '10', '100', '1000'])
  const written = JSON.parse(await readFile(join(folder, 'run', 'report.json'), 'utf8')) as RunReport
  assert.deepEqual(written.arc, arc)
})

test('the report is told with pass@k; an old one without a vote too', () => {
  const arc: ArcFigures = {
    passAt: { 1: 0.25, 2: 0.5, 5: 0.5, 10: 0.5, 100: 1, 1000: 1 },
    tasks: 2,
    testInputs: 4,
    predictions: 1234,
  }
  const text = describeReport({ ...report, arc: { ...arc, early: { ...arc, passAt: null } } })
  assert.match(text, /\nvote of 1,234 predictions on 4 test inputs of 2 tasks:\n +pass@1 +pass@2 /)
  assert.match(text, /\nall steps +25\.00 % +50\.00 % +50\.00 % +50\.00 % +100\.00 % +100\.00 %\n/)
  const { arc: _, ...old } = report
  assert.doesNotMatch(describeReport(old as RunReport), /vote/)
})

interface Evaluated {
  readonly checkpoint: { readonly step: number }
  readonly full: { readonly puzzles: number; readonly exactAccuracy: number }
  readonly arc: { readonly full: ArcFigures; readonly early: ArcFigures }
}

test('eval votes over all augmentations, and writes a submission that scores the same', async () => {
  const { code, stdout } = await runTrm(folder, 'eval', 'run', '--early', '--json', '--submission', 's.json')
  assert.equal(code, 0)
  const { full, arc, checkpoint } = JSON.parse(stdout) as Evaluated
  assert.equal(checkpoint.step, 20)
  // Four test inputs, as published and under six augmentations.
  assert.deepEqual([full.puzzles, arc.full.predictions, arc.early.predictions], [28, 28, 28])
  const solutions = 'data/arc-agi_evaluation_solutions.json'
  const scored = await runTrm(folder, 'arc', 'score', 's.json', '--solutions', solutions, '--json')
  const { passAt, missingTasks } = JSON.parse(scored.stdout) as {
    passAt: Record<string, number>
    missingTasks: string[]
  }
  assert.deepEqual(missingTasks, [])
  assert.deepEqual([passAt[1], passAt[2]], [arc.full.passAt![1], arc.full.passAt![2]])
})

test('a data folder of the same build has the same vote', async () => {
  const seed = String(findRecipe('arc-small').data.seed)
  const settings = ['--subsets', 'training,evaluation', '--test', 'evaluation', '--augmentations', '6']
  const built = await runTrm(
    folder,
    ...['data', 'arc', '--from', 'data', ...settings],
    ...['--canvas', '5', '--seed', seed, '--allow-leak', '--out', 'official'],
  )
  assert.equal(built.code, 0, built.stderr)
  const [own, official] = [
    await runTrm(folder, 'eval', 'run', '--json'),
    await runTrm(folder, 'eval', 'run', '--data', 'official', '--json', '--submission', 'of-folder.json'),
  ].map(({ stdout }) => JSON.parse(stdout) as Evaluated)
  assert.equal(official!.full.exactAccuracy, own!.full.exactAccuracy)
  const { tasks, testInputs, predictions } = own!.arc.full
  const found = official!.arc.full
  assert.deepEqual([found.tasks, found.testInputs, found.predictions], [tasks, testInputs, predictions])
  const submission = JSON.parse(await readFile(join(folder, 'of-folder.json'), 'utf8')) as object
  assert.deepEqual(Object.keys(submission).sort(), ['four', 'three'])
})

test('a data folder with other identifiers than the model was trained with is refused', async () => {
  const build = async (name: string, ...changes: string[]) => {
    const settings = [
      '--subsets',
      'training,evaluation',
      '--test',
      'evaluation',
      '--canvas',
      '5',
      '--allow-leak',
    ]
    const built = await runTrm(
      folder,
      'data',
      'arc',
      '--from',
      'data',
      ...settings,
      ...changes,
      '--out',
      name,
    )
    assert.equal(built.code, 0, built.stderr)
    return runTrm(folder, 'eval', 'run', '--data', name)
  }
  // The kind of mistake that was measured without a word: fewer augmentations, so other rows for every puzzle.
  const fewer = await build('fewer', '--augmentations', '3')
  assert.equal(fewer.code, 1)
  assert.match(
    fewer.stderr,
    /the 29 puzzle identifiers that the model was trained with.*\n {2}got {7}17 others/,
  )
  const otherSeed = await build('other-seed', '--augmentations', '6', '--seed', '77')
  assert.equal(otherSeed.code, 1)
  assert.match(otherSeed.stderr, /\n {2}got {7}as many, but different ones/)

  // Of a folder without names only the number can be compared, which is said.
  await cp(join(folder, 'other-seed'), join(folder, 'nameless'), { recursive: true })
  await rm(join(folder, 'nameless', 'identifiers.json'))
  const nameless = await runTrm(folder, 'eval', 'run', '--data', 'nameless')
  assert.equal(nameless.code, 0)
  assert.match(nameless.stderr, /^note: the number of puzzle identifiers .* cannot be checked\n/)
  const own = await runTrm(folder, 'eval', 'run', '--limit', '4')
  assert.deepEqual([own.code, own.stderr], [0, ''])
})

test('a test set without solutions has no accuracies, in report, eval and runs', async () => {
  await mkdir(join(folder, 'unsolved'))
  for (const set of ['training_challenges', 'training_solutions', 'evaluation_challenges']) {
    const name = `arc-agi_${set}.json`
    await copyFile(join(folder, 'data', name), join(folder, 'unsolved', name))
  }
  const data = `data.path=${join(folder, 'unsolved')}`
  const events = runTraining({
    folder: join(folder, 'unsolved-runs', 'run'),
    recipe: overrideRecipe(smallRecipe(), [data, 'training.steps=2']),
    threads: 1,
  })
  for await (const event of events) {
    if (event.type !== 'report') continue
    assert.equal(event.report.test?.full.exactAccuracy, null)
    const text = describeReport(event.report)
    assert.match(text, /\n {2}all 2 steps {4}no known answers, so no accuracy, [\d.]+ puzzles\/s\n/)
    assert.doesNotMatch(text, /exact|pass@/)
  }
  const evaluated = await runTrm(folder, 'eval', 'unsolved-runs/run', '--early', '--submission', 'guess.json')
  assert.equal(evaluated.code, 0, evaluated.stderr)
  assert.match(evaluated.stdout, /\nall 2 steps +no known answers, so no accuracy, 2\.0 steps/)
  assert.doesNotMatch(evaluated.stdout, /exact|halting accuracy|of the cells|pass@/)
  assert.deepEqual(Object.keys(JSON.parse(await readFile(join(folder, 'guess.json'), 'utf8'))).sort(), [
    'four',
    'three',
  ])
  const effort = await runTrm(folder, 'eval', 'unsolved-runs/run', '--effort')
  assert.match(effort.stdout, /\nno known answers/)
  assert.doesNotMatch(effort.stdout, /\d %/)
  const listed = await runTrm(folder, 'runs', 'unsolved-runs')
  assert.match(listed.stdout, / no answers +no answers /)
})

test('an earlier checkpoint has a vote of its own, over the augmentations asked', async () => {
  const { stdout } = await runTrm(folder, 'eval', 'run', '--checkpoint', '10', '--augmentations', '2')
  assert.match(stdout, /^checkpoint, step 10, on 12 puzzles of evaluation\n/)
  assert.match(
    stdout,
    /\nvote of 12 predictions on 4 test inputs of 2 tasks:\n +pass@1 .*\nall 2 steps .* %\n$/,
  )
})

test('arc show lets a run answer', async () => {
  const { code, stdout } = await runTrm(
    folder,
    'arc',
    'show',
    'three',
    '--run',
    'run',
    '--json',
    '--votes',
    '2',
  )
  assert.equal(code, 0)
  const { subset, test: shown } = JSON.parse(stdout) as {
    subset: string
    test: { answers: { title: string; votes: number; meanProbability: number; right: boolean }[] }[]
  }
  assert.equal(subset, 'evaluation')
  assert.equal(shown.length, 2)
  for (const { answers } of shown) {
    assert.ok(answers.length === 1 || answers.length === 2)
    const [best] = answers
    assert.equal(
      best!.title,
      `output 1: ${best!.votes} of 7 votes, confidence ${(100 * best!.meanProbability).toFixed(1)} %`,
    )
    assert.ok(best!.votes >= (answers[1]?.votes ?? 0))
  }
})

test('what only ARC has is refused on other puzzles', () => {
  const board = boardOf({ puzzle: 'sudoku', shape: { boxRows: 2, boxColumns: 2 } })
  const question = board.parse('1234341221434321')
  const sudoku = boardSet(board, [{ question, answer: question }], 'one Sudoku')
  assert.equal(askedPart(sudoku, {}), sudoku)
  const got = `expected a run trained on ARC tasks, got one trained on ${sudoku.name}`
  assert.throws(() => askedPart(sudoku, { augmentations: 0 }), {
    message: `--augmentations: ${got}. Leave --augmentations out; --limit evaluates a part of a data folder.`,
  })
  assert.throws(() => refuseArcOptions(sudoku.name, { submission: 's.json' }), {
    message: `--submission: ${got}. Leave --submission out.`,
  })
})
