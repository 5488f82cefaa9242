import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { checkAnswer, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { openChromium, skipWithoutChromium } from './chromium.ts'
import { examplesOf } from './examples.ts'
import { repository, run } from './packed/install.ts'
import { serveFolder } from './static-server.ts'

const examples = join(repository, 'examples')
const withTypes = (file: string, ...words: string[]) => ['--import', 'tsx', join(examples, file), ...words]

async function printed(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(repository, process.execPath, ...words)
  assert.equal(code, 0, stderr)
  return stdout
}

test('every example is named in the list of examples', () => {
  const list = readFileSync(join(examples, 'README.md'), 'utf8')
  const names = readdirSync(examples).filter((name) => name !== 'README.md')
  assert.deepEqual(
    names.filter((name) => !list.includes(`| \`${name}\` |`)),
    [],
  )
})

test('train-and-watch.ts trains and prints every step of a thought', async () => {
  const text = await printed(...withTypes('train-and-watch.ts', '100'))
  assert.equal(text.match(/^step \d+: loss \d+\.\d{3}$/gm)?.length, 10)
  const [first, second] = [...text.matchAll(/: (\d+\.\d) % of the validation puzzles solved$/gm)]
  assert.ok(Number(second![1]) > Number(first![1]), `${first![0]}, then ${second![0]}`)
  assert.ok(Number(second![1]) >= 80, second![0])
  const thought =
    /^supervision step (\d+): (?:solved|not yet), cells changed: \d+, predicts it is correct: .*\n( [1-4] [1-4] \| [1-4] [1-4]\n|-.*\n){5}/gm
  const steps = [...text.matchAll(thought)].map(([, step]) => Number(step))
  assert.ok(steps.length >= 3, text)
  assert.deepEqual(
    steps,
    steps.map((_, index) => index + 1),
  )
})

test('evaluate-a-checkpoint.ts measures a shipped model on new puzzles', async () => {
  const text = await printed(...withTypes('evaluate-a-checkpoint.ts', 'sudoku-6x6', '20'))
  assert.match(text, /^6×6 Sudoku, 20 new puzzles, full halting, 16\.0 steps per puzzle:$/m)
  assert.match(text, /^6×6 Sudoku, 20 new puzzles, early halting, \d\.\d steps per puzzle:$/m)
  const solved = [...text.matchAll(/^ {2}exact (\S+) %, cells \S+ %, valid (\S+) %$/gm)]
  assert.equal(solved.length, 2)
  for (const [line, exact, valid] of solved) {
    assert.ok(Number(exact) >= 90, line)
    assert.equal(exact, valid, 'a puzzle with one solution is right only by that one')
  }
})

/** The commands of docs/your-puzzles.md, from a file to the model in the page. */
const [write, train, use] = examplesOf('docs/your-puzzles.md', 'sh').map((block) => block.trim().split('\n'))

test('the commands for puzzles of your own write a table, train on it, measure and solve', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trm-own-puzzles-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const command = async (line: string, ...more: readonly string[]): Promise<string> => {
    const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
    assert.deepEqual(words.splice(0, 2), ['npx', 'trm'])
    const launcher = join(repository, 'apps/cli/bin/trm.js')
    const { code, stdout, stderr } = await run(folder, process.execPath, launcher, ...words, ...more)
    assert.equal(code, 0, `${line}: ${stderr}`)
    return stdout
  }
  assert.deepEqual(write, ['node examples/latin-squares.mjs 3000 > my.csv'])
  const table = await printed(join(examples, 'latin-squares.mjs'), '1000')
  const [header, ...rows] = table.trimEnd().split('\n')
  assert.equal(header, 'question,answer')
  assert.equal(rows.length, 1000)
  for (const row of rows) assert.match(row, /^[a-e.]{25},[a-e]{25}$/)
  writeFileSync(join(folder, 'my.csv'), table)
  const short = [
    ...[
      'training.steps=100',
      'training.batch=32',
      'training.evaluateEvery=100',
      'optimizer.learningRate=4e-3',
    ],
    ...['data.testCount=50', 'data.validation=50'],
  ]
  assert.deepEqual(train, ['npx trm train table --set data.train=my.csv --out runs/mine'])
  await command(train[0]!, ...short.flatMap((setting) => ['--set', setting]), '--threads', '1')
  const [measure, solve, solveRow, look] = use!
  assert.equal(look, 'npx trm studio')
  const { full } = JSON.parse(await command(measure!, '--threads', '1', '--json')) as {
    full: { puzzles: number; cellAccuracy: number }
  }
  assert.equal(full.puzzles, 50)
  // 42 % on the machine of this figure; a guess is right for one cell in five, clues among them.
  assert.ok(full.cellAccuracy > 0.3, `${full.cellAccuracy} of the cells`)
  assert.match(await command(solve!, '--threads', '1'), /no known rule/)
  assert.match(await command(solveRow!, '--threads', '1'), /the known answer/)
})

test('solve-by-http.ts solves puzzles and refuses what is none', async () => {
  const server = spawn(process.execPath, withTypes('solve-by-http.ts', 'sudoku-6x6', '0'))
  try {
    const address = await firstLine(server)
    const solve = async (puzzle: string) => {
      const response = await fetch(address.replace('…', encodeURIComponent(puzzle)))
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    }
    const puzzle = '2.5.....6....4..3.....4..53..1...3..'
    // Asked at once, answered one after the other.
    for (const { status, body } of await Promise.all([solve(puzzle), solve(puzzle)])) {
      assert.equal(status, 200)
      assert.equal(body.isSolved, true)
      const [question, answer] = [parseSudoku(puzzle), parseSudoku(String(body.answer))]
      assert.deepEqual(checkAnswer(question.shape, question.tokens, answer.tokens), [])
    }
    assert.deepEqual(await solve('..1.3....32.12.4'), {
      status: 400,
      body: {
        error:
          'puzzle: expected a 6×6 Sudoku, as the model was trained on, got a 4×4 Sudoku. Use a puzzle of that size, or a model for this one.',
      },
    })
    assert.match(String((await solve('hello')).body.error), /expected 16, 36, 81 or 256 cells, got 5/)
    assert.match(String((await solve(`22${puzzle.slice(2)}`)).body.error), /already in row 1, column 1/)
    assert.equal((await fetch(new URL('/', address))).status, 404)
    assert.equal((await fetch(address, { method: 'POST' })).status, 404)
    // No address at all, as only a broken client sends it.
    const [response] = (await once(
      get({ host: '127.0.0.1', port: new URL(address).port, path: '//' }),
      'response',
    )) as [IncomingMessage]
    response.resume()
    assert.equal(response.statusCode, 404)
  } finally {
    server.kill()
  }
})

/** What a server prints first: its address. */
async function firstLine(server: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: server.stdout! }), 'line')) as [string]
  return line
}

const built = mkdtempSync(join(tmpdir(), 'trm-example-page-'))
after(() => rmSync(built, { recursive: true, force: true }))

test('the page is built by Vite and solves a puzzle', { skip: skipWithoutChromium() }, async () => {
  const vite = join(repository, 'node_modules/vite/bin/vite.js')
  await printed(vite, 'build', join(examples, 'page'), '--base', './', '--outDir', built, '--emptyOutDir')
  const server = await serveFolder(built)
  const browser = await openChromium()
  try {
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.locator('button').click()
    const answer = page.locator('#answer', { hasText: ': solved' })
    await answer.waitFor({ timeout: 120_000 })
    assert.match((await answer.textContent()) ?? '', /^ 2 [1-6] 5 \| [1-6]/m)
    await page.locator('#puzzle').fill('12')
    await page.locator('button').click()
    await page.locator('#answer', { hasText: 'expected 16, 36, 81 or 256 cells' }).waitFor()
  } finally {
    await browser.close()
    await server.close()
  }
})
