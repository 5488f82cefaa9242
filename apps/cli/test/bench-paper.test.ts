import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { recipes } from '@tiny-recursive-models/trm'
import { spreadOf } from '@tiny-recursive-models/trm/evaluate'
import type { PaperResults, PaperRow, PaperRun } from '@tiny-recursive-models/trm/node'
import { paperVariantNames } from '@tiny-recursive-models/trm/recipes'
import { drawPaperChart } from '../src/output/paper-chart.ts'
import { paperMarkdown, paperTable } from '../src/output/paper-table.ts'
import { runTrm, startTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-bench-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const run = (seed: number, exactAccuracy: number, seconds: number): PaperRun => ({
  ...{ seed, folder: `hrm-${seed}`, exactAccuracy, cellAccuracy: 0.9, validAccuracy: null },
  earlyAccuracy: exactAccuracy / 2,
  ...{ meanSteps: 2.5, steps: 300, reason: 'steps', testedStep: 200, trainingSeconds: seconds },
  trainingFlop: 1e12,
})

const row = (variant: PaperRow['variant'], runs: readonly PaperRun[]): PaperRow => ({
  ...{ variant, description: '', parameters: 525_442, forwardPasses: 2, netCalls: 12, blockCalls: 48 },
  exactAccuracy: spreadOf(runs.map(({ exactAccuracy }) => exactAccuracy!)),
  cellAccuracy: spreadOf([0.9]),
  validAccuracy: null,
  earlyAccuracy: spreadOf(runs.map(({ earlyAccuracy }) => earlyAccuracy!)),
  meanSteps: spreadOf([2.5]),
  steps: spreadOf([300])!,
  trainingSeconds: spreadOf(runs.map(({ trainingSeconds }) => trainingSeconds))!,
  trainingFlop: spreadOf([1e12]),
  published: {
    exactAccuracy: variant === 'hrm' ? 0.55 : null,
    millionParameters: variant === 'hrm' ? 27 : null,
  },
  runs,
})

const results: PaperResults = {
  ...{ format: 1, command: 'trm bench paper', threads: 1, jobs: 2 },
  machine: { processor: 'P', cores: 2, system: 'linux x64', node: 'v20', onnxruntime: '1' },
  tables: [
    {
      base: 'paper-sudoku',
      recipe: recipes['paper-sudoku'],
      data: { checksum: 'x', train: 1_000, validation: 200, test: 500 },
      testPuzzles: 500,
      rows: [
        row('hrm', [run(0, 0.5, 40), run(1, 0.6, 50), run(2, 0.7, 60)]),
        row('hrm-mlp', [run(0, 0.25, 7)]),
      ],
    },
  ],
}

test('the table has means, spreads and what the paper reports', () => {
  const [table] = results.tables
  const { steps, batch } = recipes['paper-sudoku'].training
  assert.equal(
    paperTable(table!),
    [
      `paper-sudoku · 1,000 training puzzles · 500 test puzzles · ${steps} steps, batch ${batch} · 3 seeds`,
      'model            exact   cells  early halting  steps  parameters  forward passes  net calls  blocks  seconds  paper: exact  parameters',
      'hrm      60.0 ± 10.0 %  90.0 %   30.0 ± 5.0 %    2.5     525,442               2         12      48  50 ± 10        55.0 %        27 M',
      'hrm-mlp         25.0 %  90.0 %         12.5 %    2.5     525,442               2         12      48        7             –           –',
    ].join('\n'),
  )
  const timed = {
    ...table!,
    rows: [row('hrm', [{ ...run(0, 0.5, 60), reason: 'time', validAccuracy: 0.75 }])],
  }
  const judged = { ...timed, rows: [{ ...timed.rows[0]!, validAccuracy: spreadOf([0.75]) }] }
  const [, header, cells] = paperTable(judged).split('\n')
  assert.match(header!, /^model +exact +valid +cells +early halting .* blocks +training steps +seconds/)
  assert.match(cells!, /^hrm +50\.0 % +75\.0 % +90\.0 % +25\.0 % .* 48 +300 +60 /)
})

test('the page has every seed, the command and the machine', () => {
  const lines = paperMarkdown(results).split('\n')
  assert.equal(
    lines.find((line) => line.startsWith('| hrm ')),
    '| hrm | 60.0 ± 10.0 % | 90.0 % | 30.0 ± 5.0 % | 2.5 | 525,442 | 2 | 12 | 48 | 50 ± 10 | 55.0 % | 27 M |',
  )
  assert.ok(
    lines.includes('Exact accuracy of each seed in percent: hrm 50.0, 60.0, 70.0; hrm-mlp 25.0.'),
    lines.join('\n'),
  )
  assert.equal(
    lines.at(-2),
    '`trm bench paper`: 2 runs at a time with 1 thread each on P, 2 cores, linux x64, Node v20, onnxruntime 1',
  )
})

test('the chart shows mean, spread, every seed and the paper', () => {
  const svg = drawPaperChart(results.tables)
  assert.match(svg, /^<svg .*<\/svg>\n$/s)
  assert.ok(!/NaN|undefined|null/.test(svg))
  // 480 units are 100 %: 60 % is 288, from 150; the spread reaches from 50 to 70 %.
  assert.match(svg, /<rect x="150" y="62" width="288\.0" height="18"/)
  assert.match(svg, /<path d="M390\.0 71H486\.0M390\.0 66v10M486\.0 66v10"/)
  assert.deepEqual(
    [...svg.matchAll(/<circle cx="([\d.]+)" cy="71"/g)].map(([, x]) => Number(x)),
    [390, 438, 486],
  )
  assert.match(svg, /<path d="M414 65l6 6l-6 6l-6 -6z"/, 'the paper reports 55 %')
})

test('bench paper trains, is interrupted, goes on and writes its results', async () => {
  const settings = tiny.slice(1)
  const words = ['bench', 'paper', '--base', 'sudoku-4x4-trm', '--variants', 'trm-mlp,direct', '--seeds', '2']
  const command = [...words, '--out', 'bench', '--jobs', '2', ...settings]
  const { child, ended } = startTrm([...command, '--json'], folder)
  let interrupted = false
  child.stdout.on('data', (data) => {
    // The middle of the second pair; a second signal would end it at once.
    if (interrupted || !/"job":[23],"event":\{"type":"step"/.test(String(data))) return
    interrupted = true
    child.kill('SIGINT')
  })
  const stopped = await ended
  assert.equal(stopped.code, 130, stopped.stderr)
  const events = stopped.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; finished?: number })
  const last = events.at(-1)!
  assert.equal(last.type, 'stopped')
  assert.equal(last.finished, events.filter(({ type }) => type === 'finished').length)
  assert.ok(!existsSync(join(folder, 'bench', 'results.json')))

  const { code, stdout, stderr } = await runTrm(folder, ...command)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^4 runs; Ctrl-C saves, run the same command again to resume$/m)
  assert.match(stderr, /^direct seed 1: [\d.]+ % of 10 test puzzles exact, trained [\d.]+ s$/m)
  assert.match(
    stdout,
    /^sudoku-4x4-trm · 40 training puzzles · 10 test puzzles · 20 steps, batch 8 · 2 seeds$/m,
  )
  assert.match(stdout, /^trm-mlp +[\d.]+ ± [\d.]+ % .* 49,378 +1 +4 +8 /m)
  assert.match(stdout, /bench\/table\.md, bench\/results\.json, bench\/chart\.svg/)
  const written = JSON.parse(readFileSync(join(folder, 'bench', 'results.json'), 'utf8')) as PaperResults
  assert.deepEqual(
    written.tables[0]!.rows.map(({ variant, runs }) => [variant, runs.length]),
    [
      ['trm-mlp', 2],
      ['direct', 2],
    ],
  )
  assert.match(String(written.command), /^trm bench paper --base sudoku-4x4-trm /)
  assert.match(readFileSync(join(folder, 'bench', 'table.md'), 'utf8'), /^\| direct \| /m)
  assert.match(readFileSync(join(folder, 'bench', 'chart.svg'), 'utf8'), /^<svg .*<\/svg>\n$/s)
})

test('a time budget ends every run by the clock, at a constant learning rate', async () => {
  const words = ['bench', 'paper', '--base', 'sudoku-4x4-trm', '--variants', 'direct', '--seeds', '1']
  const { code, stdout, stderr } = await runTrm(
    folder,
    ...words,
    ...['--out', 'timed', '--minutes', '0.0001', '--track', 'tensorboard', ...tiny.slice(1, -6)],
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, / 0 s of training, batch 8 · 1 seed\n.* training steps /)
  const recipe = JSON.parse(
    readFileSync(join(folder, 'timed', 'sudoku-4x4-trm', 'direct-0', 'recipe.json'), 'utf8'),
  ) as { training: { stopAfterSeconds: number }; optimizer: { minRatio: number } }
  assert.equal(recipe.training.stopAfterSeconds, 0.006)
  assert.equal(recipe.optimizer.minRatio, 1)
  const files = readdirSync(join(folder, 'timed', 'sudoku-4x4-trm', 'direct-0'))
  assert.match(files.join(), /\bevents\.out\.tfevents\./)
})

test('wrong usage is refused', async () => {
  const usage = async (...words: string[]) => {
    const { code, stderr } = await runTrm(folder, 'bench', 'paper', ...words)
    return [code, stderr.split('\n')[0]]
  }
  assert.deepEqual(await usage('--variants', 'trm-mlp,hrn'), [
    2,
    `error: option '--variants <names>' argument 'trm-mlp,hrn' is invalid. variant: expected the name of a model of the paper, got "hrn". Did you mean 'hrm'? Known variants: ${paperVariantNames.join(', ')}.`,
  ])
  assert.deepEqual(await usage('--minutes', '0'), [
    2,
    "error: option '--minutes <count>' argument '0' is invalid. It must be a number of minutes above 0.",
  ])
  assert.deepEqual(await usage('--minutes', '1', '--steps', '5'), [
    2,
    "error: option '--minutes <count>' cannot be used with option '--steps <count>'",
  ])
})
