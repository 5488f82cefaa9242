import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { boardOf } from '@tiny-recursive-models/trm'
import { formatMaze, parseMaze } from '@tiny-recursive-models/trm/puzzles/maze'
import { drawGrid } from '../src/output/grid.ts'
import { gridSvg } from '../src/output/grid-svg.ts'
import { puzzleView } from '../src/puzzles/puzzle-view.ts'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-maze-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const trm = (...arguments_: string[]) => runTrm(folder, ...arguments_)

/** Learns nothing in this time, but does everything. */
const tiny = [
  'data.size=5',
  'data.minPath=3',
  'data.train=40',
  'data.validation=10',
  'data.test=10',
  'model.width=16',
  'model.heads=2',
  'model.latentUpdates=1',
  'optimizer.warmupSteps=2',
  'training.batch=8',
  'training.steps=12',
  'training.evaluateEvery=6',
  'training.checkpointEvery=6',
].flatMap((setting) => ['--set', setting])

const maze4 = boardOf({ puzzle: 'maze', size: 4 })
const question = ['S  #', ' #  ', '  # ', '#  G'].join('\n')
const label = ['S  #', 'o#  ', 'oo# ', '#ooG'].join('\n')
const tokensOf = (text: string) => parseMaze(text).tokens

test('a maze is drawn with walls, path and marks', () => {
  const cells = {
    question: tokensOf(question),
    tokens: tokensOf(label.replace('#ooG', 'oo#G')),
    changed: new Set([4, 12]),
    confidence: new Float32Array(16).fill(0.4),
  }
  assert.equal(
    drawGrid(maze4, cells, false),
    ['┌─────────┐', '│ S    ██ │', '│*o██     │', '│ o o██   │', '│!o o!# G │', '└─────────┘'].join('\n'),
  )
  const [, first, second, third, last] = drawGrid(maze4, cells, true).split('\n')
  assert.ok(first!.includes('\x1b[1m\x1b[32m S\x1b[39m\x1b[22m'), 'the start is green')
  assert.ok(second!.includes(' \x1b[43m\x1b[30mo\x1b[39m\x1b[49m'), 'a changed cell stands on yellow')
  assert.ok(third!.includes(' \x1b[2mo\x1b[22m'), 'a doubtful one is dim')
  assert.ok(last!.includes('\x1b[41m\x1b[37m o\x1b[39m\x1b[49m'), 'a wrong one stands on red')
})

test('mazes and Sudokus are drawn as SVG, side by side', () => {
  const [asked, answer] = [tokensOf(question), tokensOf(label)]
  const panels = Array.from({ length: 5 }, (_, step) =>
    puzzleView(maze4).panel(`step ${step} <`, { tokens: answer, question: asked, changed: new Set([4]) }),
  )
  const svg = gridSvg(panels)
  assert.match(svg, /^<svg xmlns="[^"]+" viewBox="0 0 1320 720"/)
  assert.equal(svg.match(/fill="#555"/g)?.length, 5 * 4, 'walls')
  assert.equal(svg.match(/>o</g)?.length, 5 * 5, 'path')
  assert.equal(svg.match(/fill="#ffe08a"/g)?.length, 5, 'changed')
  assert.match(svg, />step 0 &#60;</)
  assert.ok(!/NaN|undefined/.test(svg))
  const box = { boxRows: 2, boxColumns: 2 }
  const given = [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5]
  const tokens = [3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5]
  const sudoku = gridSvg([
    puzzleView(boardOf({ puzzle: 'sudoku', shape: box })).panel('', { tokens, question: given }),
  ])
  assert.equal(sudoku.match(/fill="#e5705c"/g)?.length, 1, 'a changed given')
  assert.equal(sudoku.match(/font-weight="bold"/g)?.length, 2, 'givens')
  assert.match(sudoku, /M150 0v75.*stroke="#444"/, 'boxes')
})

test('mazes are generated and checked; the file tells that it holds mazes', async () => {
  const words = [
    'maze-small',
    '--set',
    'data.size=5',
    '--set',
    'data.minPath=6',
    '--count',
    '4',
    '--seed',
    '1',
  ]
  const { stdout, code } = await trm('data', 'generate', ...words)
  assert.equal(code, 0)
  const lines = stdout.trim().split('\n')
  assert.match(lines[1]!, /^generated,[# SG]{25},[# SGo]{25},\d+$/)
  const lengths = lines.slice(1).map((line) => Number(line.split(',')[3]))
  assert.ok(
    lengths.every((length) => length >= 6),
    String(lengths),
  )
  writeFileSync(join(folder, 'good.csv'), stdout)
  const good = await trm('data', 'check', 'good.csv')
  assert.equal(good.code, 0, good.stderr)
  assert.match(
    good.stdout,
    /^4 of 4 puzzles are valid \(5×5 maze\)\n {2}generated: 4\nchecksum [0-9a-f]{16}\n$/,
  )

  const bad = lines.with(2, lines[2]!.replace('S', ' ')).join('\n')
  writeFileSync(join(folder, 'bad.csv'), bad)
  const checked = await trm('data', 'check', 'bad.csv')
  assert.equal(checked.code, 1)
  assert.match(checked.stdout, /^line 3: question: there is no start \(S\)\n3 of 4 puzzles are valid/)
  const rule = ['question,answer', `S G${' '.repeat(6)},S G${'o o'}ooo`, 'S   #   G,Soo #o  G'].join('\n')
  writeFileSync(join(folder, 'rule.csv'), rule)
  assert.match((await trm('data', 'check', 'rule.csv')).stdout, /^line 2: answer: the path has 6 steps, the/)

  for (const [words, code, reason] of [
    [['maze-hard'], 1, /got {7}data of kind maze-file/],
    [['maze-small', '--json'], 2, /--json needs --out/],
    [['maze-small', '--set', 'data.minDensity=1.5'], 1, /a number from 0 to 0\.99/],
  ] as const) {
    const refused = await trm('data', 'generate', ...words, '--count', '1')
    assert.equal(refused.code, code, refused.stderr)
    assert.match(refused.stderr, reason)
  }
})

test('many puzzles are written piece by piece, the same to a file and to the terminal', async () => {
  const words = ['maze-small', '--set', 'data.size=5', '--set', 'data.minPath=2', '--count', '250']
  const { stdout } = await trm('data', 'generate', ...words)
  assert.equal(stdout.split('\n').length, 252)
  assert.equal((await trm('data', 'generate', ...words, '--out', 'many.csv')).code, 0)
  assert.equal(readFileSync(join(folder, 'many.csv'), 'utf8'), stdout)
  const checked = await trm('data', 'check', 'many.csv', '--json')
  const { rows, valid, duplicateCount } = JSON.parse(checked.stdout) as Record<string, number>
  assert.deepEqual([rows, valid, duplicateCount], [250, 250, 0])
})

test('a model of mazes is trained, evaluated with both figures and asked', async () => {
  const trained = await trm('train', 'maze-small', ...tiny, '--threads', '1', '--out', 'run', '--json')
  assert.equal(trained.code, 0, trained.stderr)
  const report = JSON.parse(readFileSync(join(folder, 'run', 'report.json'), 'utf8')) as {
    test: { full: { puzzles: number; validAccuracy: number } }
  }
  assert.equal(report.test.full.puzzles, 10)
  assert.equal(typeof report.test.full.validAccuracy, 'number')

  const evaluated = await trm('eval', 'run', '--data', 'good.csv', '--threads', '1', '--json')
  const { full } = JSON.parse(evaluated.stdout) as { full: { puzzles: number; validAccuracy: number } }
  assert.deepEqual([full.puzzles, typeof full.validAccuracy], [4, 'number'])

  const generated = await trm('solve', 'run', 'generated', '--row', '3', '--svg', 'steps.svg', '--watch')
  assert.equal(generated.code, 0, generated.stderr)
  assert.match(generated.stdout, /^┌─{11}┐\n(│([ *!][ SGo#?]|██){5} │\n){5}└─{11}┘\n/)
  assert.match(generated.stdout, /solved after 4 steps: a valid shortest path|not solved: 1 problem\n {2}\S/)
  assert.equal(readFileSync(join(folder, 'steps.svg'), 'utf8').match(/>step \d: /g)?.length, 4)

  const json = await trm('solve', 'run', 'good.csv', '--row', '2', '--json')
  const facts = JSON.parse(json.stdout) as { question: string; label: string; equalsLabel: boolean }
  const row = readFileSync(join(folder, 'good.csv'), 'utf8').split('\n')[2]!.split(',')
  assert.deepEqual([facts.question, facts.label, typeof facts.equalsLabel], [row[1], row[2], 'boolean'])

  writeFileSync(join(folder, 'maze.txt'), formatMaze(parseMaze(row[1]!).tokens))
  const drawn = await trm('solve', 'run', 'maze.txt', '--json')
  assert.equal((JSON.parse(drawn.stdout) as { question: string }).question, row[1])
  const first = readFileSync(join(folder, 'good.csv'), 'utf8').split('\n')[1]!.split(',')[1]
  writeFileSync(join(folder, 'rows.txt'), `${first}\n${row[1]}\n`)
  const second = await trm('solve', 'run', 'rows.txt', '--row', '2', '--json')
  assert.equal((JSON.parse(second.stdout) as { question: string }).question, row[1], 'whole mazes as lines')
  const written = await trm('solve', 'run', row[1]!, '--json')
  assert.equal((JSON.parse(written.stdout) as { label: string }).label, row[2])
})

const refusals: Record<string, [string[], string[]]> = {
  'a maze of another size': [
    ['small.txt'],
    [
      'trm: small.txt, puzzle 1',
      '  expected  a 5×5 maze, as the model was trained on',
      '  got       a 4×4 maze',
      '  hint      Use a puzzle of that size, or a model for this one.',
    ],
  ],
  'a maze without a way': [
    ['S#   ##        #        G'],
    [
      'trm: puzzle',
      '  expected  a 5×5 maze that can be solved',
      '  got       the goal cannot be reached from the start',
      '  hint      Correct the puzzle: # * █ or X for a wall, a space or . for an open cell, S for the start, G or E for the goal, o for the path.',
    ],
  ],
  'a row that is not there': [
    ['good.csv', '--row', '9'],
    [
      'trm: good.csv',
      '  expected  a file of at least 9 puzzles',
      '  got       4',
      '  hint      Choose another row with --row.',
    ],
  ],
  'a Sudoku': [
    ['..1.3....32.12.4'],
    [
      'trm: puzzle',
      '  expected  a 5×5 maze, as the model was trained on',
      '  got       a 4×4 Sudoku',
      '  hint      Use a puzzle of that size, or a model for this one.',
    ],
  ],
}

for (const [what, [words, lines]] of Object.entries(refusals))
  test(`solve refuses ${what}`, async () => {
    assert.ok(existsSync(join(folder, 'run')))
    writeFileSync(join(folder, 'small.txt'), question)
    const { code, stderr } = await trm('solve', 'run', ...words)
    assert.deepEqual([code, stderr], [1, `${lines.join('\n')}\n`])
  })
