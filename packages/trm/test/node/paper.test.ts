import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import type { RunReport } from '../../src/evaluate/run-facts.ts'
import { benchPaper, type PaperEvent } from '../../src/node/paper/bench-paper.ts'
import { planPaperJobs } from '../../src/node/paper/plan.ts'
import { paperResults } from '../../src/node/paper/results.ts'
import { mergeStreams } from '../../src/node/sweep/merge.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-paper-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const base = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=16',
  'model.latentUpdates=1',
  'data.train=40',
  'data.validation=10',
  'data.test=8',
  'optimizer.warmupSteps=2',
  'training.batch=8',
  'training.steps=12',
  'training.evaluateEvery=6',
  'training.checkpointEvery=0',
])

const plan = {
  folder: join(parent, 'bench'),
  bases: [base],
  variants: ['trm-mlp', 'direct'] as const,
  seeds: 2,
}

/** All events; `stopAt` asks for the end as soon as it holds. */
async function eventsOf(
  options: Parameters<typeof benchPaper>[0],
  stopAt: (event: PaperEvent) => boolean = () => false,
): Promise<PaperEvent[]> {
  const bench = benchPaper(options)
  const events: PaperEvent[] = []
  for await (const event of bench.events) {
    events.push(event)
    if (stopAt(event)) bench.stop()
  }
  return events
}

const finishedBefore = (events: readonly PaperEvent[]) =>
  events.flatMap((event) => (event.type === 'finished' && event.before ? [event.job] : []))
/** Training steps that were computed, by job. */
const stepsOf = (events: readonly PaperEvent[], job: number) =>
  events.filter((event) => event.type === 'run' && event.job === job && event.event.type === 'step').length

test('the plan takes every model with one seed before the next, on the same data', () => {
  const other = overrideRecipe(base, ['name=my: puzzles'])
  const jobs = planPaperJobs({ ...plan, bases: [base, other] })
  assert.deepEqual(
    jobs.map(({ folder }) => folder.slice(plan.folder.length + 1)),
    [
      'sudoku-4x4-trm/trm-mlp-0',
      'sudoku-4x4-trm/direct-0',
      'my-puzzles/trm-mlp-0',
      'my-puzzles/direct-0',
      'sudoku-4x4-trm/trm-mlp-1',
      'sudoku-4x4-trm/direct-1',
      'my-puzzles/trm-mlp-1',
      'my-puzzles/direct-1',
    ],
  )
  assert.deepEqual(
    jobs.map(({ index, recipe }) => [index, recipe.training.seed, recipe.data.seed]),
    [0, 1, 2, 3, 4, 5, 6, 7].map((index) => [index, index < 4 ? 0 : 1, 0]),
  )
  assert.throws(
    () => planPaperJobs({ ...plan, bases: [base, base] }),
    (error) =>
      error instanceof InputError &&
      error.message ===
        'paper comparison: expected base recipes with different names, got sudoku-4x4-trm twice. Rename the second one, or compare it in another folder.',
  )
})

test('two models, two seeds: stopped, gone on with, and read again', async () => {
  const options = { ...plan, jobs: 2, threads: 1, command: 'trm bench paper' }
  // In the middle of the third run, when the first or second has ended.
  const first = await eventsOf(
    options,
    (event) => event.type === 'run' && event.job === 2 && event.event.type === 'step',
  )
  assert.equal(first.at(-1)?.type, 'stopped')
  const done = first.filter((event) => event.type === 'finished').map((event) => event.job)
  assert.ok(done.length >= 1 && done.length < 4, String(done))
  const report = join(
    plan.folder,
    'sudoku-4x4-trm',
    `${done[0] === 0 ? 'trm-mlp' : 'direct'}-0`,
    'report.json',
  )
  const written = statSync(report).mtimeMs

  const second = await eventsOf(options)
  assert.deepEqual(
    finishedBefore(second),
    done.toSorted((a, b) => a - b),
  )
  assert.equal(statSync(report).mtimeMs, written, 'a finished run is left alone')
  for (const job of [0, 1, 2, 3])
    assert.equal(stepsOf(first, job) + stepsOf(second, job), 12, `every step of job ${job} was computed once`)
  const last = second.at(-1)
  assert.ok(last?.type === 'results')
  const { tables, command } = last.results
  assert.equal(command, 'trm bench paper')
  assert.equal(tables.length, 1)
  const [table] = tables
  assert.deepEqual([table!.base, table!.testPuzzles, table!.data?.train], ['sudoku-4x4-trm', 8, 40])
  assert.deepEqual(
    table!.rows.map(({ variant, parameters, forwardPasses, netCalls, blockCalls, steps, runs }) => ({
      ...{ variant, parameters, forwardPasses, netCalls, blockCalls, steps },
      seeds: runs.map(({ seed, reason, folder }) => [seed, reason, folder.slice(parent.length + 1)]),
    })),
    [
      {
        ...{ variant: 'trm-mlp', parameters: 49_378, forwardPasses: 1, netCalls: 4, blockCalls: 8 },
        steps: { mean: 12, deviation: 0, count: 2 },
        seeds: [
          [0, 'steps', 'bench/sudoku-4x4-trm/trm-mlp-0'],
          [1, 'steps', 'bench/sudoku-4x4-trm/trm-mlp-1'],
        ],
      },
      {
        ...{ variant: 'direct', parameters: 106_722, forwardPasses: 1, netCalls: 1, blockCalls: 8 },
        steps: { mean: 12, deviation: 0, count: 2 },
        seeds: [
          [0, 'steps', 'bench/sudoku-4x4-trm/direct-0'],
          [1, 'steps', 'bench/sudoku-4x4-trm/direct-1'],
        ],
      },
    ],
  )

  const third = await eventsOf(options)
  assert.deepEqual(
    third.map(({ type }) => type),
    ['plan', 'finished', 'finished', 'finished', 'finished', 'results'],
  )
  assert.deepEqual(third.at(-1), last)
})

test('another recipe in the folder is refused by the key that differs, a longer one too', async () => {
  const bases = [overrideRecipe(base, ['training.steps=13'])]
  await assert.rejects(
    eventsOf({ ...plan, bases, jobs: 1, threads: 1 }),
    (error) =>
      error instanceof InputError &&
      error.message ===
        `${join(plan.folder, 'sudoku-4x4-trm', 'trm-mlp-0')}: training.steps: expected 12, as the run was started with, got 13. Use the stored value, or another folder.`,
  )
})

test('a run that diverges is told and the others go on; what fails before its first step ends all', async () => {
  const wild = overrideRecipe(base, ['name=wild', 'optimizer.learningRate=10', 'optimizer.weightDecay=1000'])
  const folder = join(parent, 'wild')
  const events = await eventsOf({
    ...{ folder, bases: [wild, base], variants: ['trm-mlp'], seeds: 1 },
    ...{ jobs: 1, threads: 1 },
  })
  const failed = events.find((event) => event.type === 'failed')
  assert.equal(failed?.job, 0)
  assert.match(failed.error.message, /^training step \d+: expected a finite loss below 1000/)
  const last = events.at(-1)
  assert.ok(last?.type === 'results')
  assert.deepEqual(
    last.results.tables.map(({ base }) => base),
    ['sudoku-4x4-trm'],
  )

  const lost = overrideRecipe(recipes['sudoku-extreme-mlp'], ['data.train=lost.csv', 'data.test=lost.csv'])
  const told: PaperEvent[] = []
  await assert.rejects(
    async () => {
      const bench = benchPaper({ ...plan, folder: join(parent, 'lost'), bases: [lost], jobs: 1, threads: 1 })
      for await (const event of bench.events) told.push(event)
    },
    (error) => error instanceof InputError && error.message.startsWith('lost.csv'),
  )
  assert.deepEqual(
    told.map(({ type }) => type),
    ['plan'],
  )
  assert.ok(!existsSync(join(parent, 'lost', 'sudoku-extreme-mlp', 'trm-mlp-0')))
})

test('results are means and sample deviations over the seeds', () => {
  const jobs = planPaperJobs({ ...plan, seeds: 3, variants: ['trm-mlp'] })
  const stored = JSON.parse(
    readFileSync(join(plan.folder, 'sudoku-4x4-trm', 'trm-mlp-0', 'report.json'), 'utf8'),
  ) as RunReport
  const reportWith = (exactAccuracy: number, trainingSeconds: number): RunReport => {
    const full = { ...stored.test!.full, exactAccuracy, validAccuracy: null }
    return { ...stored, trainingSeconds, test: { ...stored.test!, full } }
  }
  const finished = [reportWith(0.5, 10), reportWith(0.75, 20), reportWith(1, 60)].map((report, index) => ({
    job: jobs[index]!,
    report,
  }))
  const { tables } = paperResults(finished.toReversed(), { command: null, threads: 1, jobs: 2 })
  const [row] = tables[0]!.rows
  assert.deepEqual(row!.exactAccuracy, { mean: 0.75, deviation: 0.25, count: 3 })
  assert.deepEqual(row!.trainingSeconds, { mean: 30, deviation: Math.sqrt(700), count: 3 })
  assert.equal(row!.validAccuracy, null)
  assert.deepEqual(row!.published, { exactAccuracy: 0.874, millionParameters: 5 })
  assert.deepEqual(
    row!.runs.map(({ seed, exactAccuracy }) => [seed, exactAccuracy]),
    [
      [0, 0.5],
      [1, 0.75],
      [2, 1],
    ],
  )
})

test('streams are merged as many at a time as allowed, and an error stops the others', async () => {
  const log: string[] = []
  const open = (name: string) => {
    let stopped = false
    async function* events() {
      try {
        for (let index = 0; index < 3 && !stopped; index++) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          if (name === 'bad' && index === 1) throw new Error('bad')
          yield `${name}${index}`
        }
      } finally {
        log.push(`end ${name}`)
      }
    }
    log.push(`open ${name}`)
    return {
      events: events(),
      stop: () => {
        stopped = true
        log.push(`stop ${name}`)
      },
    }
  }
  const told: string[] = []
  for await (const event of mergeStreams(['a', 'b', 'c'], 2, open, () => false)) told.push(event)
  assert.deepEqual(told.toSorted(), ['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'c0', 'c1', 'c2'])
  const place = (entry: string) => log.indexOf(entry)
  assert.ok(place('open c') > Math.min(place('end a'), place('end b')), log.join())
  assert.ok(place('open b') < Math.min(place('end a'), place('end b')), log.join())

  log.length = 0
  await assert.rejects(async () => {
    for await (const _ of mergeStreams(['a', 'bad', 'c'], 2, open, () => false));
  }, /bad/)
  assert.deepEqual(log.toSorted(), ['end a', 'end bad', 'open a', 'open bad', 'stop a', 'stop bad'])

  log.length = 0
  let asked = false
  for await (const _ of mergeStreams(['a', 'b'], 1, open, () => asked)) asked = true
  assert.deepEqual(log, ['open a', 'end a'])
})
